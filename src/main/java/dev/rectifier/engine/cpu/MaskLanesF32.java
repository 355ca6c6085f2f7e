package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ResidentTask;
import java.util.Optional;

/** Which parameters of which lanes stay as they are. */
final class MaskLanesF32 {
    private final Optional<Words> words;
    private final float[][] w;
    private final float[][] state;
    private final boolean[][] moves;
    private final int[] moving;
    private final float[][] kept;

    MaskLanesF32(ResidentTask task, float[][] w, float[][] state, int capacity) {
        words = task.state().parameters().mask().map(Words::of);
        this.w = w;
        this.state = state;
        moves = new boolean[words.isPresent() ? w.length : 0][capacity];
        moving = new int[moves.length];
        kept = LanesF32.rows(1 + state.length / w.length, capacity);
    }

    boolean isEmpty() {
        return words.isEmpty();
    }

    void load(PackLanes lanes) {
        words.ifPresent(mask -> {
            for (int p = 0; p < moves.length; p++) {
                moving[p] = 0;
                for (int l = 0; l < lanes.count(); l++) {
                    moves[p][l] = ((mask.array()[mask.at(lanes.replica(l)) + (p >> 5)] >>> p) & 1) == 1;
                    moving[p] += moves[p][l] ? 1 : 0;
                }
            }
        });
    }

    /**
     * The step of parameter {@code p}, undone in the lanes where it stays. What stays cannot keep the mark of a gradient
     * that is not finite, so {@code bad} does.
     */
    void step(int p, UpdateLanesF32 update, float[] gradient, float[] bad, int lanes) {
        if (moving[p] == lanes) {
            update.step(p, lanes);
            return;
        }
        LanesF32.poison(bad, gradient, lanes);
        if (moving[p] == 0) {
            return;
        }
        for (int i = 0; i < kept.length; i++) {
            System.arraycopy(row(p, i), 0, kept[i], 0, lanes);
        }
        update.step(p, lanes);
        for (int i = 0; i < kept.length; i++) {
            restore(row(p, i), kept[i], moves[p], lanes);
        }
    }

    /** Weight, first moment, second moment of parameter {@code p}. */
    private float[] row(int p, int i) {
        return i == 0 ? w[p] : state[(i - 1) * w.length + p];
    }

    private static void restore(float[] row, float[] old, boolean[] moves, int lanes) {
        for (int l = 0; l < lanes; l++) {
            row[l] = moves[l] ? row[l] : old[l];
        }
    }
}
