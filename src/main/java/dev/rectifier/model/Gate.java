package dev.rectifier.model;

import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.model.PassKind.Derivatives;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * The ReLU that is computed with a layer, if one follows it at once, and who applies its gates to signals: the next layer as part
 * of its own product, or this one. All ways leave the same bits.
 */
final class Gate {
    private final PointwiseOps pointwise;
    private final Optional<View> mask;
    private final boolean byNext;
    private final Optional<View> signal;
    private final Optional<View> tangent;

    private Gate(Site site, Derivatives own) {
        pointwise = site.engine().pointwise();
        byNext = site.unit().gatedByNext();
        boolean relu = site.unit().relu();
        mask = wanted(relu, () -> site.space().mask(site.output()));
        boolean here = relu && !byNext;
        signal = wanted(here && site.kind().gives(own), () -> site.space().values("signal", site.output()));
        tangent = wanted(here && site.isCurved(), () -> site.space().values("tangent of a signal", site.output()));
    }

    private static Optional<View> wanted(boolean wanted, Supplier<View> view) {
        return wanted ? Optional.of(view.get()) : Optional.empty();
    }

    /** Of a layer that needs its signals gated. */
    static Gate of(Site site) {
        return new Gate(site, Derivatives.GRADIENT);
    }

    /** Of a layer whose backward pass can gate on the way: see {@link #onTheWay}. */
    static Gate fused(Site site) {
        return new Gate(site, Derivatives.CURVATURE);
    }

    /** The bits of the ReLU, if there is one. */
    Optional<View> mask() {
        return mask;
    }

    /** The bits by which the layer's own backward pass must gate, if it must. */
    Optional<View> onTheWay() {
        return byNext || signal.isPresent() ? Optional.empty() : mask;
    }

    /** y = ReLU(y) in place. */
    void apply(View y) {
        if (mask.isPresent()) {
            pointwise.relu(y, mask.get(), y);
        }
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
        if (mask.isPresent()) {
            pointwise.reluBackward(ty, ty, mask.get());
        }
    }
}
