package dev.rectifier.conformance;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Feed;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.Resident;
import dev.rectifier.engine.ResidentNet;
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
import java.util.Random;

/**
 * A stretch of {@link #STEPS} steps that keeps some of what it passes through, and the same steps cut there. Of several
 * replicas some diverge on the way and one stands still from the beginning.
 *
 * @param type of the numbers
 * @param replicas R
 * @param examples N
 * @param rule of the updates
 * @param after the updates after which a slot is filled
 */
record RingTrial(DType type, int replicas, int examples, UpdateRule rule, List<Integer> after) {
    static final int STEPS = 23;

    private static final double UNTOUCHED = 12345;
    private static final ResidentNet NET = new ResidentNet(List.of(5, 7, 3), true, true);
    private static final ResidentNet TEACHER = new ResidentNet(List.of(5, 4, 3), true, true);
    private static final double[] RATES = {0.05, 30, 0.02, 1e38, 7, 3, 1e18};

    /** Trains as asked, or not quite. */
    @FunctionalInterface
    interface Trainee {
        void train(Resident resident, Feed feed, Stretch stretch);
    }

    private HostTensor normal(long seed, long... extents) {
        HostTensor values = HostTensor.zeros(type, Shape.of(extents));
        Random random = new Random(seed);
        for (int i = 0; i < values.length(); i++) {
            values.set(i, 0.5 * random.nextGaussian());
        }
        return values;
    }

    private HostTensor hyper() {
        HostTensor hyper = HostTensor.zeros(DType.F64, Shape.of(replicas, Hyper.count()));
        for (int r = 0; r < replicas; r++) {
            hyper.set(r * Hyper.count() + Hyper.LEARNING_RATE.column(), RATES[r % RATES.length]);
            hyper.set(r * Hyper.count() + Hyper.MOMENTUM.column(), 0.9);
        }
        return hyper;
    }

    private ResidentTask task(Arena arena) {
        long p = NET.parameters();
        HostTensor causes = HostTensor.zeros(DType.I32, Shape.of(replicas));
        if (replicas > 2) {
            causes.set(2, 4);
        }
        Parameters parameters = new Parameters(
                arena.upload(normal(1, replicas, p)).view(),
                arena.zeros(type, Shape.of(replicas, p)).view(),
                arena.zeros(type, Shape.of(replicas, rule.stateSlots() * p)).view(),
                Optional.empty());
        ResidentTask.State state = new ResidentTask.State(
                parameters,
                arena.upload(hyper()).view(),
                new Health(
                        arena.upload(causes).view(),
                        arena.zeros(DType.I64, Shape.of(replicas)).view()),
                arena.zeros(DType.F64, Shape.of(replicas)).view());
        View taught = arena.upload(normal(2, 1, TEACHER.parameters())).view().seenBy(replicas);
        ResidentTask.Teacher teacher = new ResidentTask.Teacher(TEACHER, taught, false);
        return new ResidentTask(NET, Optional.of(teacher), LossKind.SQUARED, rule, state, List.of());
    }

    private Feed feed(Arena arena) {
        HostTensor streams = HostTensor.zeros(DType.I64, Shape.of(replicas, 2));
        for (int r = 0; r < replicas; r++) {
            streams.set(2 * r, 99);
            streams.set(2 * r + 1, r);
        }
        return new Feed.Stream(arena.upload(streams).view(), true, 0.1, 1.2, examples);
    }

    private Stretch whole() {
        double[] factors = new double[STEPS];
        Arrays.setAll(factors, s -> s < 6 ? 0.5 + 0.05 * s : 0.8);
        return new Stretch(4, factors, 1.0 / examples);
    }

    private static void addState(List<HostTensor> seen, ResidentTask task) {
        ResidentTask.State state = task.state();
        for (View view : List.of(
                state.parameters().weights(),
                state.parameters().gradient(),
                state.parameters().state(),
                state.loss(),
                state.health().cause(),
                state.health().step())) {
            seen.add(view.download());
        }
    }

    /** Weights and losses of each slot, then the state at the end. */
    List<HostTensor> kept(Engine engine, Trainee trainee) {
        try (Arena arena = engine.openArena("ring trial")) {
            ResidentTask task = task(arena);
            int slots = after.size();
            View weights = surrounded(arena, type, slots, NET.parameters());
            View losses = surrounded(arena, DType.F64, slots, 1).reshape(Shape.of(slots + 2));
            Ring ring = new Ring(
                    weights.rows(1, slots),
                    losses.rows(1, slots),
                    after.stream().mapToInt(a -> a).toArray());
            Stretch whole = whole();
            Stretch keeping = new Stretch(whole.first(), whole.factors(), whole.lossScale(), Optional.of(ring));
            trainee.train(engine.resident().open(task), feed(arena), keeping);
            List<HostTensor> seen = new ArrayList<>();
            for (int k = 0; k < slots; k++) {
                seen.add(ring.weights(k).reshape(Shape.of(NET.parameters())).download());
                seen.add(ring.losses(k).reshape(Shape.of()).download());
            }
            addState(seen, task);
            for (int outside : new int[] {0, slots + 1}) {
                requireUntouched(weights.rows(outside, 1).download());
                requireUntouched(losses.rows(outside, 1).download());
            }
            return seen;
        }
    }

    private View surrounded(Arena arena, DType of, int slots, long size) {
        HostTensor values = HostTensor.zeros(of, Shape.of(replicas, slots + 2L, size));
        for (int i = 0; i < values.length(); i++) {
            values.set(i, UNTOUCHED);
        }
        return arena.upload(values).view();
    }

    private static void requireUntouched(HostTensor values) {
        for (int i = 0; i < values.length(); i++) {
            if (values.get(i) != UNTOUCHED) {
                throw new AssertionError("Something was written beside the ring.");
            }
        }
    }

    /** The same by stretches that end where a slot is due. */
    List<HostTensor> cut(Engine engine) {
        try (Arena arena = engine.openArena("cut trial")) {
            ResidentTask task = task(arena);
            Feed feed = feed(arena);
            Resident resident = engine.resident().open(task);
            List<HostTensor> seen = new ArrayList<>();
            int done = 0;
            for (int next : after) {
                resident.train(feed, whole().part(done, next - done));
                seen.add(task.state().parameters().weights().download());
                seen.add(task.state().loss().download());
                done = next;
            }
            if (done < STEPS) {
                resident.train(feed, whole().part(done, STEPS - done));
            }
            addState(seen, task);
            return seen;
        }
    }
}
