package dev.rectifier.model;

import dev.rectifier.engine.ConvOps;
import dev.rectifier.engine.DenseOps;
import dev.rectifier.engine.View;
import java.util.Optional;

/** The operations of a layer that is linear in its input and in its weight; see {@link DenseOps} for each. */
interface Product {
    /** y = w x (+ b). */
    void forward(View y, View x, View w, Optional<View> b);

    /** The same with a ReLU behind it. */
    void forwardRelu(View y, View mask, View x, View w, Optional<View> b);

    void inputGradient(View dx, View dy, View w);

    void inputGradientRelu(View dz, View dy, View w, View mask);

    void weightGradient(View dw, Optional<View> db, View dy, View x);

    /** By gates of the layer below, where there are some. */
    default void inputGradient(View dx, View dy, View w, Optional<View> mask) {
        if (mask.isPresent()) {
            inputGradientRelu(dx, dy, w, mask.get());
        } else {
            inputGradient(dx, dy, w);
        }
    }

    /** [R, N, D] times [R, K, D]. */
    record Dense(DenseOps ops) implements Product {
        @Override
        public void forward(View y, View x, View w, Optional<View> b) {
            if (b.isPresent()) {
                ops.forward(y, x, w, b.get());
            } else {
                ops.forward(y, x, w);
            }
        }

        @Override
        public void forwardRelu(View y, View mask, View x, View w, Optional<View> b) {
            if (b.isPresent()) {
                ops.forwardRelu(y, mask, x, w, b.get());
            } else {
                ops.forwardRelu(y, mask, x, w);
            }
        }

        @Override
        public void inputGradient(View dx, View dy, View w) {
            ops.inputGradient(dx, dy, w);
        }

        @Override
        public void inputGradientRelu(View dz, View dy, View w, View mask) {
            ops.inputGradientRelu(dz, dy, w, mask);
        }

        @Override
        public void weightGradient(View dw, Optional<View> db, View dy, View x) {
            if (db.isPresent()) {
                ops.weightAndBiasGradient(dw, db.get(), dy, x);
            } else {
                ops.weightGradient(dw, dy, x);
            }
        }
    }

    /** [R, N, C, H, W] with [R, K, C, kh, kw]. */
    record Conv(ConvOps ops, ConvOps.Window window) implements Product {
        @Override
        public void forward(View y, View x, View w, Optional<View> b) {
            if (b.isPresent()) {
                ops.forward(y, x, w, b.get(), window);
            } else {
                ops.forward(y, x, w, window);
            }
        }

        @Override
        public void forwardRelu(View y, View mask, View x, View w, Optional<View> b) {
            if (b.isPresent()) {
                ops.forwardRelu(y, mask, x, w, b.get(), window);
            } else {
                ops.forwardRelu(y, mask, x, w, window);
            }
        }

        @Override
        public void inputGradient(View dx, View dy, View w) {
            ops.inputGradient(dx, dy, w, window);
        }

        @Override
        public void inputGradientRelu(View dz, View dy, View w, View mask) {
            ops.inputGradientRelu(dz, dy, w, mask, window);
        }

        @Override
        public void weightGradient(View dw, Optional<View> db, View dy, View x) {
            ops.weightGradient(dw, dy, x, window);
            if (db.isPresent()) {
                ops.biasGradient(db.get(), dy);
            }
        }
    }
}
