package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ConvOps.Window;
import dev.rectifier.engine.View;

/**
 * A convolution of one replica, and how it is cut into products of matrices. All that decides how it is computed is in here, so
 * it never depends on R or on the number of threads.
 *
 * <p>Columns of those products are output pixels: some rows of one image's plane, or the planes of some images. Their rows
 * are taps (channel, row and column of the kernel), some channels at a time.
 *
 * @param n images
 * @param c channels of an image
 * @param k channels of an output
 * @param plane extent of an image's plane
 * @param kernel extent of a kernel
 * @param g stride and padding
 */
record ConvShape(int n, int c, int k, Extent plane, Extent kernel, Window g) {
    private static final int COLUMNS = 512; // a block of columns of 576 taps in fp32 is 1.2 MB: it stays in cache
    private static final int TAPS = 576;
    private static final int GRADIENT_TAPS = 192; // fewer, as parts of a weight gradient are all there is to share out
    private static final int KERNELS = 256;
    private static final int FEW_TAPS = 128;
    private static final int FEW_KERNELS = 32;

    /** Rows and columns. */
    record Extent(int height, int width) {
        int size() {
            return height * width;
        }
    }

    /** {@code count} things from {@code first} on. */
    record Span(int first, int count) {
        /** Part {@code i} when {@code total} things are dealt out {@code each} at a time. */
        static Span of(int i, int each, int total) {
            return new Span(i * each, Math.min(each, total - i * each));
        }
    }

    /** Columns of a product: {@code rows} of the output planes of {@code images}. */
    record Block(Span images, Span rows, int width) {
        /** Output pixels in an image. */
        int pixels() {
            return rows.count * width;
        }

        int columns() {
            return images.count * pixels();
        }
    }

    static ConvShape of(View y, View x, View w, Window g) {
        Extent plane = new Extent((int) x.dim(3), (int) x.dim(4));
        Extent kernel = new Extent((int) w.dim(3), (int) w.dim(4));
        return new ConvShape((int) y.dim(1), (int) x.dim(2), (int) y.dim(2), plane, kernel, g);
    }

    Extent out() {
        return new Extent((int) g.windows(plane.height, kernel.height), (int) g.windows(plane.width, kernel.width));
    }

    /** Taps of all channels: the terms of an output's sum. */
    int taps() {
        return c * kernel.size();
    }

    /** Multiply-adds. */
    long work() {
        return (long) n * k * out().size() * taps();
    }

    /** Whether the plane itself is what windows slide over. */
    boolean isBare() {
        return g.stride() == 1 && g.padding() == 0;
    }

    /** Ways a row or column of the padded plane can lie to the stride, as far as the kernel meets them. */
    Extent phases() {
        return new Extent(Math.min(g.stride(), kernel.height), Math.min(g.stride(), kernel.width));
    }

    /** Extent of a phase of the padded plane, as far as {@code rows} of windows meet it. */
    Extent phase(int rows) {
        return new Extent(rows + (kernel.height - 1) / g.stride(), out().width + (kernel.width - 1) / g.stride());
    }

    /** Images in a block. */
    int imagesAtOnce() {
        return Math.max(1, Math.min(n, COLUMNS / out().size()));
    }

    /** Bands of rows into which an output plane is cut. */
    int bands() {
        return ceil(out().height, rowsAtOnce());
    }

    private int rowsAtOnce() {
        return even(out().height, Math.max(1, COLUMNS / out().width));
    }

    /** Blocks of images. */
    int imageBlocks() {
        return ceil(n, imagesAtOnce());
    }

    Block block(int images, int band) {
        return new Block(Span.of(images, imagesAtOnce(), n), Span.of(band, rowsAtOnce(), out().height), out().width);
    }

    /** Whether every part of an output begins and ends with a whole word of the mask. */
    boolean partsOwnWords() {
        boolean wholeBands = bands() == 1 || rowsAtOnce() * out().width % Integer.SIZE == 0;
        return wholeBands && out().size() % Integer.SIZE == 0;
    }

    /** Channels whose taps are taken at once. */
    int channelsAtOnce() {
        return even(c, Math.max(1, TAPS / kernel.size()));
    }

    /** The same within a weight gradient. */
    int gradientChannels() {
        return even(c, Math.max(1, GRADIENT_TAPS / kernel.size()));
    }

    /** Output channels in a part of an output. */
    int kernelsAtOnce() {
        return even(k, KERNELS);
    }

    /** The same within a weight gradient. */
    int gradientKernels() {
        return even(k, taps() < FEW_TAPS ? FEW_KERNELS : KERNELS);
    }

    /** Parts of {@code total} with at most {@code most} each, as even as can be. */
    private static int even(int total, int most) {
        return ceil(total, ceil(total, most));
    }

    static int ceil(int a, int b) {
        return (a + b - 1) / b;
    }
}
