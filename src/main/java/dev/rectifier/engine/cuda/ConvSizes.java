package dev.rectifier.engine.cuda;

import dev.rectifier.engine.ConvOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;

/**
 * A convolution's three arrays, or the gradients in their places.
 *
 * @param y [R, N, K, Ho, Wo]
 * @param x [R, N, C, H, W]
 * @param w [R, K, C, kh, kw]
 * @param g stride and padding
 */
record ConvSizes(View y, View x, View w, ConvOps.Window g) {
    long replicas() {
        return y.replicas();
    }

    long n() {
        return y.dim(1);
    }

    long k() {
        return y.dim(2);
    }

    long pixels() {
        return y.dim(3) * y.dim(4);
    }

    long taps() {
        return w.dim(2) * w.dim(3) * w.dim(4);
    }

    DType dtype() {
        return y.dtype();
    }

    /** Products of one replica, those with the padding included. */
    double multiplyAdds() {
        return (double) n() * k() * pixels() * taps();
    }
}
