package dev.rectifier.conformance;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Feed;
import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.GuardedUpdate;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.PopulationNets;
import dev.rectifier.engine.Resident;
import dev.rectifier.engine.ResidentNet;
import dev.rectifier.engine.ResidentOps;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.Ring;
import dev.rectifier.engine.Stretch;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;

/**
 * An ensemble that trains on all Gaussian inputs, the same bits wherever it is set up.
 *
 * @param nets widths
 * @param type of everything
 * @param replicas R
 * @param rule how it moves
 * @param words out of: masked; own (teachers); frozen (a replica from the start); breaking (rates at which some diverge); NaN (a
 *     parameter of a replica); huge (weights near the largest whose squares are finite, in fp64 beyond)
 */
record PopulationScene(PopulationNets nets, DType type, int replicas, UpdateRule rule, String words) {
    static final int STEPS = 9;
    static final double SCALE = 0.25;

    private static final double[] BREAKING = {0.05, 3e3, 1e19, 1e38, 30, 0.02, 1e30};

    boolean is(String word) {
        return words.contains(word);
    }

    private HostTensor drawn(long seed, int blocks, long size, double width) {
        HostTensor values = HostTensor.zeros(type, Shape.of(blocks, size));
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < values.length(); i++) {
            values.set(i, width * random.nextDouble(-1, 1));
        }
        return values;
    }

    private HostTensor weights() {
        HostTensor weights = drawn(1, replicas, nets.studentParameters(), 0.7);
        if (is("NaN")) {
            weights.set(weights.length() - 1, Double.NaN);
        }
        for (int r = 0; is("huge") && r < replicas; r++) {
            double size = type == DType.F32 ? 1e18 : Math.pow(10, 50 + 10 * r);
            for (int i = 0; i < nets.studentParameters(); i++) {
                int at = Math.toIntExact(r * nets.studentParameters() + i);
                weights.set(at, weights.get(at) * size);
            }
        }
        return weights;
    }

    HostTensor teacher() {
        return drawn(2, is("own") ? replicas : 1, nets.teacherParameters(), 0.9);
    }

    private HostTensor hyper() {
        HostTensor all = HostTensor.zeros(DType.F64, Shape.of(replicas, Hyper.count()));
        SplittableRandom random = new SplittableRandom(3);
        for (int r = 0; r < replicas; r++) {
            int row = r * Hyper.count();
            double rate = is("breaking") ? BREAKING[r % BREAKING.length] : random.nextDouble(0.01, 0.1);
            all.set(row + Hyper.LEARNING_RATE.column(), rate);
            all.set(row + Hyper.MOMENTUM.column(), random.nextDouble(0.8, 0.95));
            all.set(row + Hyper.DAMPENING.column(), r % 2 == 0 ? 0 : 0.1);
            all.set(row + Hyper.BETA2.column(), 0.99);
            all.set(row + Hyper.EPSILON.column(), 1e-8);
            all.set(row + Hyper.WEIGHT_DECAY.column(), r % 3 == 0 ? 0 : 0.03);
            all.set(row + Hyper.L2.column(), r % 3 == 1 ? 0.02 : 0);
        }
        return all;
    }

    private Health health(Arena arena) {
        HostTensor causes = HostTensor.zeros(DType.I32, Shape.of(replicas));
        if (is("frozen")) {
            causes.set(replicas / 2, FreezeCause.STOPPED.code());
        }
        return new Health(
                arena.upload(causes).view(),
                arena.zeros(DType.I64, Shape.of(replicas)).view());
    }

    private Optional<View> mask(Arena arena) {
        if (!is("masked")) {
            return Optional.empty();
        }
        SplittableRandom random = new SplittableRandom(4);
        HostTensor mask =
                HostTensor.zeros(DType.I32, Shape.of(replicas, PointwiseOps.maskWords(nets.studentParameters())));
        Arrays.setAll(mask.ints(), i -> random.nextInt());
        return Optional.of(arena.upload(mask).view());
    }

    ResidentTask task(Arena arena) {
        long p = nets.studentParameters();
        Parameters parameters = new Parameters(
                arena.upload(weights()).view(),
                arena.zeros(type, Shape.of(replicas, p)).view(),
                arena.zeros(type, Shape.of(replicas, rule.stateSlots() * p)).view(),
                mask(arena));
        ResidentTask.State state = new ResidentTask.State(
                parameters,
                arena.upload(hyper()).view(),
                health(arena),
                arena.zeros(DType.F64, Shape.of(replicas)).view());
        HostTensor taught = teacher();
        View teacher = arena.upload(taught).view();
        View seen = is("own")
                ? teacher
                : new View(teacher.buffer(), 0, 0, taught.shape().tail().prepend(replicas));
        ResidentNet who = new ResidentNet(List.of(nets.inputs(), nets.teacher(), nets.outputs()), false, true);
        ResidentNet student = new ResidentNet(List.of(nets.inputs(), nets.student(), nets.outputs()), false, true);
        Optional<ResidentTask.Teacher> says = Optional.of(new ResidentTask.Teacher(who, seen, false));
        return new ResidentTask(student, says, LossKind.SQUARED, rule, state, List.of())
                .seeing(ResidentTask.Inputs.POPULATION);
    }

    static double factor(long step) {
        return step < 3 ? 0.5 + 0.1 * step : 0.8;
    }

    static Stretch stretch(long first, int steps) {
        double[] factors = new double[steps];
        Arrays.setAll(factors, i -> factor(first + i));
        return new Stretch(first, factors, SCALE);
    }

    /** Everything a step leaves: weights, state, gradient, loss, causes and their steps. */
    static List<HostTensor> left(ResidentTask task) {
        ResidentTask.State state = task.state();
        return Stream.of(
                        state.parameters().weights(),
                        state.parameters().state(),
                        state.parameters().gradient(),
                        state.loss(),
                        state.health().cause(),
                        state.health().step())
                .map(View::download)
                .toList();
    }

    /** By stretches of so many steps. */
    List<HostTensor> byStretches(Engine engine, ResidentOps ops, int... steps) {
        try (Arena arena = engine.openArena("stretches")) {
            ResidentTask task = task(arena);
            Resident resident = ops.open(task);
            long first = 0;
            for (int count : steps) {
                resident.train(new Feed.Population(), stretch(first, count));
                first += count;
            }
            return left(task);
        }
    }

    /** By one stretch that keeps what it passes through: weights and loss of each slot, then what is left. */
    List<HostTensor> kept(Engine engine, int... after) {
        try (Arena arena = engine.openArena("kept")) {
            ResidentTask task = task(arena);
            View weights = arena.zeros(type, Shape.of(replicas, after.length, nets.studentParameters()))
                    .view();
            View losses =
                    arena.zeros(DType.F64, Shape.of(replicas, after.length)).view();
            Stretch all = stretch(0, STEPS);
            Ring ring = new Ring(weights, losses, after);
            Stretch keeping = new Stretch(all.first(), all.factors(), all.lossScale(), Optional.of(ring));
            engine.resident().open(task).train(new Feed.Population(), keeping);
            List<HostTensor> seen = new ArrayList<>();
            for (int k = 0; k < after.length; k++) {
                seen.add(ring.weights(k)
                        .reshape(Shape.of(nets.studentParameters()))
                        .download());
                seen.add(ring.losses(k).reshape(Shape.of()).download());
            }
            seen.addAll(left(task));
            return seen;
        }
    }

    /** By single operations. */
    List<HostTensor> byOperations(Engine engine, int steps) {
        try (Arena arena = engine.openArena("operations")) {
            ResidentTask task = task(arena);
            ResidentTask.State state = task.state();
            GuardedUpdate update =
                    new GuardedUpdate(rule, state.parameters(), state.hyper(), state.health(), state.loss());
            View teacher = task.teacher().orElseThrow().parameters();
            for (int s = 0; s < steps; s++) {
                engine.population()
                        .squaredRelu(
                                state.loss(),
                                state.parameters().gradient(),
                                state.parameters().weights(),
                                teacher,
                                nets,
                                SCALE);
                engine.update().guardedStep(update, factor(s), s);
            }
            return left(task);
        }
    }

    @Override
    public String toString() {
        return "D=" + nets.inputs() + " S=" + nets.student() + " T=" + nets.teacher() + " K=" + nets.outputs() + " R="
                + replicas + " " + type + " " + rule + " " + words;
    }
}
