package dev.rectifier.engine.cpu;

import static dev.rectifier.engine.cpu.Queue.writes;

import dev.rectifier.engine.DenseOps;
import dev.rectifier.engine.View;

/** Affine maps: one product per replica. */
final class DenseF32 implements DenseOps {
    private final Queue queue;

    DenseF32(Queue queue) {
        this.queue = queue;
    }

    private static Extents extents(View y, View x) {
        return new Extents((int) y.dim(1), (int) x.dim(2), (int) y.dim(2));
    }

    @Override
    public void forward(View y, View x, View w) {
        BlocksF32 out = BlocksF32.of(y);
        BlocksF32 in = BlocksF32.of(x);
        BlocksF32 weights = BlocksF32.of(w);
        Extents e = extents(y, x);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                ProductF32.clear(out.array(), out.at(r), e.n() * e.k());
                ProductF32.addRowsTimesRows(out, in, weights, r, e);
            }
        };
        queue.submit(job, e.work(), writes(y), x, w);
    }

    @Override
    public void forward(View y, View x, View w, View b) {
        BlocksF32 out = BlocksF32.of(y);
        BlocksF32 in = BlocksF32.of(x);
        BlocksF32 weights = BlocksF32.of(w);
        BlocksF32 bias = BlocksF32.of(b);
        Extents e = extents(y, x);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                ProductF32.repeat(out.array(), out.at(r), bias.array(), bias.at(r), e);
                ProductF32.addRowsTimesRows(out, in, weights, r, e);
            }
        };
        queue.submit(job, e.work(), writes(y), x, w, b);
    }

    @Override
    public void inputGradient(View dx, View dy, View w) {
        BlocksF32 out = BlocksF32.of(dx);
        BlocksF32 signal = BlocksF32.of(dy);
        BlocksF32 weights = BlocksF32.of(w);
        Extents e = extents(dy, dx);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                ProductF32.clear(out.array(), out.at(r), e.n() * e.d());
                ProductF32.addRowsTimesMatrix(out, signal, weights, r, e);
            }
        };
        queue.submit(job, e.work(), writes(dx), dy, w);
    }

    @Override
    public void weightGradient(View dw, View dy, View x) {
        BlocksF32 out = BlocksF32.of(dw);
        BlocksF32 signal = BlocksF32.of(dy);
        BlocksF32 in = BlocksF32.of(x);
        Extents e = extents(dy, x);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                ProductF32.clear(out.array(), out.at(r), e.k() * e.d());
                ProductF32.addOuterProducts(out, signal, in, r, e);
            }
        };
        queue.submit(job, e.work(), writes(dw), dy, x);
    }

    @Override
    public void biasGradient(View db, View dy) {
        BlocksF32 out = BlocksF32.of(db);
        BlocksF32 signal = BlocksF32.of(dy);
        int n = (int) dy.dim(1);
        int k = (int) dy.dim(2);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                ProductF32.sumRows(out.array(), out.at(r), signal.array(), signal.at(r), n, k);
            }
        };
        queue.submit(job, (long) n * k, writes(db), dy);
    }
}
