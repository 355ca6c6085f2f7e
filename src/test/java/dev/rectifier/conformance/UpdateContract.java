package dev.rectifier.conformance;

import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.UpdateOps;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** {@link UpdateOps}: per-replica hyper-parameters, masks, freezing, projection. */
final class UpdateContract implements Contract {
    @Override
    public Stream<Trial> trials() {
        Stream<Trial> shapes = Cover.pairs().stream()
                .flatMap(p -> Stream.of(
                        step(Scene.of(p), Plan.of(p.index()), p.a() * (p.b() % 7 + 1)),
                        guard(Scene.of(p), p.a()),
                        normalizeRows(Scene.of(p), p.a(), p.b())));
        return Stream.concat(shapes, Scene.small().flatMap(UpdateContract::small));
    }

    private static Stream<Trial> small(Scene scene) {
        Stream<Trial> steps = Stream.of(UpdateRule.values())
                .flatMap(rule -> Stream.of(
                        step(scene, new Plan(rule, 0, false, 0.5), 37),
                        step(scene, new Plan(rule, 6, true, 1), 37),
                        step(scene, new Plan(rule, 1, false, 1e30), 5)));
        return Stream.concat(steps, Stream.of(guard(scene, 37), normalizeRows(scene, 7, 5)));
    }

    /**
     * One setting of a step.
     *
     * @param rule the rule
     * @param step its number
     * @param masked whether some parameters stay
     * @param factor of the schedule; 1e30 drives F32 weights out of range
     */
    private record Plan(UpdateRule rule, long step, boolean masked, double factor) {
        static Plan of(int index) {
            UpdateRule rule = Cover.Point.rotate(UpdateRule.values(), index + index / 6);
            return new Plan(rule, index % 5 == 0 ? 0 : 3L * index, index % 2 == 1, 0.75);
        }
    }

    /** Different in every replica; every third replica decays, every other has an L2 penalty. */
    private static HostTensor hyper(int replicas) {
        HostTensor hyper = HostTensor.zeros(DType.F64, Shape.of(replicas, Hyper.count()));
        for (int r = 0; r < replicas; r++) {
            double[] row = {0.1 / (r + 1), 0.9 - 0.001 * r, r % 2 * 0.1, 0.999 - 0.0001 * r, 1e-8, 0, 0};
            row[Hyper.WEIGHT_DECAY.column()] = r % 3 == 1 ? 0.01 : 0;
            row[Hyper.L2.column()] = r % 2 == 0 ? 0.02 : 0;
            for (int i = 0; i < row.length; i++) {
                hyper.set(r * row.length + i, row[i]);
            }
        }
        return hyper;
    }

    /** The last of several replicas has stopped, at step 2; the others train. */
    private static HostTensor causes(int replicas) {
        HostTensor causes = HostTensor.zeros(DType.I32, Shape.of(replicas));
        if (replicas > 1) {
            causes.set(replicas - 1, FreezeCause.STOPPED.code());
        }
        return causes;
    }

    private static HostTensor marks(int replicas) {
        HostTensor marks = HostTensor.zeros(DType.I64, Shape.of(replicas));
        marks.set(replicas - 1, 2);
        return marks;
    }

    private static Scene finite(Scene scene, Regime substitute) {
        Regime regime = scene.regime() == Regime.POISONED ? substitute : scene.regime();
        return new Scene(scene.type(), scene.replicas(), regime, scene.layouts(), scene.random());
    }

    /** Momentum may have any sign; Adam's second moment may not. */
    private static HostTensor state(Scene scene, UpdateRule rule, int p) {
        HostTensor state = finite(scene, Regime.RANDOM)
                .inout("state", 0, rule.stateSlots() * (long) p)
                .values();
        int block = rule.stateSlots() * p;
        for (int i = 0; i < state.length() && rule == UpdateRule.ADAM; i++) {
            boolean second = i % block >= p;
            state.set(i, second ? Math.abs(state.get(i)) : state.get(i));
        }
        return state;
    }

    private static HostTensor mask(Scene scene, int p) {
        int words = Math.toIntExact(PointwiseOps.maskWords(p));
        HostTensor mask = HostTensor.zeros(DType.I32, scene.shape(words));
        for (int i = 0; i < mask.length(); i++) {
            boolean last = i % words == words - 1 && p % 32 != 0;
            mask.set(i, scene.random().nextInt() & (last ? (1 << p % 32) - 1 : -1));
        }
        return mask;
    }

    private static Trial step(Scene scene, Plan plan, int p) {
        int replicas = scene.replicas();
        List<Operand> operands = new ArrayList<>(List.of(
                Operand.inout(
                        "weights", finite(scene, Regime.RANDOM).inout("w", 0, p).values(), scene.layout(0)),
                scene.ownIn("gradient", 1, p),
                Operand.inout("state", state(scene, plan.rule, p), scene.layout(2)),
                Operand.in("hyper", hyper(replicas), Operand.Layout.DENSE),
                Operand.inout("cause", causes(replicas), scene.layout(1)),
                Operand.inout("mark", marks(replicas), scene.layout(0))));
        if (plan.masked) {
            operands.add(Operand.in("mask", mask(scene, p), Operand.Layout.DENSE));
        }
        UpdateOracle oracle = new UpdateOracle(plan.rule, plan.factor, plan.step);
        HostTensor none = HostTensor.zeros(DType.I32, Shape.of(0));
        return new Trial(
                "update.step " + plan + " P=" + p + " " + scene,
                operands,
                (e, v) -> e.update()
                        .step(
                                plan.rule,
                                new Parameters(
                                        v.get(0),
                                        v.get(1),
                                        v.get(2),
                                        plan.masked ? Optional.of(v.get(6)) : Optional.empty()),
                                v.get(3),
                                new Health(v.get(4), v.get(5)),
                                plan.factor,
                                plan.step),
                in -> oracle.step(
                        in.get(0),
                        in.get(1),
                        in.get(2),
                        plan.masked ? in.get(6) : none,
                        Replica.of(in.get(3), in.get(4), in.get(5))));
    }

    /** Replica 0 of several has a loss that is not a number; the last is frozen already, by then with bad losses too. */
    private static HostTensor losses(int replicas) {
        HostTensor losses = HostTensor.zeros(DType.F64, Shape.of(replicas));
        for (int r = 0; r < replicas; r++) {
            losses.set(r, r % 5 == 0 ? Double.NaN : r % 5 == 2 ? Double.POSITIVE_INFINITY : 1.5 * r);
        }
        return losses;
    }

    private static Trial guard(Scene scene, int p) {
        int replicas = scene.replicas();
        return new Trial(
                "update.guard P=" + p + " " + scene,
                List.of(
                        Operand.inout("cause", causes(replicas), scene.layout(0)),
                        Operand.inout("mark", marks(replicas), scene.layout(1)),
                        Operand.in("loss", losses(replicas), Operand.Layout.DENSE),
                        scene.ownIn("gradient", 2, p)),
                (e, v) -> e.update().guard(new Health(v.get(0), v.get(1)), v.get(2), v.get(3), 11),
                in -> UpdateOracle.guard(in.get(2).get(0), in.get(3), Replica.of(in.get(2), in.get(0), in.get(1)), 11));
    }

    private static Trial normalizeRows(Scene scene, int k, int d) {
        Scene finite = finite(scene, Regime.RANDOM);
        int replicas = scene.replicas();
        return new Trial(
                "update.normalizeRows K=" + k + " D=" + d + " " + scene,
                List.of(
                        finite.inout("w", 0, k, d),
                        finite.inout("b", 1, k),
                        Operand.in("cause", causes(replicas), Operand.Layout.DENSE),
                        Operand.in("mark", marks(replicas), Operand.Layout.DENSE)),
                (e, v) -> e.update().normalizeRows(v.get(0), v.get(1), new Health(v.get(2), v.get(3))),
                in -> UpdateOracle.normalizeRows(in.get(0), in.get(1), in.get(2).ints()[0] != FreezeCause.NONE.code()));
    }
}
