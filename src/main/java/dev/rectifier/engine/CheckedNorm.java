package dev.rectifier.engine;

import dev.rectifier.tensor.DType;

/** {@link NormOps} behind checks. */
record CheckedNorm(Engine engine, NormOps target) implements NormOps {
    private static final int DENSE = 3;
    private static final int PLANES = 5;

    /** The call with the views that every operation has; {@code own} are its own, an output first. */
    private Call call(String operation, Normed of, Object... own) {
        Object[] views = new Object[own.length + 10];
        System.arraycopy(own, 0, views, 0, own.length);
        Object[] shared = {
            "x",
            of.x(),
            "mean",
            of.moments().mean(),
            "variance",
            of.moments().variance(),
            "scale",
            of.affine().scale(),
            "shift",
            of.affine().shift()
        };
        System.arraycopy(shared, 0, views, own.length, shared.length);
        Call call = new Call(engine, "norm." + operation, views);
        if (of.x().shape().rank() != DENSE && of.x().shape().rank() != PLANES) {
            throw call.fault(of.x(), "[R, N, C] or [R, N, C, H, W]");
        }
        call.floating(of.x());
        channels(call, of.moments().mean(), DType.F64, of);
        channels(call, of.moments().variance(), DType.F64, of);
        affine(call, of.affine(), of);
        requireEps(operation, of.eps());
        return call;
    }

    private static void channels(Call call, View view, DType dtype, Normed of) {
        call.type(view, dtype);
        call.shape(view, "[R, C]", of.x().dim(2));
    }

    private static void affine(Call call, Affine affine, Normed of) {
        channels(call, affine.scale(), of.x().dtype(), of);
        channels(call, affine.shift(), of.x().dtype(), of);
    }

    private static void requireEps(String operation, double eps) {
        if (!(eps >= 0) || Double.isInfinite(eps)) {
            throw new IllegalArgumentException("norm." + operation + ": eps is " + eps
                    + "; it is added to a variance under a root, so it must be finite and not negative.");
        }
    }

    private static void likeX(Call call, Normed of, View... views) {
        call.floating(of.x(), views);
        for (View view : views) {
            call.sameShape(view, of.x());
        }
    }

    private static void mask(Call call, View mask, View x) {
        call.type(mask, DType.I32);
        call.shape(mask, "[R, maskWords]", PointwiseOps.maskWords(x.blockSize()));
    }

    private static void training(Call call, Normed of) {
        if (NormShape.of(of.x()).values() < 2) {
            throw call.fault(
                    of.x(),
                    "at least 2 values per channel in training mode, because the variance of a single one is 0 whatever it"
                            + " is; take a larger batch, or evaluation mode");
        }
    }

    /** The output is apart from the normalisation's constants, and is x or apart from it. */
    private static void output(Call call, View out, View twin, Normed of) {
        constants(call, out, of);
        call.sameOrApart(out, twin);
        if (!twin.equals(of.x())) {
            call.apart(out, of.x());
        }
    }

    private static void constants(Call call, View out, Normed of) {
        Affine affine = of.affine();
        call.apart(out, of.moments().mean(), of.moments().variance(), affine.scale(), affine.shift());
    }

    @Override
    public void forward(View y, Normed of) {
        forward(call("forward", of, "y", y), y, of);
        target.forward(y, of);
    }

    private static void forward(Call call, View y, Normed of) {
        training(call, of);
        likeX(call, of, y);
        output(call, y, of.x(), of);
        Moments moments = of.moments();
        Affine affine = of.affine();
        call.apart(moments.mean(), moments.variance(), of.x(), affine.scale(), affine.shift());
        call.apart(moments.variance(), of.x(), affine.scale(), affine.shift());
    }

    @Override
    public void forwardRelu(View y, View mask, Normed of) {
        Call call = call("forwardRelu", of, "y", y, "mask", mask);
        forward(call, y, of);
        writtenMask(call, mask, of);
        target.forwardRelu(y, mask, of);
    }

    private static void writtenMask(Call call, View mask, Normed of) {
        mask(call, mask, of.x());
        call.written(mask);
    }

    @Override
    public void normalise(View y, Normed of) {
        Call call = call("normalise", of, "y", y);
        likeX(call, of, y);
        output(call, y, of.x(), of);
        target.normalise(y, of);
    }

    @Override
    public void normaliseRelu(View y, View mask, Normed of) {
        Call call = call("normaliseRelu", of, "y", y, "mask", mask);
        likeX(call, of, y);
        output(call, y, of.x(), of);
        writtenMask(call, mask, of);
        target.normaliseRelu(y, mask, of);
    }

    @Override
    public void backward(View dx, Affine gradient, View dy, Normed of) {
        training(backward("backward", dx, gradient, dy, of), of);
        target.backward(dx, gradient, dy, of);
    }

    private Call backward(String operation, View dx, Affine gradient, View dy, Normed of, Object... mask) {
        Object[] own = new Object[8 + mask.length];
        System.arraycopy(
                new Object[] {"dx", dx, "dscale", gradient.scale(), "dshift", gradient.shift(), "dy", dy},
                0,
                own,
                0,
                8);
        System.arraycopy(mask, 0, own, 8, mask.length);
        Call call = call(operation, of, own);
        likeX(call, of, dx, dy);
        output(call, dx, dy, of);
        gradient(call, gradient, of, dx, dy, of.x());
        if (mask.length > 0) {
            mask(call, (View) mask[1], of.x());
        }
        return call;
    }

    private static void gradient(Call call, Affine gradient, Normed of, View... arrays) {
        affine(call, gradient, of);
        constants(call, gradient.scale(), of);
        constants(call, gradient.shift(), of);
        call.apart(gradient.scale(), arrays);
        call.apart(gradient.shift(), arrays);
        call.apart(gradient.scale(), gradient.shift());
    }

    @Override
    public void backwardRelu(View dx, Affine gradient, View dy, View mask, Normed of) {
        training(backward("backwardRelu", dx, gradient, dy, of, "mask", mask), of);
        target.backwardRelu(dx, gradient, dy, mask, of);
    }

    @Override
    public void normaliseBackward(View dx, Affine gradient, View dy, Normed of) {
        backward("normaliseBackward", dx, gradient, dy, of);
        target.normaliseBackward(dx, gradient, dy, of);
    }

    @Override
    public void normaliseBackwardRelu(View dx, Affine gradient, View dy, View mask, Normed of) {
        backward("normaliseBackwardRelu", dx, gradient, dy, of, "mask", mask);
        target.normaliseBackwardRelu(dx, gradient, dy, mask, of);
    }

    @Override
    public void tangent(View ty, TangentMoments moments, Direction direction, Normed of) {
        View mean = moments.mean();
        View product = moments.product();
        Call call = call(
                "tangent",
                of,
                "ty",
                ty,
                "tmean",
                mean,
                "tproduct",
                product,
                "tx",
                direction.x(),
                "tscale",
                direction.affine().scale(),
                "tshift",
                direction.affine().shift());
        tangent(call, ty, direction, of);
        training(call, of);
        tangentMoments(call, moments, of);
        for (View out : new View[] {mean, product}) {
            constants(call, out, of);
            call.apart(out, ty, of.x(), direction.x());
            call.apart(out, direction.affine().scale(), direction.affine().shift());
        }
        call.apart(mean, product);
        target.tangent(ty, moments, direction, of);
    }

    private static void tangentMoments(Call call, TangentMoments moments, Normed of) {
        channels(call, moments.mean(), DType.F64, of);
        channels(call, moments.product(), DType.F64, of);
    }

    private static void tangent(Call call, View ty, Direction direction, Normed of) {
        likeX(call, of, ty, direction.x());
        affine(call, direction.affine(), of);
        output(call, ty, direction.x(), of);
        call.apart(ty, direction.affine().scale(), direction.affine().shift());
    }

    @Override
    public void normaliseTangent(View ty, Direction direction, Normed of) {
        Affine affine = direction.affine();
        Call call = call(
                "normaliseTangent",
                of,
                "ty",
                ty,
                "tx",
                direction.x(),
                "tscale",
                affine.scale(),
                "tshift",
                affine.shift());
        tangent(call, ty, direction, of);
        target.normaliseTangent(ty, direction, of);
    }

    @Override
    public void backwardTangent(
            View tdx, Affine gradient, Signal signal, TangentMoments moments, Direction direction, Normed of) {
        Call call = call(
                "backwardTangent",
                of,
                "tdx",
                tdx,
                "tdscale",
                gradient.scale(),
                "tdshift",
                gradient.shift(),
                "dy",
                signal.value(),
                "tdy",
                signal.tangent(),
                "tmean",
                moments.mean(),
                "tproduct",
                moments.product(),
                "tx",
                direction.x(),
                "tscale",
                direction.affine().scale(),
                "tshift",
                direction.affine().shift());
        training(call, of);
        backwardTangent(call, tdx, gradient, signal, direction, of);
        tangentMoments(call, moments, of);
        for (View out : new View[] {tdx, gradient.scale(), gradient.shift()}) {
            call.apart(out, moments.mean(), moments.product());
        }
        target.backwardTangent(tdx, gradient, signal, moments, direction, of);
    }

    private static void backwardTangent(
            Call call, View tdx, Affine gradient, Signal signal, Direction direction, Normed of) {
        likeX(call, of, tdx, signal.value(), signal.tangent(), direction.x());
        affine(call, direction.affine(), of);
        output(call, tdx, signal.tangent(), of);
        call.apart(
                tdx,
                signal.value(),
                direction.x(),
                direction.affine().scale(),
                direction.affine().shift());
        gradient(call, gradient, of, tdx, signal.value(), signal.tangent(), of.x(), direction.x());
        for (View out : new View[] {gradient.scale(), gradient.shift()}) {
            call.apart(out, direction.affine().scale(), direction.affine().shift());
        }
    }

    @Override
    public void normaliseBackwardTangent(View tdx, Affine gradient, Signal signal, Direction direction, Normed of) {
        Call call = call(
                "normaliseBackwardTangent",
                of,
                "tdx",
                tdx,
                "tdscale",
                gradient.scale(),
                "tdshift",
                gradient.shift(),
                "dy",
                signal.value(),
                "tdy",
                signal.tangent(),
                "tx",
                direction.x(),
                "tscale",
                direction.affine().scale(),
                "tshift",
                direction.affine().shift());
        backwardTangent(call, tdx, gradient, signal, direction, of);
        target.normaliseBackwardTangent(tdx, gradient, signal, direction, of);
    }

    @Override
    public void track(Moments running, Moments batch, double momentum, long count, Health health) {
        Call call = new Call(
                engine,
                "norm.track",
                "mean",
                running.mean(),
                "variance",
                running.variance(),
                "batch mean",
                batch.mean(),
                "batch variance",
                batch.variance(),
                "cause",
                health.cause(),
                "step",
                health.step());
        for (View view : new View[] {running.mean(), running.variance(), batch.mean(), batch.variance()}) {
            call.type(view, DType.F64);
            call.rank(view, "[R, C]", 2);
            call.sameShape(view, running.mean());
        }
        call.apart(running.mean(), running.variance(), batch.mean(), batch.variance());
        call.apart(running.variance(), batch.mean(), batch.variance());
        call.type(health.cause(), DType.I32);
        call.shape(health.cause(), "[R]");
        call.type(health.step(), DType.I64);
        call.shape(health.step(), "[R]");
        if (!(momentum >= 0 && momentum <= 1) || count < 2) {
            throw new IllegalArgumentException("norm.track: momentum " + momentum + " and " + count
                    + " values per channel; momentum runs from 0 to 1, and an unbiased variance needs 2 values.");
        }
        target.track(running, batch, momentum, count, health);
    }
}
