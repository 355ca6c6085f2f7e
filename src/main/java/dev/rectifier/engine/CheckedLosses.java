package dev.rectifier.engine;

import dev.rectifier.tensor.DType;

/** {@link LossOps} behind checks. */
record CheckedLosses(Engine engine, LossOps target) implements LossOps {
    @Override
    public void evaluate(LossKind kind, View value, View gradient, View outputs, View targets, double scale) {
        Call call = new Call(
                engine,
                "losses.evaluate",
                "value",
                value,
                "gradient",
                gradient,
                "outputs",
                outputs,
                "targets",
                targets);
        check(call, kind, value, outputs, targets);
        call.floating(outputs, gradient);
        call.sameShape(gradient, outputs);
        call.sameOrApart(gradient, outputs);
        call.apart(gradient, targets);
        call.apart(value, gradient);
        target.evaluate(kind, value, gradient, outputs, targets, scale);
    }

    @Override
    public void value(LossKind kind, View value, View outputs, View targets, double scale) {
        Call call = new Call(engine, "losses.value", "value", value, "outputs", outputs, "targets", targets);
        check(call, kind, value, outputs, targets);
        target.value(kind, value, outputs, targets, scale);
    }

    @Override
    public void tangent(LossKind kind, View product, View outputs, View targets, View along, double scale) {
        Call call = new Call(
                engine, "losses.tangent", "product", product, "outputs", outputs, "targets", targets, "along", along);
        checkTargets(call, kind, outputs, targets);
        call.floating(outputs, product, along);
        call.sameShape(product, outputs);
        call.sameShape(along, outputs);
        call.sameOrApart(product, along);
        call.apart(product, outputs, targets);
        target.tangent(kind, product, outputs, targets, along, scale);
    }

    @Override
    public void outer(View product, View gradient, View along, double factor) {
        Call call = new Call(engine, "losses.outer", "product", product, "gradient", gradient, "along", along);
        call.floating(product, gradient, along);
        call.rank(product, "[R, N, K]", 3);
        call.sameShape(gradient, product);
        call.sameShape(along, product);
        call.sameOrApart(product, along);
        call.apart(product, gradient);
        target.outer(product, gradient, along, factor);
    }

    private static void check(Call call, LossKind kind, View value, View outputs, View targets) {
        call.type(value, DType.F64);
        call.shape(value, "[R]");
        checkTargets(call, kind, outputs, targets);
        call.apart(value, outputs, targets);
    }

    private static void checkTargets(Call call, LossKind kind, View outputs, View targets) {
        call.floating(outputs);
        call.rank(outputs, "[R, N, K]", 3);
        if (kind == LossKind.SOFTMAX_CROSS_ENTROPY) {
            call.type(targets, DType.I32);
            call.shape(targets, "[R, N]", outputs.dim(1));
        } else {
            call.floating(outputs, targets);
            call.sameShape(targets, outputs);
        }
    }
}
