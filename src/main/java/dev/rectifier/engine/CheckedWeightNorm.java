package dev.rectifier.engine;

import dev.rectifier.tensor.DType;

/** {@link WeightNormOps} behind checks. */
record CheckedWeightNorm(Engine engine, WeightNormOps target) implements WeightNormOps {
    @Override
    public void forward(View w, View norm, Factors factors) {
        Call call = new Call(engine, "weightNorm.forward", "w", w, "norm", norm, "v", factors.v(), "g", factors.g());
        factors(call, factors, w);
        norm(call, norm, w);
        call.apart(w, norm, factors.v(), factors.g());
        call.apart(norm, factors.v(), factors.g());
        target.forward(w, norm, factors);
    }

    /** v is shaped as {@code model} [R, K, ...], g is [R, K], all of one type. */
    private static void factors(Call call, Factors factors, View model) {
        call.floating(model, factors.v(), factors.g());
        if (model.shape().rank() < 2) {
            throw call.fault(model, "[R, K, ...]");
        }
        call.sameShape(factors.v(), model);
        call.shape(factors.g(), "[R, K]", model.dim(1));
    }

    private static void norm(Call call, View norm, View model) {
        call.type(norm, DType.F64);
        call.shape(norm, "[R, K]", model.dim(1));
    }

    @Override
    public void backward(Factors gradient, View dw, Factors factors, View norm) {
        View dv = gradient.v();
        View dg = gradient.g();
        Call call = new Call(
                engine,
                "weightNorm.backward",
                "dv",
                dv,
                "dg",
                dg,
                "dw",
                dw,
                "v",
                factors.v(),
                "g",
                factors.g(),
                "norm",
                norm);
        factors(call, gradient, dw);
        factors(call, factors, dw);
        norm(call, norm, dw);
        call.apart(dv, dg, dw, factors.v(), factors.g(), norm);
        call.apart(dg, dw, factors.v(), factors.g(), norm);
        target.backward(gradient, dw, factors, norm);
    }

    @Override
    public void tangent(View tw, Factors factors, View norm, Factors direction) {
        Call call = new Call(
                engine,
                "weightNorm.tangent",
                "tw",
                tw,
                "v",
                factors.v(),
                "g",
                factors.g(),
                "norm",
                norm,
                "tv",
                direction.v(),
                "tg",
                direction.g());
        factors(call, factors, tw);
        factors(call, direction, tw);
        norm(call, norm, tw);
        call.apart(tw, factors.v(), factors.g(), norm, direction.v(), direction.g());
        target.tangent(tw, factors, norm, direction);
    }

    @Override
    public void backwardTangent(Factors tGradient, Signal signal, Factors factors, View norm, Factors direction) {
        View tdv = tGradient.v();
        View tdg = tGradient.g();
        Call call = new Call(
                engine,
                "weightNorm.backwardTangent",
                "tdv",
                tdv,
                "tdg",
                tdg,
                "dw",
                signal.dw(),
                "tdw",
                signal.tdw(),
                "v",
                factors.v(),
                "g",
                factors.g(),
                "norm",
                norm,
                "tv",
                direction.v(),
                "tg",
                direction.g());
        View[] inputs = {signal.dw(), signal.tdw(), factors.v(), factors.g(), norm, direction.v(), direction.g()};
        call.floating(tdv, signal.dw(), signal.tdw());
        factors(call, tGradient, tdv);
        factors(call, factors, tdv);
        factors(call, direction, tdv);
        call.sameShape(signal.dw(), tdv);
        call.sameShape(signal.tdw(), tdv);
        norm(call, norm, tdv);
        call.apart(tdv, tdg);
        call.apart(tdv, inputs);
        call.apart(tdg, inputs);
        target.backwardTangent(tGradient, signal, factors, norm, direction);
    }
}
