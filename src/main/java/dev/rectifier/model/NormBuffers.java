package dev.rectifier.model;

import dev.rectifier.engine.View;
import dev.rectifier.model.PassKind.Derivatives;
import java.util.Optional;

/**
 * The buffers of a normalisation, whose operations give the signal for below whether or not it is wanted.
 *
 * @param y its output
 * @param still tangent of an input that does not move
 */
record NormBuffers(View y, Optional<View> dx, Optional<View> ty, Optional<View> tdx, Optional<View> still) {
    static NormBuffers of(Site site) {
        Space space = site.space();
        boolean gradient = site.kind().gives(Derivatives.GRADIENT);
        return new NormBuffers(
                site.activation(),
                gradient ? Optional.of(space.values("signal", site.input())) : Optional.empty(),
                site.tangent(),
                site.isCurved() ? Optional.of(space.values("tangent of a signal", site.input())) : Optional.empty(),
                site.isCurved() && !site.inputMoves() ? Optional.of(space.zeroValues(site.input())) : Optional.empty());
    }

    /** Of the input: {@code tx}, or zeros. */
    View tangent(View tx) {
        return still.orElse(tx);
    }
}
