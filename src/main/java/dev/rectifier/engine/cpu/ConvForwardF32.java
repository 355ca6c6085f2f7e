package dev.rectifier.engine.cpu;

import dev.rectifier.engine.cpu.ConvShape.Block;
import dev.rectifier.engine.cpu.ConvShape.Span;
import java.util.Optional;

/** Outputs, of some channels on a block of pixels at a time; bias, ReLU and gates follow while they are in cache. */
record ConvForwardF32(
        ConvShape s, BlocksF32 y, BlocksF32 x, BlocksF32 w, Optional<BlocksF32> bias, Optional<Words> mask) {
    int parts() {
        return ConvShape.ceil(s.k(), s.kernelsAtOnce()) * s.imageBlocks() * s.bands();
    }

    void compute(int r, int part, Scratch scratch) {
        int blocks = s.imageBlocks() * s.bands();
        Span kernels = Span.of(part / blocks, s.kernelsAtOnce(), s.k());
        Block block = s.block(part % blocks / s.bands(), part % s.bands());
        ConvProductsF32 products = new ConvProductsF32(s);
        PanelF32 out = products.forward(x, w, r, new ConvProductsF32.Part(kernels, block), scratch);
        for (int i = 0; i < kernels.count(); i++) {
            for (int j = 0; j < block.images().count(); j++) {
                int k = kernels.first() + i;
                int at = products.outAt(block.images().first() + j, k, block);
                out.get(i * block.columns() + j * block.pixels(), y.array(), y.at(r) + at, block.pixels());
                finish(r, k, at, block.pixels());
            }
        }
    }

    private void finish(int r, int k, int at, int count) {
        float[] array = y.array();
        int from = y.at(r) + at;
        bias.ifPresent(b -> add(array, from, b.array()[b.at(r) + k], count));
        mask.ifPresent(words -> {
            PointwiseF32.markPositive(words.array(), words.at(r) + at / Integer.SIZE, array, from, count);
            PointwiseF32.rectify(array, from, array, from, count);
        });
    }

    private static void add(float[] y, int at, float b, int count) {
        for (int i = 0; i < count; i++) {
            y[at + i] += b;
        }
    }
}
