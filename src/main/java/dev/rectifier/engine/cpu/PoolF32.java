package dev.rectifier.engine.cpu;

import static dev.rectifier.engine.cpu.Queue.writes;

import dev.rectifier.engine.PoolOps;
import dev.rectifier.engine.View;
import java.util.Arrays;

/**
 * Pooling, plane by plane. Backward the windows of a plane are gone through in order and add to fp64 sums of its places, so a
 * place adds its windows in that order; the kernels gather and add in the same order.
 */
final class PoolF32 implements PoolOps {
    private static final int SUMS = 0;

    private final Queue queue;

    PoolF32(Queue queue) {
        this.queue = queue;
    }

    @Override
    public void max(View y, View index, View x, Window window) {
        PoolShape shape = PoolShape.of(y, x, window);
        BlocksF32 out = BlocksF32.of(y);
        Words places = Words.of(index);
        BlocksF32 in = BlocksF32.of(x);
        Job job = (first, last, scratch) -> {
            for (int item = first; item < last; item++) {
                max(out, places, in, shape, item);
            }
        };
        queue.submit(job, shape.planes(), shape.cost(), writes(y, index), x);
    }

    private static void max(BlocksF32 y, Words index, BlocksF32 x, PoolShape shape, int item) {
        int r = shape.replica(item);
        int from = x.at(r) + shape.largeAt(item);
        int small = shape.smallAt(item);
        for (int i = 0; i < shape.rows(); i++) {
            for (int j = 0; j < shape.columns(); j++, small++) {
                int best = argmax(x.array(), from, shape, i, j);
                index.array()[index.at(r) + small] = best;
                y.array()[y.at(r) + small] = x.array()[from + best];
            }
        }
    }

    private static int argmax(float[] x, int from, PoolShape shape, int i, int j) {
        int best = shape.top(i) * shape.width() + shape.left(j);
        float largest = x[from + best];
        for (int row = shape.top(i); row < shape.bottom(i); row++) {
            for (int column = shape.left(j); column < shape.right(j); column++) {
                int place = row * shape.width() + column;
                float value = x[from + place];
                if (Float.isNaN(value)) {
                    return place;
                }
                if (value > largest) {
                    best = place;
                    largest = value;
                }
            }
        }
        return best;
    }

    @Override
    public void maxBackward(View dx, View dy, View index, Window window) {
        PoolShape shape = PoolShape.of(dy, dx, window);
        BlocksF32 out = BlocksF32.of(dx);
        BlocksF32 in = BlocksF32.of(dy);
        Words places = Words.of(index);
        Job job = (first, last, scratch) -> {
            double[] sums = scratch.doubles(SUMS, shape.large());
            for (int item = first; item < last; item++) {
                Arrays.fill(sums, 0, shape.large(), 0);
                addChosen(sums, in, places, shape, item);
                store(out, sums, 1, shape, item);
            }
        };
        queue.submit(job, shape.planes(), shape.cost(), writes(dx), dy, index);
    }

    private static void addChosen(double[] sums, BlocksF32 dy, Words index, PoolShape shape, int item) {
        int r = shape.replica(item);
        int from = dy.at(r) + shape.smallAt(item);
        int chosen = index.at(r) + shape.smallAt(item);
        for (int i = 0; i < shape.small(); i++) {
            sums[index.array()[chosen + i]] += dy.array()[from + i];
        }
    }

    private static void store(BlocksF32 dx, double[] sums, double factor, PoolShape shape, int item) {
        int at = dx.at(shape.replica(item)) + shape.largeAt(item);
        for (int i = 0; i < shape.large(); i++) {
            dx.array()[at + i] = (float) (sums[i] * factor);
        }
    }

    @Override
    public void pick(View ty, View tx, View index) {
        PoolShape shape = PoolShape.of(ty, tx, Window.tiles(1));
        BlocksF32 out = BlocksF32.of(ty);
        BlocksF32 in = BlocksF32.of(tx);
        Words places = Words.of(index);
        Job job = (first, last, scratch) -> {
            for (int item = first; item < last; item++) {
                pick(out, in, places, shape, item);
            }
        };
        queue.submit(job, shape.planes(), shape.cost(), writes(ty), tx, index);
    }

    private static void pick(BlocksF32 ty, BlocksF32 tx, Words index, PoolShape shape, int item) {
        int r = shape.replica(item);
        int from = tx.at(r) + shape.largeAt(item);
        int small = shape.smallAt(item);
        for (int i = small; i < small + shape.small(); i++) {
            int place = index.array()[index.at(r) + i];
            if (place < 0 || place >= shape.large()) {
                throw new IllegalArgumentException("pool.pick: index " + place + " of replica " + r + ", element " + i
                        + ", is no place of a plane of " + shape.height() + " x " + shape.width() + ".");
            }
            ty.array()[ty.at(r) + i] = tx.array()[from + place];
        }
    }

    @Override
    public void average(View y, View x, Window window) {
        PoolShape shape = PoolShape.of(y, x, window);
        BlocksF32 out = BlocksF32.of(y);
        BlocksF32 in = BlocksF32.of(x);
        Job job = (first, last, scratch) -> {
            for (int item = first; item < last; item++) {
                average(out, in, shape, item);
            }
        };
        queue.submit(job, shape.planes(), shape.cost(), writes(y), x);
    }

    private static void average(BlocksF32 y, BlocksF32 x, PoolShape shape, int item) {
        int r = shape.replica(item);
        int from = x.at(r) + shape.largeAt(item);
        int at = y.at(r) + shape.smallAt(item);
        double share = 1.0 / shape.area();
        for (int i = 0; i < shape.rows(); i++) {
            for (int j = 0; j < shape.columns(); j++) {
                y.array()[at++] = (float) (sum(x.array(), from, shape, i, j) * share);
            }
        }
    }

    private static double sum(float[] x, int from, PoolShape shape, int i, int j) {
        double sum = 0;
        for (int row = shape.top(i); row < shape.bottom(i); row++) {
            for (int column = shape.left(j); column < shape.right(j); column++) {
                sum += x[from + row * shape.width() + column];
            }
        }
        return sum;
    }

    @Override
    public void averageBackward(View dx, View dy, Window window) {
        PoolShape shape = PoolShape.of(dy, dx, window);
        BlocksF32 out = BlocksF32.of(dx);
        BlocksF32 in = BlocksF32.of(dy);
        Job job = (first, last, scratch) -> {
            double[] sums = scratch.doubles(SUMS, shape.large());
            for (int item = first; item < last; item++) {
                Arrays.fill(sums, 0, shape.large(), 0);
                addCovered(sums, in, shape, item);
                store(out, sums, 1.0 / shape.area(), shape, item);
            }
        };
        queue.submit(job, shape.planes(), shape.cost(), writes(dx), dy);
    }

    private static void addCovered(double[] sums, BlocksF32 dy, PoolShape shape, int item) {
        int from = dy.at(shape.replica(item)) + shape.smallAt(item);
        for (int i = 0; i < shape.rows(); i++) {
            for (int j = 0; j < shape.columns(); j++) {
                addWindow(sums, dy.array()[from++], shape, i, j);
            }
        }
    }

    private static void addWindow(double[] sums, double value, PoolShape shape, int i, int j) {
        for (int row = shape.top(i); row < shape.bottom(i); row++) {
            for (int column = shape.left(j); column < shape.right(j); column++) {
                sums[row * shape.width() + column] += value;
            }
        }
    }

    @Override
    public void globalAverage(View y, View x) {
        int planes = (int) y.blockSize();
        int places = (int) (x.dim(3) * x.dim(4));
        BlocksF32 out = BlocksF32.of(y);
        BlocksF32 in = BlocksF32.of(x);
        Job job = (first, last, scratch) -> {
            double[] strands = scratch.doubles(SUMS, StrandsF32.COUNT);
            for (int item = first; item < last; item++) {
                int from = in.at(item / planes) + item % planes * places;
                double sum = StrandsF32.sum(in.array(), from, places, strands);
                out.array()[out.at(item / planes) + item % planes] = (float) (sum * (1.0 / places));
            }
        };
        queue.submit(job, planes, x.blockSize(), writes(y), x);
    }

    @Override
    public void globalAverageBackward(View dx, View dy) {
        int planes = (int) dy.blockSize();
        int places = (int) (dx.dim(3) * dx.dim(4));
        double share = 1.0 / places;
        BlocksF32 out = BlocksF32.of(dx);
        BlocksF32 in = BlocksF32.of(dy);
        Job job = (first, last, scratch) -> {
            for (int item = first; item < last; item++) {
                int at = out.at(item / planes) + item % planes * places;
                double signal = in.array()[in.at(item / planes) + item % planes];
                Arrays.fill(out.array(), at, at + places, (float) (signal * share));
            }
        };
        queue.submit(job, planes, dx.blockSize(), writes(dx), dy);
    }
}
