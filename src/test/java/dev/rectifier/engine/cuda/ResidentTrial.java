package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Feed;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.ResidentNet;
import dev.rectifier.engine.ResidentOps;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.Ring;
import dev.rectifier.engine.RowOrder;
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
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A small resident task of two layers, the same bits wherever it is set up, and two stretches of it.
 *
 * @param net the student
 * @param loss of it
 * @param rule of it
 * @param replicas R
 * @param examples N
 * @param data words out of: normal, uniform, set, shared, own (teachers), untaught
 * @param rates learning rates, replica r has number r modulo their count
 */
@SuppressWarnings("ArrayRecordComponent") // read by one test alone, compared by nobody
record ResidentTrial(
        ResidentNet net, LossKind loss, UpdateRule rule, int replicas, int examples, String data, double... rates) {
    private static final int ROWS = 9;

    private boolean is(String word) {
        return data.contains(word);
    }

    /** Normal numbers, among them zeros of both signs. */
    private static HostTensor floats(long seed, double width, long... extents) {
        HostTensor values = HostTensor.zeros(DType.F32, Shape.of(extents));
        Random random = new Random(seed);
        for (int i = 0; i < values.length(); i++) {
            int zero = random.nextInt(24);
            values.set(i, zero == 0 ? 0.0 : zero == 1 ? -0.0 : width * random.nextGaussian());
        }
        return values;
    }

    private static View up(Arena arena, HostTensor values) {
        return arena.upload(values).view();
    }

    /** The matrix [1, n] for all replicas. */
    private View forAll(Arena arena, HostTensor values) {
        View one = up(arena, values);
        long[] block = IntStream.range(1, values.shape().rank())
                .mapToLong(values.shape()::dim)
                .toArray();
        return new View(one.buffer(), 0, 0, Shape.of(block).prepend(replicas));
    }

    private ResidentTask task(Arena arena) {
        long p = net.parameters();
        View weights = up(arena, floats(1, 0.8 / Math.sqrt(net.inputs()), replicas, p));
        View gradient = arena.zeros(DType.F32, Shape.of(replicas, p)).view();
        View state = up(arena, floats(2, 0.1, replicas, rule.stateSlots() * p));
        Health health = new Health(
                arena.zeros(DType.I32, Shape.of(replicas)).view(),
                arena.zeros(DType.I64, Shape.of(replicas)).view());
        Parameters parameters = new Parameters(weights, gradient, state, Optional.empty());
        View loss = arena.zeros(DType.F64, Shape.of(replicas)).view();
        return new ResidentTask(
                net,
                teacher(arena),
                loss(),
                rule,
                new ResidentTask.State(parameters, up(arena, hyper()), health, loss),
                List.of());
    }

    private HostTensor hyper() {
        HostTensor all = HostTensor.zeros(DType.F64, Shape.of(replicas, Hyper.count()));
        Random random = new Random(4);
        for (int r = 0; r < replicas; r++) {
            int at = r * Hyper.count();
            all.set(at + Hyper.LEARNING_RATE.column(), rates[r % rates.length]);
            all.set(at + Hyper.MOMENTUM.column(), 0.9 - 0.05 * random.nextDouble());
            if (r % 2 == 1) { // odd replicas decay, even ones do not
                all.set(at + Hyper.DAMPENING.column(), 0.1);
                all.set(at + Hyper.WEIGHT_DECAY.column(), 0.03);
                all.set(at + Hyper.L2.column(), 0.02);
            }
        }
        return all;
    }

    private Optional<ResidentTask.Teacher> teacher(Arena arena) {
        if (is("untaught")) {
            return Optional.empty();
        }
        ResidentNet who = new ResidentNet(List.of(net.inputs(), 5, net.outputs()), net.bias(), true);
        View parameters = is("own")
                ? up(arena, floats(5, 0.5, replicas, who.parameters()))
                : forAll(arena, floats(5, 0.5, 1, who.parameters()));
        return Optional.of(new ResidentTask.Teacher(who, parameters, loss == LossKind.SOFTMAX_CROSS_ENTROPY));
    }

    private Feed feed(Arena arena) {
        if (!is("set")) {
            long[] ids = new long[2 * replicas];
            for (int r = 0; r < replicas; r++) {
                ids[2 * r] = 77;
                ids[2 * r + 1] = r;
            }
            View streams = is("shared")
                    ? forAll(arena, HostTensor.of(Shape.of(1, 2), new long[] {77, 3}))
                    : up(arena, HostTensor.of(Shape.of(replicas, 2), ids));
            return new Feed.Stream(streams, !is("uniform"), 0.25, 1.5, examples);
        }
        HostTensor x = floats(6, 1, is("shared") ? 1 : replicas, ROWS, net.inputs());
        Optional<View> targets = is("untaught") ? Optional.of(targets(arena)) : Optional.empty();
        return new Feed.Rows(is("shared") ? forAll(arena, x) : up(arena, x), targets, order(), examples);
    }

    private View targets(Arena arena) {
        int blocks = is("shared") ? 1 : replicas;
        HostTensor targets;
        if (loss == LossKind.SOFTMAX_CROSS_ENTROPY) {
            int[] labels =
                    new Random(8).ints((long) blocks * ROWS, 0, net.outputs()).toArray();
            targets = HostTensor.of(Shape.of(blocks, ROWS), labels);
        } else {
            targets = floats(7, 1, blocks, ROWS, net.outputs());
        }
        return is("shared") ? forAll(arena, targets) : up(arena, targets);
    }

    private RowOrder order() {
        boolean shared = is("shared");
        return new RowOrder() {
            @Override
            public Step at(long step) {
                return (rows, at, replica) -> {
                    Random random = new Random(step * 1000 + (shared ? 0 : replica));
                    Arrays.setAll(rows, i -> i < at || i >= at + examples ? rows[i] : random.nextInt(ROWS));
                };
            }

            @Override
            public boolean isShared() {
                return shared;
            }
        };
    }

    private static double[] factors(int steps) {
        double[] factors = new double[steps];
        Arrays.setAll(factors, s -> s < 4 ? 0.5 + 0.1 * s : 0.8);
        return factors;
    }

    /** Weights, gradient, state, loss and health after each of two stretches. */
    List<HostTensor> trained(Arena arena, ResidentOps ops, int... stretches) {
        ResidentTask task = task(arena);
        Feed feed = feed(arena);
        List<HostTensor> seen = new ArrayList<>();
        long first = 0;
        for (int steps : stretches) {
            ops.open(task).train(feed, new Stretch(first, factors(steps), 1.0 / examples));
            first += steps;
            ResidentTask.State state = task.state();
            Parameters all = state.parameters();
            for (View view : List.of(
                    all.weights(),
                    all.gradient(),
                    all.state(),
                    state.loss(),
                    state.health().cause())) {
                seen.add(view.download());
            }
        }
        return seen;
    }

    /** Weights and losses that one stretch leaves in a ring, then the weights at its end. */
    List<HostTensor> kept(Arena arena, ResidentOps ops, int steps, int... after) {
        ResidentTask task = task(arena);
        Ring ring = new Ring(
                arena.zeros(DType.F32, Shape.of(replicas, after.length, net.parameters()))
                        .view(),
                arena.zeros(DType.F64, Shape.of(replicas, after.length)).view(),
                after);
        Stretch stretch = new Stretch(0, factors(steps), 1.0 / examples, Optional.of(ring));
        ops.open(task).train(feed(arena), stretch);
        return List.of(
                ring.weights().download(),
                ring.losses().download(),
                task.state().parameters().weights().download());
    }
}
