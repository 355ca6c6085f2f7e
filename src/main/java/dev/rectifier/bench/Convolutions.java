package dev.rectifier.bench;

import dev.rectifier.engine.ConvOps.Window;
import java.util.Map;

/** A 3 x 3 convolution with a padding of 1 and its gradients, for R replicas. */
enum Convolutions {
    FORWARD,
    INPUT_GRADIENT,
    WEIGHT_GRADIENT;

    private static final int SIDE = 3;
    private static final int TAPS = SIDE * SIDE;

    /**
     * The extents of a layer.
     *
     * @param r replicas
     * @param n images
     * @param c channels in
     * @param k channels out
     * @param plane side of a plane
     * @param stride of the windows
     */
    record Layer(long r, long n, long c, long k, long plane, int stride) {
        private Window window() {
            return new Window(stride, 1);
        }

        private long out() {
            return window().windows(plane, SIDE);
        }

        /** Axes of a row in tables: as a product, so N is images, D channels in, K channels out. */
        Axes axes() {
            return new Axes(Map.of("R", r, "N", n, "D", c, "K", k));
        }
    }

    /** The name in tables. */
    String family(Layer layer) {
        String what = switch (this) {
            case FORWARD -> "convolution";
            case INPUT_GRADIENT -> "convolution input gradient";
            case WEIGHT_GRADIENT -> "convolution weight gradient";
        };
        return what + " " + layer.plane + " x " + layer.plane + " stride " + layer.stride;
    }

    Operation of(Layer l) {
        Window g = l.window();
        double flops = 2.0 * l.r * l.n * l.k * l.out() * l.out() * l.c * TAPS;
        return switch (this) {
            case FORWARD ->
                Operation.of(
                                flops,
                                (engine, v) -> engine.conv().forward(v.get(2), v.get(0), v.get(1), g),
                                Slot.in(l.r, l.n, l.c, l.plane, l.plane),
                                Slot.in(l.r, l.k, l.c, SIDE, SIDE),
                                Slot.out(l.r, l.n, l.k, l.out(), l.out()))
                        .withDepth(l.c * TAPS);
            case INPUT_GRADIENT ->
                Operation.of(
                                flops,
                                (engine, v) -> engine.conv().inputGradient(v.get(2), v.get(0), v.get(1), g),
                                Slot.in(l.r, l.n, l.k, l.out(), l.out()),
                                Slot.in(l.r, l.k, l.c, SIDE, SIDE),
                                Slot.out(l.r, l.n, l.c, l.plane, l.plane))
                        .withDepth(l.k * TAPS);
            case WEIGHT_GRADIENT ->
                Operation.of(
                                flops,
                                (engine, v) -> engine.conv().weightGradient(v.get(2), v.get(0), v.get(1), g),
                                Slot.in(l.r, l.n, l.k, l.out(), l.out()),
                                Slot.in(l.r, l.n, l.c, l.plane, l.plane),
                                Slot.out(l.r, l.k, l.c, SIDE, SIDE))
                        .withDepth(l.n * l.out() * l.out());
        };
    }
}
