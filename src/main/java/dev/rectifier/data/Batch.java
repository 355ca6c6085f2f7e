package dev.rectifier.data;

import dev.rectifier.engine.View;
import java.util.Optional;

/**
 * The examples of one step.
 *
 * @param x [R, N, D]; shared where all replicas see the same
 * @param targets what the set says about them: values [R, N, K] or I32 labels [R, N]; empty for streams of inputs
 */
public record Batch(View x, Optional<View> targets) {
    /** N: examples per replica. */
    public long examples() {
        return x.dim(1);
    }
}
