package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Feed;
import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.Resident;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.Stretch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Packs of replicas, each trained through a whole stretch by one thread. */
final class ResidentF32 implements Resident {
    private final ResidentTask task;
    private final Queue queue;
    private final int capacity;
    private final int[] moving;
    private final int[] frozen;
    private final Map<Integer, List<Crew>> crews = new HashMap<>();

    /** A pack for many replicas and one for a single replica. */
    private record Crew(PackF32 pack, PackF32 alone) {}

    ResidentF32(ResidentTask task, Queue queue, int capacity) {
        this.task = task;
        this.queue = queue;
        this.capacity = capacity;
        int replicas = (int) task.state().loss().replicas();
        moving = new int[replicas];
        frozen = new int[replicas];
    }

    @Override
    public void train(Feed feed, Stretch stretch) {
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
        int packs = packs(all.count());
        int items = packs + packs(still.count());
        List<Crew> ready = crews(feed.examples(), items);
        queue.meet(items, (first, last, scratch) -> {
            for (int i = first; i < last; i++) {
                if (i < packs) {
                    train(ready.get(i), feed, stretch, all.part(i, capacity));
                } else {
                    look(ready.get(i).pack(), feed, stretch, still.part(i - packs, capacity));
                }
            }
        });
    }

    private int packs(int replicas) {
        return (replicas + capacity - 1) / capacity;
    }

    private List<Crew> crews(int examples, int count) {
        List<Crew> made = crews.computeIfAbsent(examples, n -> new ArrayList<>());
        while (made.size() < count) {
            made.add(new Crew(new PackF32(task, examples, capacity), new PackF32(task, examples, 1)));
        }
        return made;
    }

    private void train(Crew crew, Feed feed, Stretch stretch, PackLanes lanes) {
        PackF32 pack = crew.pack();
        pack.load(lanes);
        pack.train(feed, stretch, lanes);
        boolean[] suspects = pack.suspects(lanes);
        for (int l = 0; l < lanes.count(); l++) {
            if (suspects[l]) {
                trainAlone(crew.alone(), feed, stretch, lanes.only(l));
            } else {
                pack.storeState(l, lanes.replica(l));
                pack.storeLoss(l, lanes.replica(l), stretch.lossScale());
            }
        }
    }

    /** The stretch of one replica, looked at after every step; the buffers always hold its last finite state. */
    private void trainAlone(PackF32 pack, Feed feed, Stretch stretch, PackLanes lane) {
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

    private static FreezeCause move(PackF32 pack, Stretch stretch, int s, PackLanes lane) {
        if (!pack.finiteLoss(stretch.lossScale())) {
            return FreezeCause.LOSS;
        }
        if (!pack.finiteGradient()) {
            return FreezeCause.GRADIENT;
        }
        pack.prepareMove(stretch, s, lane);
        pack.move(lane);
        if (!pack.finiteState()) {
            return FreezeCause.WEIGHT;
        }
        pack.project(lane);
        return FreezeCause.NONE;
    }

    /** Replicas that stand still have a loss and a gradient all the same: those of the last batch. */
    private static void look(PackF32 pack, Feed feed, Stretch stretch, PackLanes lanes) {
        pack.load(lanes);
        pack.look(feed, stretch, stretch.steps() - 1, lanes);
        for (int l = 0; l < lanes.count(); l++) {
            pack.storeLoss(l, lanes.replica(l), stretch.lossScale());
        }
    }
}
