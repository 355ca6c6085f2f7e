package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ResidentTask;
import java.util.Arrays;
import java.util.Optional;

/** Which parameters of which lanes stay as they are. */
final class MaskLanesF32 {
    private final Optional<Words> words;
    private final LaneLayout layout;
    private final float[][] w;
    private final float[][] state;
    private final boolean[][] moves;
    private final int[] moving;
    private final float[][] kept;

    MaskLanesF32(ResidentTask task, LaneLayout layout, float[][] w, float[][] state, int capacity) {
        words = task.state().parameters().mask().map(Words::of);
        this.layout = layout;
        this.w = w;
        this.state = state;
        int most = layout.mostUnits() * capacity;
        moves = new boolean[words.isPresent() ? w.length : 0][most];
        moving = new int[moves.length];
        kept = LanesF32.padded(1 + state.length / w.length, most);
    }

    boolean isEmpty() {
        return words.isEmpty();
    }

    void load(PackLanes lanes) {
        words.ifPresent(mask -> {
            Arrays.fill(moving, 0);
            for (int l = 0; l < lanes.count(); l++) {
                int at = mask.at(lanes.replica(l));
                for (int p = 0; p < layout.parameters(); p++) {
                    boolean moved = ((mask.array()[at + (p >> 5)] >>> p) & 1) == 1;
                    int row = layout.row()[p];
                    moves[row][layout.unit()[p] * lanes.count() + l] = moved;
                    moving[row] += moved ? 1 : 0;
                }
            }
        });
    }

    /**
     * The step of row {@code p}, undone where parameters stay. What stays cannot keep the mark of a gradient
     * that is not finite, so {@code bad} does.
     */
    void step(int p, UpdateLanesF32 update, float[] gradient, float[] bad, int length) {
        if (moving[p] == length) {
            update.step(p, length);
            return;
        }
        LanesF32.poison(bad, gradient, length);
        if (moving[p] == 0) {
            return;
        }
        for (int i = 0; i < kept.length; i++) {
            System.arraycopy(row(p, i), 0, kept[i], 0, length);
        }
        update.step(p, length);
        for (int i = 0; i < kept.length; i++) {
            restore(row(p, i), kept[i], moves[p], length);
        }
    }

    /** Weights, first moments, second moments of row {@code p}. */
    private float[] row(int p, int i) {
        return i == 0 ? w[p] : state[(i - 1) * w.length + p];
    }

    private static void restore(float[] row, float[] old, boolean[] moves, int length) {
        for (int i = 0; i < length; i++) {
            row[i] = moves[i] ? row[i] : old[i];
        }
    }
}
