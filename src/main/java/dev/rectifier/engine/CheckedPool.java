package dev.rectifier.engine;

import dev.rectifier.tensor.DType;

/** {@link PoolOps} behind checks. */
record CheckedPool(Engine engine, PoolOps target) implements PoolOps {
    private static final String PLANES = "[R, N, C, H, W]";

    @Override
    public void max(View y, View index, View x, Window window) {
        Call call = new Call(engine, "pool.max", "y", y, "index", index, "x", x);
        pooled(call, y, x, window);
        index(call, index, y);
        call.apart(y, index, x);
        call.apart(index, x);
        target.max(y, index, x, window);
    }

    /** Both are planes of one type, and {@code small} has as many places as the window has on {@code large}. */
    private static void pooled(Call call, View small, View large, Window window) {
        call.floating(small, large);
        call.rank(large, PLANES, 5);
        long height = window.outputs(large.dim(3));
        long width = window.outputs(large.dim(4));
        if (height < 1 || width < 1) {
            throw call.fault(large, "planes on which " + window + " has a place");
        }
        call.shape(small, "[R, N, C, Ho, Wo]", large.dim(1), large.dim(2), height, width);
        plane(call, large);
    }

    /** Places are numbered by an I32. */
    private static void plane(Call call, View large) {
        if (large.dim(3) * large.dim(4) > Integer.MAX_VALUE) {
            throw call.fault(large, "planes of less than 2^31 places");
        }
    }

    private static void index(Call call, View index, View model) {
        call.type(index, DType.I32);
        call.sameShape(index, model);
    }

    @Override
    public void maxBackward(View dx, View dy, View index, Window window) {
        Call call = new Call(engine, "pool.maxBackward", "dx", dx, "dy", dy, "index", index);
        pooled(call, dy, dx, window);
        index(call, index, dy);
        call.apart(dx, dy, index);
        target.maxBackward(dx, dy, index, window);
    }

    @Override
    public void pick(View ty, View tx, View index) {
        Call call = new Call(engine, "pool.pick", "ty", ty, "tx", tx, "index", index);
        call.floating(ty, tx);
        call.rank(tx, PLANES, 5);
        call.rank(ty, "[R, N, C, Ho, Wo]", 5);
        call.shape(ty, "[R, N, C, Ho, Wo]", tx.dim(1), tx.dim(2), ty.dim(3), ty.dim(4));
        plane(call, tx);
        index(call, index, ty);
        call.apart(ty, tx, index);
        target.pick(ty, tx, index);
    }

    @Override
    public void average(View y, View x, Window window) {
        Call call = new Call(engine, "pool.average", "y", y, "x", x);
        averaged(call, y, x, window);
        call.apart(y, x);
        target.average(y, x, window);
    }

    private static void averaged(Call call, View small, View large, Window window) {
        if (window.padding() != 0) {
            throw call.fault(small, "an average over a window without padding, not over " + window);
        }
        pooled(call, small, large, window);
    }

    @Override
    public void averageBackward(View dx, View dy, Window window) {
        Call call = new Call(engine, "pool.averageBackward", "dx", dx, "dy", dy);
        averaged(call, dy, dx, window);
        call.apart(dx, dy);
        target.averageBackward(dx, dy, window);
    }

    @Override
    public void globalAverage(View y, View x) {
        Call call = new Call(engine, "pool.globalAverage", "y", y, "x", x);
        whole(call, y, x);
        call.apart(y, x);
        target.globalAverage(y, x);
    }

    private static void whole(Call call, View small, View large) {
        call.floating(small, large);
        call.rank(large, PLANES, 5);
        call.shape(small, "[R, N, C]", large.dim(1), large.dim(2));
        if (large.dim(3) * large.dim(4) < 1) {
            throw call.fault(large, "planes of at least one place");
        }
    }

    @Override
    public void globalAverageBackward(View dx, View dy) {
        Call call = new Call(engine, "pool.globalAverageBackward", "dx", dx, "dy", dy);
        whole(call, dy, dx);
        call.apart(dx, dy);
        target.globalAverageBackward(dx, dy);
    }
}
