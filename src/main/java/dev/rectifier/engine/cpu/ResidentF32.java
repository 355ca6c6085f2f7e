package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Feed;
import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.Resident;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.Ring;
import dev.rectifier.engine.Stretch;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ConcurrentLinkedDeque;
import java.util.function.IntUnaryOperator;
import java.util.function.Supplier;

/** Groups of replicas, each trained through a whole stretch by one thread. */
final class ResidentF32 implements Resident {
    private final ResidentTask task;
    private final Queue queue;
    private final IntUnaryOperator lanes;
    private final int[] moving;
    private final int[] frozen;
    private final Map<Integer, Crews> crews = new HashMap<>();

    /** One for as many replicas as train side by side, and one for a single replica; may be the same. */
    private record Crew(CrewF32 all, CrewF32 alone) {}

    /** The crews of one batch size, of {@code size} replicas each; those that do not work wait in {@code idle}. */
    private record Crews(int size, Supplier<Crew> maker, Deque<Crew> idle) {
        Crew take() {
            Crew held = idle.poll();
            return held == null ? maker.get() : held;
        }
    }

    /** @param lanes replicas side by side, by batch size; 0: one by one, for itself */
    ResidentF32(ResidentTask task, Queue queue, IntUnaryOperator lanes) {
        this.task = task;
        this.queue = queue;
        this.lanes = lanes;
        int replicas = (int) task.state().loss().replicas();
        moving = new int[replicas];
        frozen = new int[replicas];
    }

    @Override
    public void train(Feed feed, Stretch stretch) {
        if (stretch.ring().isPresent()) {
            train(feed, stretch, stretch.ring().get());
        } else {
            trainThrough(feed, stretch);
        }
    }

    /** From slot to slot: the parts of a stretch cost a meeting of threads each, but no visit of the trainer. */
    private void train(Feed feed, Stretch stretch, Ring ring) {
        int done = 0;
        for (int k = 0; k < ring.after().length; k++) {
            int next = ring.after()[k];
            trainThrough(feed, stretch.part(done, next - done));
            fill(ring, k);
            done = next;
        }
        trainThrough(feed, stretch.part(done, stretch.steps() - done));
    }

    private void fill(Ring ring, int k) {
        BlocksF32 weights = BlocksF32.of(task.state().parameters().weights());
        BlocksF32 keptWeights = BlocksF32.of(ring.weights(k));
        BlocksF64 losses = BlocksF64.of(task.state().loss());
        BlocksF64 keptLosses = BlocksF64.of(ring.losses(k));
        int count = Math.toIntExact(task.student().parameters());
        for (int r = 0; r < moving.length; r++) {
            System.arraycopy(weights.array(), weights.at(r), keptWeights.array(), keptWeights.at(r), count);
            keptLosses.array()[keptLosses.at(r)] = losses.array()[losses.at(r)];
        }
    }

    private void trainThrough(Feed feed, Stretch stretch) {
        if (stretch.steps() == 0) {
            return;
        }
        queue.flush();
        HealthMarks marks = HealthMarks.of(task.state().health());
        int move = 0;
        int stay = 0;
        for (int r = 0; r < moving.length; r++) {
            if (marks.frozen(r)) {
                frozen[stay++] = r;
            } else {
                moving[move++] = r;
            }
        }
        run(feed, stretch, new PackLanes(moving, 0, move), new PackLanes(frozen, 0, stay));
    }

    private void run(Feed feed, Stretch stretch, PackLanes all, PackLanes still) {
        Crews ready = crews.computeIfAbsent(feed.examples(), this::crews);
        int size = ready.size();
        int packs = packs(all.count(), size);
        long cost = MeasuredLanes.work(task, feed.examples()) * stretch.steps() * moving.length;
        queue.meet(packs + packs(still.count(), size), cost, (first, last, scratch) -> {
            Crew crew = ready.take();
            for (int i = first; i < last; i++) {
                if (i < packs) {
                    train(crew, feed, stretch, all.part(i, size));
                } else {
                    look(crew.all(), feed, stretch, still.part(i - packs, size));
                }
            }
            ready.idle.push(crew);
        });
    }

    private static int packs(int replicas, int size) {
        return (replicas + size - 1) / size;
    }

    private Crews crews(int examples) {
        int capacity = lanes.applyAsInt(examples);
        return new Crews(
                Math.max(1, capacity),
                () -> capacity == 0 ? solo(examples) : pack(examples, capacity),
                new ConcurrentLinkedDeque<>());
    }

    private Crew solo(int examples) {
        SoloF32 solo = new SoloF32(task, examples);
        return new Crew(solo, solo);
    }

    private Crew pack(int examples, int capacity) {
        return new Crew(new PackF32(task, examples, capacity), new PackF32(task, examples, 1));
    }

    private void train(Crew crew, Feed feed, Stretch stretch, PackLanes group) {
        CrewF32 pack = crew.all();
        pack.load(group);
        pack.train(feed, stretch, group);
        boolean[] suspects = pack.suspects(group);
        for (int l = 0; l < group.count(); l++) {
            if (!suspects[l]) {
                pack.storeState(l, group.replica(l));
                pack.storeLoss(l, group.replica(l), stretch.lossScale());
            }
        }
        for (int l = 0; l < group.count(); l++) {
            if (suspects[l]) {
                trainAlone(crew.alone(), feed, stretch, group.only(l));
            }
        }
    }

    /** The stretch of one replica, looked at after every step; the buffers always hold its last finite state. */
    private void trainAlone(CrewF32 pack, Feed feed, Stretch stretch, PackLanes lane) {
        HealthMarks marks = HealthMarks.of(task.state().health());
        int replica = lane.replica(0);
        pack.load(lane);
        for (int s = 0; s < stretch.steps(); s++) {
            pack.look(feed, stretch, s, lane);
            FreezeCause cause = move(pack, stretch, s, lane);
            if (cause != FreezeCause.NONE) {
                marks.freeze(replica, cause, stretch.first() + s);
                look(pack, feed, stretch, lane);
                return;
            }
            pack.storeState(0, replica);
        }
        pack.storeLoss(0, replica, stretch.lossScale());
    }

    private static FreezeCause move(CrewF32 pack, Stretch stretch, int s, PackLanes lane) {
        if (!pack.finiteLoss(stretch.lossScale())) {
            return FreezeCause.LOSS;
        }
        if (!pack.finiteGradient()) {
            return FreezeCause.GRADIENT;
        }
        pack.move(stretch, s, lane);
        if (!pack.finiteState()) {
            return FreezeCause.WEIGHT;
        }
        pack.project(lane);
        return FreezeCause.NONE;
    }

    /** Replicas that stand still have a loss and a gradient all the same: those of the last batch. */
    private static void look(CrewF32 pack, Feed feed, Stretch stretch, PackLanes lanes) {
        pack.load(lanes);
        pack.look(feed, stretch, stretch.steps() - 1, lanes);
        for (int l = 0; l < lanes.count(); l++) {
            pack.storeLoss(l, lanes.replica(l), stretch.lossScale());
        }
    }
}
