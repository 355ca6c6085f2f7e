package dev.rectifier.bench;

import dev.rectifier.engine.ConvOps.Window;
import java.util.List;
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

    /** With cuDNN beside it, and for one replica peers, who know one network. */
    Operation of(Layer l) {
        Operation alone = alone(l);
        Operation besides = alone.besides(new Twin(alone, library(l.window())));
        return l.r == 1 ? besides.asking(words(l)) : besides;
    }

    private Operation alone(Layer l) {
        Window g = l.window();
        double flops = 2.0 * l.r * l.n * l.k * l.out() * l.out() * l.c * TAPS;
        Slot images = Slot.in(l.r, l.n, l.c, l.plane, l.plane);
        Slot kernels = Slot.in(l.r, l.k, l.c, SIDE, SIDE);
        Slot signal = Slot.in(l.r, l.n, l.k, l.out(), l.out());
        return switch (this) {
            case FORWARD ->
                Operation.of(
                                flops,
                                (engine, v) -> engine.conv().forward(v.get(2), v.get(0), v.get(1), g),
                                images,
                                kernels,
                                Slot.out(l.r, l.n, l.k, l.out(), l.out()))
                        .withDepth(l.c * TAPS);
            case INPUT_GRADIENT ->
                Operation.of(
                                flops,
                                (engine, v) -> engine.conv().inputGradient(v.get(2), v.get(0), v.get(1), g),
                                signal,
                                kernels,
                                Slot.out(l.r, l.n, l.c, l.plane, l.plane))
                        .withDepth(l.k * TAPS);
            case WEIGHT_GRADIENT ->
                Operation.of(
                                flops,
                                (engine, v) -> engine.conv().weightGradient(v.get(2), v.get(0), v.get(1), g),
                                signal,
                                images,
                                Slot.out(l.r, l.k, l.c, SIDE, SIDE))
                        .withDepth(l.n * l.out() * l.out());
        };
    }

    private Twin.Call library(Window g) {
        return switch (this) {
            case FORWARD -> (library, v) -> library.convolution(v.get(2), v.get(0), v.get(1), g);
            case INPUT_GRADIENT -> (library, v) -> library.convolutionInputGradient(v.get(2), v.get(0), v.get(1), g);
            case WEIGHT_GRADIENT -> (library, v) -> library.convolutionWeightGradient(v.get(2), v.get(0), v.get(1), g);
        };
    }

    private PeerWords words(Layer l) {
        long[] images = {l.n, l.c, l.plane, l.plane};
        long[] kernels = {l.k, l.c, SIDE, SIDE};
        long[] signal = {l.n, l.k, l.out(), l.out()};
        List<Long> shape = List.of(l.n, l.c, l.plane, l.plane, l.k, (long) SIDE, (long) SIDE, l.out(), l.out());
        PeerWords said = switch (this) {
            case FORWARD -> asked("forward", shape, images, kernels, signal);
            case INPUT_GRADIENT -> asked("input-gradient", shape, signal, kernels, images);
            case WEIGHT_GRADIENT -> asked("weight-gradient", shape, signal, images, kernels);
        };
        return said.with(Map.of("stride", (double) l.stride, "padding", 1.0));
    }

    /** Two operands and an output, without the axis of the one replica. */
    private static PeerWords asked(String what, List<Long> shape, long[] first, long[] second, long[] out) {
        List<PeerWords.Operand> in = List.of(PeerWords.slot(0, first), PeerWords.slot(1, second));
        return PeerWords.of("convolution-" + what, shape, in, PeerWords.slot(2, out));
    }
}
