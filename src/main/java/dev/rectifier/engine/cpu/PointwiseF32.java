package dev.rectifier.engine.cpu;

import static dev.rectifier.engine.cpu.Queue.writes;

import dev.rectifier.engine.View;
import java.util.Arrays;

/** ReLU, its mask, and sums of arrays. */
final class PointwiseF32 implements Elementwise {
    private static final int WORD = 32;

    private final Queue queue;

    PointwiseF32(Queue queue) {
        this.queue = queue;
    }

    @Override
    public void relu(View y, View mask, View z) {
        BlocksF32 out = BlocksF32.of(y);
        Words bits = Words.of(mask);
        BlocksF32 in = BlocksF32.of(z);
        int count = (int) y.blockSize();
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                markPositive(bits.array(), bits.at(r), in.array(), in.at(r), count);
                rectify(out.array(), out.at(r), in.array(), in.at(r), count);
            }
        };
        queue.submit(job, 2L * count, writes(y, mask), z);
    }

    /** The words of z > 0. */
    static void markPositive(int[] mask, int word, float[] z, int from, int count) {
        int w = word;
        for (int done = 0; done < count; done += WORD) {
            int length = Math.min(WORD, count - done);
            int bits = 0;
            for (int i = 0; i < length; i++) {
                bits |= Bits.positive(z[from + done + i]) << i;
            }
            mask[w++] = bits;
        }
    }

    /** y = max(z, 0). */
    static void rectify(float[] y, int at, float[] z, int from, int count) {
        if (at == from) {
            rectify(y, z, at, at + count);
            return;
        }
        for (int i = 0; i < count; i++) {
            y[at + i] = Math.max(z[from + i], 0);
        }
    }

    /** Elements at the same place in both arrays, or in one: a loop that the compiler can vectorise. */
    private static void rectify(float[] y, float[] z, int from, int to) {
        for (int i = from; i < to; i++) {
            y[i] = Math.max(z[i], 0);
        }
    }

    @Override
    public void reluBackward(View dz, View dy, View mask) {
        BlocksF32 out = BlocksF32.of(dz);
        BlocksF32 signal = BlocksF32.of(dy);
        Words bits = Words.of(mask);
        int count = (int) dz.blockSize();
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                gate(out, signal, bits, r, count);
            }
        };
        queue.submit(job, 2L * count, writes(dz), dy, mask);
    }

    private static void gate(BlocksF32 dz, BlocksF32 dy, Words mask, int r, int count) {
        int word = mask.at(r);
        for (int done = 0; done < count; done += WORD) {
            int length = Math.min(WORD, count - done);
            gate(dz.array(), dz.at(r) + done, dy.array(), dy.at(r) + done, mask.array()[word++], length);
        }
    }

    private static void gate(float[] dz, int at, float[] dy, int from, int bits, int count) {
        for (int i = 0; i < count; i++) {
            dz[at + i] = Bits.keep(dy[from + i], (bits >>> i) & 1);
        }
    }

    @Override
    public void gate(View y, View x, View mask, double factor) {
        BlocksF32 out = BlocksF32.of(y);
        BlocksF32 in = BlocksF32.of(x);
        Words bits = Words.of(mask);
        int count = (int) y.blockSize();
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                multiply(out, in, bits, r, count, (float) factor);
            }
        };
        queue.submit(job, 3L * count, writes(y), x, mask);
    }

    private static void multiply(BlocksF32 y, BlocksF32 x, Words mask, int r, int count, float factor) {
        int at = y.at(r);
        int from = x.at(r);
        int word = mask.at(r);
        for (int i = 0; i < count; i++) {
            int bit = (mask.array()[word + (i >> 5)] >>> i) & 1;
            y.array()[at + i] = Bits.keep(factor * x.array()[from + i], bit);
        }
    }

    @Override
    public void fill(View y, double value) {
        BlocksF32 out = BlocksF32.of(y);
        int count = (int) y.blockSize();
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                Arrays.fill(out.array(), out.at(r), out.at(r) + count, (float) value);
            }
        };
        queue.submit(job, count, writes(y));
    }

    @Override
    public void scale(View y, double a) {
        BlocksF32 out = BlocksF32.of(y);
        int count = (int) y.blockSize();
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                scale(out.array(), out.at(r), (float) a, count);
            }
        };
        queue.submit(job, count, writes(y));
    }

    private static void scale(float[] y, int at, float a, int count) {
        for (int i = 0; i < count; i++) {
            y[at + i] *= a;
        }
    }

    @Override
    public void axpy(View y, double a, View x) {
        BlocksF32 out = BlocksF32.of(y);
        BlocksF32 in = BlocksF32.of(x);
        int count = (int) y.blockSize();
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                axpy(out.array(), out.at(r), (float) a, in.array(), in.at(r), count);
            }
        };
        queue.submit(job, count, writes(y), x);
    }

    private static void axpy(float[] y, int at, float a, float[] x, int from, int count) {
        if (at == from) {
            axpy(y, a, x, at, at + count);
            return;
        }
        for (int i = 0; i < count; i++) {
            y[at + i] = Math.fma(a, x[from + i], y[at + i]);
        }
    }

    /** Elements at the same place in both arrays: a loop that the compiler can vectorise. */
    private static void axpy(float[] y, float a, float[] x, int from, int to) {
        for (int i = from; i < to; i++) {
            y[i] = Math.fma(a, x[i], y[i]);
        }
    }

    @Override
    public void transpose(View y, View x) {
        BlocksF32 out = BlocksF32.of(y);
        BlocksF32 in = BlocksF32.of(x);
        int rows = (int) x.dim(1);
        int columns = (int) x.dim(2);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                transpose(out.array(), out.at(r), in.array(), in.at(r), rows, columns);
            }
        };
        queue.submit(job, y.blockSize(), writes(y), x);
    }

    /** y[j,i] = x[i,j] for an x of rows x columns. */
    static void transpose(float[] y, int at, float[] x, int from, int rows, int columns) {
        for (int i = 0; i < rows; i++) {
            for (int j = 0; j < columns; j++) {
                y[at + j * rows + i] = x[from + i * columns + j];
            }
        }
    }
}
