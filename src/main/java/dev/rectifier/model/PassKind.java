package dev.rectifier.model;

import dev.rectifier.tensor.Streams;
import java.util.Optional;

/**
 * What a {@link Pass} is made for, and so which buffers it has.
 *
 * @param mode how layers behave that tell training from evaluation
 * @param derivatives what is asked after a forward pass
 * @param noise streams per replica of what training draws; needed by networks that draw, in training
 */
public record PassKind(Mode mode, Derivatives derivatives, Optional<Streams> noise) {
    /** How a BatchNorm normalises that has no mode of its own, and whether dropout drops. */
    public enum Mode {
        /** By the moments of the batch, as what is differentiated; elements are dropped. */
        TRAINING,
        /** By running moments, as constants; nothing is dropped. */
        EVALUATION
    }

    /** Each with those before it. */
    public enum Derivatives {
        /** Forward passes alone. */
        NONE,
        /** Gradients (vector-Jacobian products). */
        GRADIENT,
        /** Tangents (Jacobian-vector products) and tangents of gradients: Hessian and Gauss-Newton products. */
        CURVATURE
    }

    /** Forward passes of a network as it is used. */
    public static final PassKind INFERENCE = new PassKind(Mode.EVALUATION, Derivatives.NONE, Optional.empty());

    /** Steps of training, without noise. */
    public static final PassKind TRAINING = new PassKind(Mode.TRAINING, Derivatives.GRADIENT, Optional.empty());

    public PassKind withMode(Mode newMode) {
        return new PassKind(newMode, derivatives, noise);
    }

    public PassKind withDerivatives(Derivatives newDerivatives) {
        return new PassKind(mode, newDerivatives, noise);
    }

    public PassKind withNoise(Optional<Streams> streams) {
        return new PassKind(mode, derivatives, streams);
    }

    boolean gives(Derivatives asked) {
        return derivatives.compareTo(asked) >= 0;
    }
}
