package dev.rectifier.engine;

/**
 * Another library that does single operations on an engine's device. It is there to be compared with: nothing done through here is
 * a result, so it keeps none of the engine's promises about bits. (An engine may use the same library for its own work, as it says of itself.)
 */
public interface OtherLibrary {
    /** Its name in tables, such as {@code cuDNN}. */
    String name();

    /**
     * Makes it ready on the engine's device, its work in the order of the engine's.
     *
     * @throws DeviceException if it is not to be had; the message says why
     */
    Session open();

    /**
     * What a batch normalisation keeps for its way back.
     *
     * @param mean [R, C]
     * @param root [R, C], 1 / sqrt(variance + eps)
     * @param eps added to a variance
     */
    record Saved(View mean, View root, double eps) {}

    /** The library at work. Views are the engine's and of one floating type. */
    interface Session extends AutoCloseable {
        /** Version and where it was found. */
        String description();

        /**
         * y = max(x, 0), without a mask.
         *
         * @param y [R, ...] out
         * @param x as y
         */
        void reluForward(View y, View x);

        /**
         * dx = dy where y > 0, else 0.
         *
         * @param dx [R, ...] out
         * @param dy as dx
         * @param y as dx; what came of the forward pass
         */
        void reluBackward(View dx, View dy, View y);

        /**
         * Batch normalisation of each replica in training mode, see {@link NormOps#forward}.
         *
         * @param y [R, N, C] or [R, N, C, H, W] out
         * @param saved out
         * @param x as y
         */
        void normForward(View y, Saved saved, View x, NormOps.Affine affine);

        /**
         * Its backward pass, see {@link NormOps#backward}.
         *
         * @param dx as x, out
         * @param gradient out
         * @param dy as x
         * @param scale [R, C]
         */
        void normBackward(View dx, NormOps.Affine gradient, View dy, View x, View scale, Saved saved);

        /**
         * Each replica's convolution, see {@link ConvOps#forward(View, View, View, ConvOps.Window)}.
         *
         * @param y out
         * @throws DeviceException if the library does not do this one
         */
        void convolution(View y, View x, View w, ConvOps.Window g);

        /**
         * See {@link ConvOps#inputGradient}.
         *
         * @param dx out
         * @throws DeviceException if the library does not do this one
         */
        void convolutionInputGradient(View dx, View dy, View w, ConvOps.Window g);

        /**
         * See {@link ConvOps#weightGradient}.
         *
         * @param dw out
         * @throws DeviceException if the library does not do this one
         */
        void convolutionWeightGradient(View dw, View dy, View x, ConvOps.Window g);

        /** Gives back what it holds; logs and never throws on a failing release. */
        @Override
        void close();
    }
}
