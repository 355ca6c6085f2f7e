package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Feed;
import dev.rectifier.engine.View;

/** The rows of a finite set that one replica takes at a step, and their targets. */
final class PickedF32 {
    private final int outputs;
    private final float[] values;
    private final int[] labels;
    private final int[] rows;

    PickedF32(int examples, int outputs) {
        this.outputs = outputs;
        values = new float[examples * outputs];
        labels = new int[examples];
        rows = new int[examples];
    }

    /** [N K]. */
    float[] values() {
        return values;
    }

    /** [N]. */
    int[] labels() {
        return labels;
    }

    /** Row numbers [N] within a replica's block, valid until the next call. */
    int[] rows(Feed.Rows set, int replica, long step) {
        set.order().at(step).write(rows, 0, replica);
        return rows;
    }

    /** The targets of the rows picked last. */
    void takeTargets(Feed.Rows set, int replica) {
        View targets = set.targets().orElseThrow();
        if (targets.dtype().isFloating()) {
            gather(values, outputs, BlocksF32.of(targets), replica);
            return;
        }
        Words from = Words.of(targets);
        for (int n = 0; n < rows.length; n++) {
            labels[n] = from.array()[from.at(replica) + rows[n]];
        }
    }

    /** Row-major [N width] of the rows picked last. */
    void gather(float[] to, int width, BlocksF32 from, int replica) {
        float[] array = from.array();
        int block = from.at(replica);
        for (int n = 0; n < rows.length; n++) {
            System.arraycopy(array, block + rows[n] * width, to, n * width, width);
        }
    }

    /** The class with the largest answer becomes each example's label; {@code answers} [N K]. */
    void label(float[] answers) {
        for (int n = 0; n < rows.length; n++) {
            labels[n] = ReduceF32.argmax(answers, n * outputs, outputs);
        }
    }
}
