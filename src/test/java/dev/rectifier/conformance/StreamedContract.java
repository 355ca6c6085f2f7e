package dev.rectifier.conformance;

import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.ResidentNet;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.StreamedOps;
import dev.rectifier.engine.Sweep;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** {@link StreamedOps}: update and next forward pass in one, sums over groups, freezing. */
final class StreamedContract implements Contract {
    private static final long STEP = 4;

    /**
     * One setting.
     *
     * @param factor of the schedule; 1e30 and more drive F32 weights out of range
     * @param slopes what the slopes of the loss are multiplied by; 1e30 and more drive F32 gradients out of range
     */
    private record Plan(ResidentNet net, UpdateRule rule, int examples, double factor, double slopes) {
        Plan(ResidentNet net, UpdateRule rule, int examples) {
            this(net, rule, examples, 0.5, 1);
        }
    }

    private static ResidentNet net(int inputs, int hidden, int outputs, boolean bias, boolean relu) {
        return new ResidentNet(List.of(inputs, hidden, outputs), bias, relu);
    }

    /** Around the width of a group, and every length of a strip of examples. */
    private static final List<Plan> PLANS = List.of(
            new Plan(net(1, 1, 1, true, true), UpdateRule.SGD, 1),
            new Plan(net(3, 37, 2, true, true), UpdateRule.MOMENTUM, 3),
            new Plan(net(2, 32, 1, false, true), UpdateRule.NESTEROV, 8),
            new Plan(net(5, 65, 3, true, false), UpdateRule.SGD, 5),
            new Plan(net(4, 33, 1, true, true), UpdateRule.MOMENTUM, 16));

    private static final Plan SMALL = new Plan(net(3, 34, 2, true, true), UpdateRule.MOMENTUM, 4);

    @Override
    public Stream<Trial> trials() {
        Stream<Trial> shapes = IntStream.range(0, PLANS.size())
                .boxed()
                .flatMap(i -> Stream.of(DType.F32, DType.F64)
                        .flatMap(type -> both(Scene.small(type, Regime.RANDOM, i), PLANS.get(i))));
        Stream<Trial> circumstances = Scene.small()
                .filter(scene -> scene.regime() != Regime.HUGE && scene.regime() != Regime.POISONED)
                .flatMap(scene -> both(scene, SMALL));
        Scene single = Scene.small(DType.F32, Regime.RANDOM, 1);
        Stream<Trial> breaking = Stream.of(1e30, 1e38, 3e38)
                .flatMap(size -> Stream.of(
                        guard(single, new Plan(SMALL.net, SMALL.rule, 4, size, 1e8)),
                        guard(single, new Plan(SMALL.net, SMALL.rule, 4, 0.5, size))));
        Stream<Trial> sums = Stream.of(1, 3, 64)
                .flatMap(replicas ->
                        Stream.of(1, 33, 1025).map(groups -> outputs(scene(replicas, groups), groups, 3, 2)));
        return Stream.of(shapes, circumstances, breaking, sums).flatMap(s -> s);
    }

    private static Scene scene(int replicas, int groups) {
        Scene small = Scene.small(groups == 33 ? DType.F64 : DType.F32, Regime.OFFSET, replicas);
        return new Scene(small.type(), replicas, small.regime(), small.layouts(), small.random());
    }

    private static Stream<Trial> both(Scene scene, Plan plan) {
        return Stream.of(sweep(scene, plan), guard(scene, plan));
    }

    private static HostTensor hyper(int replicas) {
        HostTensor hyper = HostTensor.zeros(DType.F64, Shape.of(replicas, Hyper.count()));
        for (int r = 0; r < replicas; r++) {
            double[] row = {0.1 / (r + 1), 0.9 - 0.1 * r, r % 2 * 0.1, 0, 0, r % 3 == 1 ? 0.01 : 0, r % 2 * 0.02};
            for (int i = 0; i < row.length; i++) {
                hyper.set(r * row.length + i, row[i]);
            }
        }
        return hyper;
    }

    /** The last of several replicas has stopped. */
    private static HostTensor causes(int replicas) {
        HostTensor causes = HostTensor.zeros(DType.I32, Shape.of(replicas));
        if (replicas > 1) {
            causes.set(replicas - 1, FreezeCause.STOPPED.code());
        }
        return causes;
    }

    private static HostTensor losses(int replicas) {
        HostTensor losses = HostTensor.zeros(DType.F64, Shape.of(replicas));
        losses.set(0, replicas > 1 ? Double.NaN : 1);
        return losses;
    }

    /** Operands 0 to 11, in the order that {@link #sweepOf} and {@link #before} expect. */
    private static List<Operand> operands(Scene scene, Plan plan, boolean guards) {
        ResidentNet net = plan.net;
        long parameters = net.parameters();
        long groups = StreamedOps.groups(net.out(0));
        int replicas = scene.replicas();
        Operand weights = scene.inout("weights", 0, parameters);
        Operand state = scene.inout("state", 1, plan.rule.stateSlots() * parameters);
        HostTensor causes = causes(replicas);
        HostTensor marks = HostTensor.zeros(DType.I64, Shape.of(replicas));
        Operand slopes = scene.ownIn("slopes", 2, plan.examples, net.outputs());
        HostTensor scaled = slopes.values();
        for (int i = 0; i < scaled.length(); i++) {
            scaled.set(i, scaled.get(i) * plan.slopes);
        }
        return List.of(
                guards ? Operand.in("weights", weights.values(), weights.layout()) : weights,
                guards ? scene.ownIn("gradient", 0, parameters) : scene.out("gradient", 0, parameters),
                guards ? Operand.in("state", state.values(), state.layout()) : state,
                guards
                        ? scene.ownIn("partial", 1, groups, plan.examples * (long) net.outputs())
                        : scene.out("partial", 1, groups, plan.examples * (long) net.outputs()),
                guards
                        ? Operand.in("extremes", extremes(weights, state, groups), Operand.Layout.DENSE)
                        : scene.out("extremes", 2, groups, 2),
                Operand.in("hyper", hyper(replicas), Operand.Layout.DENSE),
                guards
                        ? Operand.inout("cause", causes, Operand.Layout.DENSE)
                        : Operand.in("cause", causes, Operand.Layout.DENSE),
                guards
                        ? Operand.inout("mark", marks, Operand.Layout.DENSE)
                        : Operand.in("mark", marks, Operand.Layout.DENSE),
                Operand.in("loss", losses(replicas), Operand.Layout.DENSE),
                scene.in("x", 1, plan.examples, net.inputs()),
                slopes,
                scene.in("next", 0, plan.examples, net.inputs()));
    }

    /** As a sweep leaves them, but all in group 0: the guard reads nothing but their maximum. */
    private static HostTensor extremes(Operand weights, Operand state, long groups) {
        int replicas = weights.replicas();
        HostTensor extremes = HostTensor.zeros(weights.values().dtype(), Shape.of(replicas, groups, 2));
        for (int r = 0; r < replicas; r++) {
            extremes.set(Math.toIntExact(r * groups * 2), largest(weights.replica(r)));
            extremes.set(Math.toIntExact(r * groups * 2 + 1), largest(state.replica(r)));
        }
        return extremes;
    }

    private static double largest(HostTensor tensor) {
        return IntStream.range(0, tensor.length())
                .mapToDouble(i -> Math.abs(tensor.get(i)))
                .max()
                .orElse(0);
    }

    private static Sweep sweepOf(Plan plan, List<View> v) {
        ResidentTask.State state = new ResidentTask.State(
                new Parameters(v.get(0), v.get(1), v.get(2), Optional.empty()),
                v.get(5),
                new Health(v.get(6), v.get(7)),
                v.get(8));
        Sweep.Descent descent = new Sweep.Descent(v.get(9), v.get(10), plan.factor, STEP, true);
        return new Sweep(
                plan.net,
                plan.rule,
                state,
                Optional.of(descent),
                Optional.of(v.get(11)),
                new Sweep.Sums(v.get(3), v.get(4)));
    }

    private static StreamedOracle.Before before(List<HostTensor> in) {
        return new StreamedOracle.Before(in.get(0), in.get(1), in.get(2), in.get(9), in.get(10), in.get(11));
    }

    private static StreamedOracle oracle(Plan plan) {
        return new StreamedOracle(plan.net, new UpdateOracle(plan.rule, plan.factor, STEP));
    }

    private static Trial sweep(Scene scene, Plan plan) {
        return new Trial(
                "streamed.sweep " + plan + " " + scene,
                operands(scene, plan, false),
                (e, v) -> e.streamed().sweep(sweepOf(plan, v)),
                in -> oracle(plan).sweep(before(in), Replica.of(in.get(5), in.get(6), in.get(7))));
    }

    private static Trial guard(Scene scene, Plan plan) {
        return new Trial(
                "streamed.guard " + plan + " " + scene,
                operands(scene, plan, true),
                (e, v) -> {
                    try (var arena = e.openArena("marks")) {
                        View marks = arena.allocate(DType.I32, Shape.of(v.get(0).replicas(), 3))
                                .view();
                        e.streamed().guard(sweepOf(plan, v), marks);
                        e.synchronize();
                    }
                },
                in -> oracle(plan)
                        .guard(before(in), in.get(8).get(0), Replica.of(in.get(5), in.get(6), in.get(7)), STEP));
    }

    private static Trial outputs(Scene scene, int groups, int examples, int outputs) {
        return new Trial(
                "streamed.outputs G=" + groups + " " + scene,
                List.of(
                        scene.out("y", 0, examples, outputs),
                        scene.ownIn("partial", 1, groups, examples * (long) outputs),
                        scene.ownIn("bias", 2, outputs)),
                (e, v) -> e.streamed().outputs(v.get(0), v.get(1), Optional.of(v.get(2))),
                in -> StreamedOracle.outputs(in.get(1), in.get(2), examples * outputs));
    }
}
