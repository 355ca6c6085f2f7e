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

    private static void check(Call call, LossKind kind, View value, View outputs, View targets) {
        call.type(value, DType.F64);
        call.shape(value, "[R]");
        call.floating(outputs);
        call.rank(outputs, "[R, N, K]", 3);
        if (kind == LossKind.SOFTMAX_CROSS_ENTROPY) {
            call.type(targets, DType.I32);
            call.shape(targets, "[R, N]", outputs.dim(1));
        } else {
            call.floating(outputs, targets);
            call.sameShape(targets, outputs);
        }
        call.apart(value, outputs, targets);
    }
}
