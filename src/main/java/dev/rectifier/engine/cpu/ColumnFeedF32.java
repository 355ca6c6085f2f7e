package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Feed;
import dev.rectifier.engine.ResidentTask;
import java.util.Optional;

/** Inputs, a row per unit, and targets of one replica at one step. */
final class ColumnFeedF32 {
    private final ResidentTask task;
    private final float[][] x;
    private final PickedF32 picked;
    private final Optional<ColumnNetF32> teacher;

    ColumnFeedF32(ResidentTask task, int examples) {
        this.task = task;
        x = LanesF32.rows(task.student().inputs(), examples);
        picked = new PickedF32(examples, task.student().outputs());
        teacher = task.teacher().map(t -> {
            float[] w = new float[Math.toIntExact(t.net().parameters())];
            return new ColumnNetF32(t.net(), examples, w, x);
        });
    }

    /** A row [N] per input. */
    float[][] x() {
        return x;
    }

    /** [N K]. */
    float[] values() {
        return picked.values();
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
        });
    }

    void fill(Feed feed, int replica, long step) {
        if (feed instanceof Feed.Stream stream) {
            draw(new StreamDraws(stream, x.length * x[0].length), replica, step);
        } else if (feed instanceof Feed.Rows set) {
            pick(set, replica, step);
        }
        teacher.ifPresent(net -> {
            net.forward();
            UnitRowsF32.toRows(values(), net.output());
            if (task.teacher().orElseThrow().answersLabel()) {
                picked.label(values());
            }
        });
    }

    private void draw(StreamDraws draws, int replica, long step) {
        var block = draws.block(replica, step);
        for (int d = 0; d < x.length; d++) {
            float[] row = x[d];
            for (int n = 0; n < row.length; n++) {
                row[n] = block[n * x.length + d];
            }
        }
    }

    private void pick(Feed.Rows set, int replica, long step) {
        int[] rows = picked.rows(set, replica, step);
        BlocksF32 from = BlocksF32.of(set.x());
        float[] array = from.array();
        for (int d = 0; d < x.length; d++) {
            gather(x[d], array, from.at(replica) + d, rows, x.length);
        }
        if (teacher.isEmpty()) {
            picked.takeTargets(set, replica);
        }
    }

    private static void gather(float[] to, float[] array, int at, int[] rows, int width) {
        for (int n = 0; n < to.length; n++) {
            to[n] = array[at + rows[n] * width];
        }
    }
}
