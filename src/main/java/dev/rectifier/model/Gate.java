package dev.rectifier.model;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.Shape;
import java.util.Optional;

/**
 * The ReLU that is computed with a layer, if one follows it at once, and who applies its gates to signals: this layer, or the
 * next one as part of its own product ({@code byNext}). Both leave the same bits.
 */
final class Gate {
    private final PointwiseOps pointwise;
    private final Optional<View> mask;
    private final Optional<View> signal;
    private final Optional<View> tangent;

    private Gate(PointwiseOps pointwise, Optional<View> mask, Optional<View> signal, Optional<View> tangent) {
        this.pointwise = pointwise;
        this.mask = mask;
        this.signal = signal;
        this.tangent = tangent;
    }

    /** {@code output}: extents of the layer's output. */
    static Gate of(Engine engine, Space space, PassKind kind, Unit unit, Shape output) {
        if (!unit.relu()) {
            return new Gate(engine.pointwise(), Optional.empty(), Optional.empty(), Optional.empty());
        }
        View mask = space.mask(output);
        boolean own = !unit.gatedByNext();
        return new Gate(
                engine.pointwise(),
                Optional.of(mask),
                own && kind.gives(PassKind.Derivatives.GRADIENT)
                        ? Optional.of(space.values("signal", output))
                        : Optional.empty(),
                own && kind.gives(PassKind.Derivatives.CURVATURE)
                        ? Optional.of(space.values("tangent of a signal", output))
                        : Optional.empty());
    }

    /** The bits of the ReLU, if there is one. */
    Optional<View> mask() {
        return mask;
    }

    /** y = ReLU(y) in place. */
    void apply(View y) {
        mask.ifPresent(bits -> pointwise.relu(y, bits, y));
    }

    /** d loss / d z of d loss / d y. */
    View signal(View dy) {
        return gated(dy, signal);
    }

    /** What {@link #signal} left for the same dy. */
    View signalAgain(View dy) {
        return signal.orElse(dy);
    }

    /** The tangent of that. */
    View tangentOfSignal(View tdy) {
        return gated(tdy, tangent);
    }

    private View gated(View dy, Optional<View> own) {
        if (own.isEmpty()) {
            return dy;
        }
        pointwise.reluBackward(own.get(), dy, mask.orElseThrow());
        return own.get();
    }

    /** ty = the tangent after the ReLU, in place. */
    void applyTangent(View ty) {
        mask.ifPresent(bits -> pointwise.reluBackward(ty, ty, bits));
    }
}
