package dev.rectifier.engine.cpu;

import dev.rectifier.engine.cpu.ConvShape.Block;
import dev.rectifier.engine.cpu.ConvShape.Span;
import java.util.Arrays;
import java.util.Optional;

/**
 * Gradients with respect to images: of some channels of some images at a time. The gradients of their patches come out of a
 * product, band of rows after band of rows, and are added to the planes tap after tap.
 */
record ConvBackF32(ConvShape s, BlocksF32 dx, BlocksF32 dy, BlocksF32 w, Optional<Words> mask) {
    private static final int SLAB = 3;
    private static final int PLANES = 4;

    int parts() {
        return s.imageBlocks() * ConvShape.ceil(s.c(), s.channelsAtOnce());
    }

    void compute(int r, int part, Scratch scratch) {
        Span channels = Span.of(part / s.imageBlocks(), s.channelsAtOnce(), s.c());
        int images = part % s.imageBlocks();
        PatchesF32 patches = new PatchesF32(s);
        int size = patches.phasesSize(s.out().height());
        int planes = channels.count() * s.block(images, 0).images().count();
        float[] sums = BlocksF32.scratch(scratch, PLANES, planes * size);
        Arrays.fill(sums, 0, planes * size, 0);
        for (int band = 0; band < s.bands(); band++) {
            addBand(sums, size, r, channels, s.block(images, band), scratch);
        }
        finish(sums, size, r, channels, s.block(images, 0).images());
    }

    private void addBand(float[] sums, int size, int r, Span channels, Block block, Scratch scratch) {
        PanelF32 gradients = new ConvProductsF32(s).back(dy, w, r, channels, block, scratch);
        PatchesF32 patches = new PatchesF32(s);
        int slabSize = s.kernel().size() * block.columns();
        float[] slab = BlocksF32.scratch(scratch, SLAB, slabSize);
        for (int i = 0; i < channels.count(); i++) {
            gradients.get(i * slabSize, slab, 0, slabSize);
            for (int j = 0; j < block.images().count(); j++) {
                patches.add(sums, (i * block.images().count() + j) * size, slab, j * block.pixels(), block);
            }
        }
    }

    private void finish(float[] sums, int size, int r, Span channels, Span images) {
        PatchesF32 patches = new PatchesF32(s);
        for (int i = 0; i < channels.count(); i++) {
            for (int j = 0; j < images.count(); j++) {
                int plane = ((images.first() + j) * s.c() + channels.first() + i)
                        * s.plane().size();
                patches.join(dx.array(), dx.at(r) + plane, sums, (i * images.count() + j) * size);
                mask.ifPresent(words -> gate(words, r, plane));
            }
        }
    }

    private void gate(Words words, int r, int plane) {
        float[] array = dx.array();
        int at = dx.at(r) + plane;
        for (int i = 0; i < s.plane().size(); i++) {
            int bit = plane + i;
            int word = words.array()[words.at(r) + (bit >>> 5)];
            array[at + i] = Bits.keep(array[at + i], (word >>> (bit & 31)) & 1);
        }
    }
}
