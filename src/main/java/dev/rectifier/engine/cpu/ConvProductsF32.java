package dev.rectifier.engine.cpu;

import dev.rectifier.engine.cpu.ConvShape.Block;
import dev.rectifier.engine.cpu.ConvShape.Span;

/** The products into which a convolution is cut, and the panels they are made of. */
final class ConvProductsF32 {
    static final int OUT = 0;
    static final int LEFT = 1;
    static final int RIGHT = 2;
    private static final int SLAB = 3;
    private static final int PLANES = 4;

    private final ConvShape s;
    private final PatchesF32 patches;
    private final int taps;
    private final boolean toLibrary;

    ConvProductsF32(ConvShape s) {
        this.s = s;
        patches = new PatchesF32(s);
        taps = s.kernel().size();
        toLibrary = Blas.takes((long) s.kernelsAtOnce() * s.block(0, 0).columns() * s.taps());
    }

    private PanelF32 panel(Scratch scratch, int slot, int length) {
        return PanelF32.of(scratch, slot, length, toLibrary);
    }

    /** Outputs [kernels, columns] of a block. */
    PanelF32 forward(BlocksF32 x, BlocksF32 w, int r, Part part, Scratch scratch) {
        int columns = part.block.columns();
        PanelF32 out = panel(scratch, OUT, part.kernels.count() * columns);
        int each = s.channelsAtOnce();
        for (int c = 0; c < s.c(); c += each) {
            Span channels = new Span(c, Math.min(each, s.c() - c));
            int terms = channels.count() * taps;
            PanelF32 left = weights(w, r, part.kernels, channels, scratch);
            PanelF32 right = patches(x, r, channels, part.block, scratch);
            ProductShape shape = new ProductShape(part.kernels.count(), columns, terms, terms, 1, 1, columns);
            out.multiply(shape, left, right, c > 0);
        }
        return out;
    }

    /** Gradients of patches [channels x taps, columns] of a block. */
    PanelF32 back(BlocksF32 dy, BlocksF32 w, int r, Span channels, Block block, Scratch scratch) {
        int rows = channels.count() * taps;
        PanelF32 out = panel(scratch, OUT, rows * block.columns());
        Span kernels = new Span(0, s.k());
        PanelF32 left = weights(w, r, kernels, channels, scratch);
        PanelF32 right = signal(dy, RIGHT, r, kernels, block, scratch);
        out.multiply(new ProductShape(rows, block.columns(), s.k(), 1, rows, 1, block.columns()), left, right, false);
        return out;
    }

    /** Gradients of weights [kernels, channels x taps]: the sum over all blocks, one after the other. */
    PanelF32 weights(BlocksF32 dy, BlocksF32 x, int r, Span kernels, Span channels, Scratch scratch) {
        int width = channels.count() * taps;
        PanelF32 out = panel(scratch, OUT, kernels.count() * width);
        int bands = s.bands();
        for (int i = 0; i < s.imageBlocks() * bands; i++) {
            Block block = s.block(i / bands, i % bands);
            int pixels = block.columns();
            PanelF32 left = signal(dy, LEFT, r, kernels, block, scratch);
            PanelF32 right = patches(x, r, channels, block, scratch);
            out.multiply(new ProductShape(kernels.count(), width, pixels, pixels, 1, pixels, 1), left, right, i > 0);
        }
        return out;
    }

    /** A part of an output: some of its channels on a block of pixels. */
    record Part(Span kernels, Block block) {}

    /** Weights [kernels, channels x taps]. */
    private PanelF32 weights(BlocksF32 w, int r, Span kernels, Span channels, Scratch scratch) {
        int terms = channels.count() * taps;
        PanelF32 panel = panel(scratch, LEFT, kernels.count() * terms);
        for (int i = 0; i < kernels.count(); i++) {
            int from = w.at(r) + ((kernels.first() + i) * s.c() + channels.first()) * taps;
            panel.put(i * terms, w.array(), from, terms);
        }
        return panel;
    }

    /** Outputs' gradients [kernels, columns]. */
    private PanelF32 signal(BlocksF32 dy, int slot, int r, Span kernels, Block block, Scratch scratch) {
        PanelF32 panel = panel(scratch, slot, kernels.count() * block.columns());
        for (int i = 0; i < kernels.count(); i++) {
            for (int j = 0; j < block.images().count(); j++) {
                int from = dy.at(r) + outAt(block.images().first() + j, kernels.first() + i, block);
                panel.put(i * block.columns() + j * block.pixels(), dy.array(), from, block.pixels());
            }
        }
        return panel;
    }

    /** Place of a block's first pixel in channel {@code k} of image {@code n}, within a replica's outputs. */
    int outAt(int n, int k, Block block) {
        return (n * s.k() + k) * s.out().size() + block.rows().first() * block.width();
    }

    /** Patches [channels x taps, columns]. */
    private PanelF32 patches(BlocksF32 x, int r, Span channels, Block block, Scratch scratch) {
        int slabSize = taps * block.columns();
        PanelF32 panel = panel(scratch, RIGHT, channels.count() * slabSize);
        float[] slab = BlocksF32.scratch(scratch, SLAB, slabSize);
        float[] planes = BlocksF32.scratch(
                scratch, PLANES, patches.phasesSize(block.rows().count()));
        for (int i = 0; i < channels.count(); i++) {
            for (int j = 0; j < block.images().count(); j++) {
                int image = block.images().first() + j;
                int from = x.at(r)
                        + (image * s.c() + channels.first() + i) * s.plane().size();
                read(x.array(), from, planes, slab, j, block);
            }
            panel.put(i * slabSize, slab, 0, slabSize);
        }
        return panel;
    }

    private void read(float[] x, int from, float[] planes, float[] slab, int image, Block block) {
        int first = block.rows().first();
        int at = image * block.pixels();
        if (s.isBare()) {
            patches.copy(x, from + first * s.plane().width(), slab, at, block);
            return;
        }
        patches.split(planes, x, from, first, block.rows().count());
        patches.copy(planes, 0, slab, at, block);
    }
}
