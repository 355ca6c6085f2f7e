package dev.rectifier.engine;

import dev.rectifier.tensor.DType;

/** {@link ConvOps} behind checks. */
record CheckedConv(Engine engine, ConvOps target) implements ConvOps {
    private static final String IMAGES = "[R, N, C, H, W]";
    private static final String KERNELS = "[R, K, C, kh, kw]";
    private static final String OUTPUTS = "[R, N, K, Ho, Wo]";

    @Override
    public void forward(View y, View x, View w, Window g) {
        ahead(new Call(engine, "conv.forward", "y", y, "x", x, "w", w), y, x, w, g);
        target.forward(y, x, w, g);
    }

    @Override
    public void forward(View y, View x, View w, View b, Window g) {
        Call call = new Call(engine, "conv.forward", "y", y, "x", x, "w", w, "b", b);
        ahead(call, y, x, w, g);
        bias(call, y, b);
        target.forward(y, x, w, b, g);
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w, Window g) {
        Call call = new Call(engine, "conv.forwardRelu", "y", y, "mask", mask, "x", x, "w", w);
        ahead(call, y, x, w, g);
        gates(call, mask, y);
        call.written(mask);
        target.forwardRelu(y, mask, x, w, g);
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w, View b, Window g) {
        Call call = new Call(engine, "conv.forwardRelu", "y", y, "mask", mask, "x", x, "w", w, "b", b);
        ahead(call, y, x, w, g);
        bias(call, y, b);
        gates(call, mask, y);
        call.written(mask);
        target.forwardRelu(y, mask, x, w, b, g);
    }

    private static void ahead(Call call, View y, View x, View w, Window g) {
        call.floating(y, x, w);
        fit(call, y, x, w, g);
        call.apart(y, x, w);
    }

    private static void bias(Call call, View y, View b) {
        call.floating(y, b);
        call.shape(b, "[R, K]", y.dim(2));
        call.apart(y, b);
    }

    private static void gates(Call call, View mask, View elements) {
        call.type(mask, DType.I32);
        call.shape(mask, "[R, maskWords]", PointwiseOps.maskWords(elements.blockSize()));
    }

    /** Ranks and extents of images, kernels and outputs. */
    private static void fit(Call call, View y, View x, View w, Window g) {
        call.rank(y, OUTPUTS, 5);
        call.rank(x, IMAGES, 5);
        call.rank(w, KERNELS, 5);
        call.shape(w, KERNELS, y.dim(2), x.dim(2), w.dim(3), w.dim(4));
        long height = g.windows(x.dim(3), w.dim(3));
        long width = g.windows(x.dim(4), w.dim(4));
        if (height < 1 || width < 1) {
            throw call.fault(w, "a kernel that fits into the padded plane (" + g + ")");
        }
        call.shape(y, OUTPUTS, x.dim(1), w.dim(1), height, width);
    }

    @Override
    public void inputGradient(View dx, View dy, View w, Window g) {
        back(new Call(engine, "conv.inputGradient", "dx", dx, "dy", dy, "w", w), dx, dy, w, g);
        target.inputGradient(dx, dy, w, g);
    }

    @Override
    public void inputGradientRelu(View dz, View dy, View w, View mask, Window g) {
        Call call = new Call(engine, "conv.inputGradientRelu", "dz", dz, "dy", dy, "w", w, "mask", mask);
        back(call, dz, dy, w, g);
        gates(call, mask, dz);
        target.inputGradientRelu(dz, dy, w, mask, g);
    }

    private static void back(Call call, View dx, View dy, View w, Window g) {
        call.floating(dx, dy, w);
        fit(call, dy, dx, w, g);
        call.apart(dx, dy, w);
    }

    @Override
    public void weightGradient(View dw, View dy, View x, Window g) {
        Call call = new Call(engine, "conv.weightGradient", "dw", dw, "dy", dy, "x", x);
        call.floating(dw, dy, x);
        fit(call, dy, x, dw, g);
        call.apart(dw, dy, x);
        target.weightGradient(dw, dy, x, g);
    }

    @Override
    public void biasGradient(View db, View dy) {
        Call call = new Call(engine, "conv.biasGradient", "db", db, "dy", dy);
        call.floating(db, dy);
        call.rank(dy, OUTPUTS, 5);
        call.shape(db, "[R, K]", dy.dim(2));
        call.apart(db, dy);
        target.biasGradient(db, dy);
    }
}
