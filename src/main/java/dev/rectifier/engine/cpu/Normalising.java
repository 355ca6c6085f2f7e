package dev.rectifier.engine.cpu;

import dev.rectifier.engine.NormOps.Affine;
import dev.rectifier.engine.NormOps.Direction;
import dev.rectifier.engine.NormOps.Normed;
import dev.rectifier.engine.NormOps.Signal;
import dev.rectifier.engine.NormOps.TangentMoments;
import dev.rectifier.engine.View;
import java.util.Optional;

/**
 * The part of {@link dev.rectifier.engine.NormOps} that depends on the floating element type. {@code training}: derivatives go
 * through the moments.
 */
interface Normalising {
    /** Writes the moments of x, then normalises by them. */
    void forward(View y, Normed of);

    void normalise(View y, Normed of);

    void backward(View dx, Affine gradient, View dy, Normed of, boolean training);

    /** In training mode the moments of the tangent are written; without them it is evaluation mode. */
    void tangent(View ty, Optional<TangentMoments> moments, Direction direction, Normed of);

    void backwardTangent(
            View tdx, Affine gradient, Signal signal, Optional<TangentMoments> moments, Direction direction, Normed of);
}
