package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Feed;
import dev.rectifier.engine.ResidentTask;
import java.util.Optional;

/** Inputs and targets of one replica at one step. */
final class SoloFeedF32 {
    private final ResidentTask task;
    private final int inputs;
    private final OperandF32 x;
    private final PickedF32 picked;
    private final Optional<SoloNetF32> teacher;

    SoloFeedF32(ResidentTask task, int examples) {
        this.task = task;
        inputs = task.student().inputs();
        x = new OperandF32(examples * inputs);
        picked = new PickedF32(examples, task.student().outputs());
        teacher = task.teacher().map(t -> new SoloNetF32(t.net(), examples, new float[count(t)], x));
    }

    private static int count(ResidentTask.Teacher teacher) {
        return Math.toIntExact(teacher.net().parameters());
    }

    /** [N D]. */
    OperandF32 x() {
        return x;
    }

    /** [N K]. */
    float[] values() {
        return teacher.isPresent() ? teacher.get().output().array() : picked.values();
    }

    /** [N]. */
    int[] labels() {
        return picked.labels();
    }

    /** Brings in the replica's teacher. */
    void load(int replica) {
        teacher.ifPresent(net -> {
            BlocksF32 from = BlocksF32.of(task.teacher().orElseThrow().parameters());
            System.arraycopy(from.array(), from.at(replica), net.weights(), 0, net.weights().length);
            net.forget();
        });
    }

    void fill(Feed feed, int replica, long step) {
        if (feed instanceof Feed.Stream stream) {
            draw(new StreamDraws(stream, x.count()), replica, step);
        } else if (feed instanceof Feed.Rows set) {
            pick(set, replica, step);
        }
        teacher.ifPresent(net -> {
            net.forward();
            if (task.teacher().orElseThrow().answersLabel()) {
                picked.label(net.output().array());
            }
        });
    }

    private void draw(StreamDraws draws, int replica, long step) {
        var block = draws.block(replica, step);
        float[] to = x.overwritten();
        for (int i = 0; i < block.length; i++) {
            to[i] = block[i];
        }
    }

    private void pick(Feed.Rows set, int replica, long step) {
        picked.rows(set, replica, step);
        picked.gather(x.overwritten(), inputs, BlocksF32.of(set.x()), replica);
        if (teacher.isEmpty()) {
            picked.takeTargets(set, replica);
        }
    }
}
