package dev.rectifier.engine;

import dev.rectifier.tensor.DType;

/** {@link DenseOps} behind checks. */
record CheckedDense(Engine engine, DenseOps target) implements DenseOps {
    @Override
    public void forward(View y, View x, View w) {
        affine(new Call(engine, "dense.forward", "y", y, "x", x, "w", w), y, x, w);
        target.forward(y, x, w);
    }

    @Override
    public void forward(View y, View x, View w, View b) {
        Call call = new Call(engine, "dense.forward", "y", y, "x", x, "w", w, "b", b);
        affine(call, y, x, w);
        call.floating(y, b);
        call.shape(b, "[R, K]", y.dim(2));
        call.apart(y, b);
        target.forward(y, x, w, b);
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w) {
        Call call = new Call(engine, "dense.forwardRelu", "y", y, "mask", mask, "x", x, "w", w);
        affine(call, y, x, w);
        gates(call, mask, y);
        call.written(mask);
        target.forwardRelu(y, mask, x, w);
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w, View b) {
        Call call = new Call(engine, "dense.forwardRelu", "y", y, "mask", mask, "x", x, "w", w, "b", b);
        affine(call, y, x, w);
        call.floating(y, b);
        call.shape(b, "[R, K]", y.dim(2));
        call.apart(y, b);
        gates(call, mask, y);
        call.written(mask);
        target.forwardRelu(y, mask, x, w, b);
    }

    private static void gates(Call call, View mask, View outputs) {
        call.type(mask, DType.I32);
        call.shape(mask, "[R, maskWords]", PointwiseOps.maskWords(outputs.blockSize()));
    }

    private static void affine(Call call, View y, View x, View w) {
        call.floating(y, x, w);
        call.rank(y, "[R, N, K]", 3);
        call.rank(w, "[R, K, D]", 3);
        call.shape(x, "[R, N, D]", y.dim(1), w.dim(2));
        call.shape(w, "[R, K, D]", y.dim(2), x.dim(2));
        call.apart(y, x, w);
    }

    @Override
    public void inputGradient(View dx, View dy, View w) {
        back(new Call(engine, "dense.inputGradient", "dx", dx, "dy", dy, "w", w), dx, dy, w);
        target.inputGradient(dx, dy, w);
    }

    @Override
    public void inputGradientRelu(View dz, View dy, View w, View mask) {
        Call call = new Call(engine, "dense.inputGradientRelu", "dz", dz, "dy", dy, "w", w, "mask", mask);
        back(call, dz, dy, w);
        gates(call, mask, dz);
        target.inputGradientRelu(dz, dy, w, mask);
    }

    private static void back(Call call, View dx, View dy, View w) {
        call.floating(dx, dy, w);
        call.rank(dx, "[R, N, D]", 3);
        call.rank(dy, "[R, N, K]", 3);
        call.shape(dy, "[R, N, K]", dx.dim(1), dy.dim(2));
        call.shape(w, "[R, K, D]", dy.dim(2), dx.dim(2));
        call.apart(dx, dy, w);
    }

    @Override
    public void weightGradient(View dw, View dy, View x) {
        weights(new Call(engine, "dense.weightGradient", "dw", dw, "dy", dy, "x", x), dw, dy, x);
        target.weightGradient(dw, dy, x);
    }

    @Override
    public void weightAndBiasGradient(View dw, View db, View dy, View x) {
        Call call = new Call(engine, "dense.weightAndBiasGradient", "dw", dw, "db", db, "dy", dy, "x", x);
        weights(call, dw, dy, x);
        call.floating(dw, db);
        call.shape(db, "[R, K]", dy.dim(2));
        call.apart(db, dw, dy, x);
        target.weightAndBiasGradient(dw, db, dy, x);
    }

    private static void weights(Call call, View dw, View dy, View x) {
        call.floating(dw, dy, x);
        call.rank(dw, "[R, K, D]", 3);
        call.rank(dy, "[R, N, K]", 3);
        call.shape(dy, "[R, N, K]", dy.dim(1), dw.dim(1));
        call.shape(x, "[R, N, D]", dy.dim(1), dw.dim(2));
        call.apart(dw, dy, x);
    }

    @Override
    public void biasGradient(View db, View dy) {
        Call call = new Call(engine, "dense.biasGradient", "db", db, "dy", dy);
        call.floating(db, dy);
        call.rank(dy, "[R, N, K]", 3);
        call.shape(db, "[R, K]", dy.dim(2));
        call.apart(db, dy);
        target.biasGradient(db, dy);
    }
}
