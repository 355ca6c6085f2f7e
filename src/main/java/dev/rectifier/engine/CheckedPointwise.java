package dev.rectifier.engine;

import dev.rectifier.tensor.DType;

/** {@link PointwiseOps} behind checks. */
record CheckedPointwise(Engine engine, PointwiseOps target) implements PointwiseOps {
    @Override
    public void relu(View y, View mask, View z) {
        Call call = new Call(engine, "pointwise.relu", "y", y, "mask", mask, "z", z);
        call.floating(y, z);
        call.sameShape(z, y);
        mask(call, mask, y.blockSize());
        call.written(mask);
        call.sameOrApart(y, z);
        target.relu(y, mask, z);
    }

    @Override
    public void reluBackward(View dz, View dy, View mask) {
        Call call = new Call(engine, "pointwise.reluBackward", "dz", dz, "dy", dy, "mask", mask);
        call.floating(dz, dy);
        call.sameShape(dy, dz);
        mask(call, mask, dz.blockSize());
        call.sameOrApart(dz, dy);
        target.reluBackward(dz, dy, mask);
    }

    private static void mask(Call call, View mask, long elements) {
        call.type(mask, DType.I32);
        call.shape(mask, "[R, maskWords]", PointwiseOps.maskWords(elements));
    }

    @Override
    public void gate(View y, View x, View mask, double factor) {
        Call call = new Call(engine, "pointwise.gate", "y", y, "x", x, "mask", mask);
        call.floating(y, x);
        call.sameShape(x, y);
        mask(call, mask, y.blockSize());
        call.sameOrApart(y, x);
        target.gate(y, x, mask, factor);
    }

    @Override
    public void activeCounts(View counts, View mask, long examples) {
        Call call = new Call(engine, "pointwise.activeCounts", "counts", counts, "mask", mask);
        call.type(counts, DType.I32);
        call.rank(counts, "[R, W]", 2);
        mask(call, mask, examples * counts.dim(1));
        call.apart(counts, mask);
        target.activeCounts(counts, mask, examples);
    }

    @Override
    public void fill(View y, double value) {
        new Call(engine, "pointwise.fill", "y", y).written(y);
        target.fill(y, value);
    }

    @Override
    public void scale(View y, double a) {
        Call call = new Call(engine, "pointwise.scale", "y", y);
        call.floating(y);
        call.written(y);
        target.scale(y, a);
    }

    @Override
    public void axpy(View y, double a, View x) {
        Call call = new Call(engine, "pointwise.axpy", "y", y, "x", x);
        call.floating(y, x);
        call.sameShape(x, y);
        call.sameOrApart(y, x);
        target.axpy(y, a, x);
    }

    @Override
    public void copy(View y, View x) {
        Call call = new Call(engine, "pointwise.copy", "y", y, "x", x);
        call.type(x, y.dtype());
        call.sameShape(x, y);
        call.sameOrApart(y, x);
        target.copy(y, x);
    }

    @Override
    public void gather(View y, View x, View rows) {
        Call call = new Call(engine, "pointwise.gather", "y", y, "x", x, "rows", rows);
        call.type(x, y.dtype());
        call.type(rows, DType.I32);
        call.rank(y, "[R, N, D]", 3);
        call.rank(x, "[R, M, D]", 3);
        call.shape(x, "[R, M, D]", x.dim(1), y.dim(2));
        call.shape(rows, "[R, N]", y.dim(1));
        call.apart(y, x, rows);
        target.gather(y, x, rows);
    }

    @Override
    public void transpose(View y, View x) {
        Call call = new Call(engine, "pointwise.transpose", "y", y, "x", x);
        call.floating(y, x);
        call.rank(x, "[R, I, J]", 3);
        call.shape(y, "[R, J, I]", x.dim(2), x.dim(1));
        call.apart(y, x);
        target.transpose(y, x);
    }
}
