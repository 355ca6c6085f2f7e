package dev.rectifier.engine;

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
        Call call = new Call(engine, "dense.inputGradient", "dx", dx, "dy", dy, "w", w);
        call.floating(dx, dy, w);
        call.rank(dx, "[R, N, D]", 3);
        call.rank(dy, "[R, N, K]", 3);
        call.shape(dy, "[R, N, K]", dx.dim(1), dy.dim(2));
        call.shape(w, "[R, K, D]", dy.dim(2), dx.dim(2));
        call.apart(dx, dy, w);
        target.inputGradient(dx, dy, w);
    }

    @Override
    public void weightGradient(View dw, View dy, View x) {
        Call call = new Call(engine, "dense.weightGradient", "dw", dw, "dy", dy, "x", x);
        call.floating(dw, dy, x);
        call.rank(dw, "[R, K, D]", 3);
        call.rank(dy, "[R, N, K]", 3);
        call.shape(dy, "[R, N, K]", dy.dim(1), dw.dim(1));
        call.shape(x, "[R, N, D]", dy.dim(1), dw.dim(2));
        call.apart(dw, dy, x);
        target.weightGradient(dw, dy, x);
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
