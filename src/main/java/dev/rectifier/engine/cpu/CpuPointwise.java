package dev.rectifier.engine.cpu;

import static dev.rectifier.engine.cpu.Queue.writes;

import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import java.util.Arrays;

/** Picks the element type; moves that know no arithmetic stand here. */
final class CpuPointwise implements PointwiseOps {
    private final Queue queue;
    private final ByType<Elementwise> byType;

    CpuPointwise(Queue queue) {
        this.queue = queue;
        byType = new ByType<>(new PointwiseF32(queue), new PointwiseF64(queue));
    }

    @Override
    public void relu(View y, View mask, View z) {
        byType.of(y).relu(y, mask, z);
    }

    @Override
    public void reluBackward(View dz, View dy, View mask) {
        byType.of(dz).reluBackward(dz, dy, mask);
    }

    @Override
    public void gate(View y, View x, View mask, double factor) {
        byType.of(y).gate(y, x, mask, factor);
    }

    @Override
    public void activeCounts(View counts, View mask, long examples) {
        Words out = Words.of(counts);
        Words bits = Words.of(mask);
        int width = (int) counts.blockSize();
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                Arrays.fill(out.array(), out.at(r), out.at(r) + width, 0);
                count(out.array(), out.at(r), bits.array(), bits.at(r), width, (int) examples);
            }
        };
        queue.submit(job, examples * width, writes(counts), mask);
    }

    private static void count(int[] counts, int at, int[] mask, int word, int width, int examples) {
        int bit = 0;
        for (int n = 0; n < examples; n++) {
            for (int w = 0; w < width; w++, bit++) {
                counts[at + w] += (mask[word + (bit >> 5)] >>> bit) & 1;
            }
        }
    }

    @Override
    public void fill(View y, double value) {
        if (y.dtype().isFloating()) {
            byType.of(y).fill(y, value);
            return;
        }
        Object array = ((CpuBuffer) y.buffer()).array();
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                fillIntegers(array, start(y, r), (int) y.blockSize(), value);
            }
        };
        queue.submit(job, y.blockSize(), writes(y));
    }

    private static void fillIntegers(Object array, int at, int count, double value) {
        if (array instanceof int[] ints) {
            Arrays.fill(ints, at, at + count, (int) value);
        } else {
            Arrays.fill((long[]) array, at, at + count, (long) value);
        }
    }

    private static int start(View view, int r) {
        return (int) (view.offset() + r * view.replicaStride());
    }

    @Override
    public void scale(View y, double a) {
        byType.of(y).scale(y, a);
    }

    @Override
    public void axpy(View y, double a, View x) {
        byType.of(y).axpy(y, a, x);
    }

    @Override
    public void copy(View y, View x) {
        Object target = ((CpuBuffer) y.buffer()).array();
        Object source = ((CpuBuffer) x.buffer()).array();
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                System.arraycopy(source, start(x, r), target, start(y, r), (int) y.blockSize());
            }
        };
        queue.submit(job, y.blockSize(), writes(y), x);
    }

    @Override
    public void gather(View y, View x, View rows) {
        Object target = ((CpuBuffer) y.buffer()).array();
        Object source = ((CpuBuffer) x.buffer()).array();
        Words numbers = Words.of(rows);
        int examples = (int) y.dim(1);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                for (int n = 0; n < examples; n++) {
                    gatherRow(target, y, source, x, r, n, numbers.array()[numbers.at(r) + n]);
                }
            }
        };
        queue.submit(job, y.blockSize(), writes(y), x, rows);
    }

    private static void gatherRow(Object target, View y, Object source, View x, int r, int n, int row) {
        if (row < 0 || row >= x.dim(1)) {
            throw new IllegalArgumentException("gather: row " + row + " was asked of x " + x + " for replica " + r
                    + ", example " + n + "; rows run from 0 to " + (x.dim(1) - 1) + ".");
        }
        int width = (int) (y.blockSize() / y.dim(1));
        System.arraycopy(source, start(x, r) + row * width, target, start(y, r) + n * width, width);
    }

    @Override
    public void transpose(View y, View x) {
        byType.of(y).transpose(y, x);
    }
}
