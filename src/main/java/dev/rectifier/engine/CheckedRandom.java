package dev.rectifier.engine;

import dev.rectifier.tensor.DType;

/** {@link RandomOps} behind checks. */
record CheckedRandom(Engine engine, RandomOps target) implements RandomOps {
    private static final long LONGEST = 1L << 34; // four numbers for each value of the 32-bit group counter

    @Override
    public void normal(View out, View streams, long step, double mean, double deviation) {
        Call call = new Call(engine, "random.normal", "out", out, "streams", streams);
        call.floating(out);
        check(call, out, streams);
        target.normal(out, streams, step, mean, deviation);
    }

    @Override
    public void uniform(View out, View streams, long step, double low, double high) {
        Call call = new Call(engine, "random.uniform", "out", out, "streams", streams);
        call.floating(out);
        check(call, out, streams);
        target.uniform(out, streams, step, low, high);
    }

    @Override
    public void integers(View out, View streams, long step, int bound) {
        Call call = new Call(engine, "random.integers", "out", out, "streams", streams);
        call.type(out, DType.I32);
        check(call, out, streams);
        if (bound < 1) {
            throw new IllegalArgumentException("random.integers: bound " + bound + " leaves no integer to draw.");
        }
        target.integers(out, streams, step, bound);
    }

    @Override
    public void keep(View mask, View streams, long step, long elements, double keep) {
        Call call = new Call(engine, "random.keep", "mask", mask, "streams", streams);
        call.type(mask, DType.I32);
        call.shape(mask, "[R, maskWords]", PointwiseOps.maskWords(elements));
        check(call, mask, streams, elements);
        if (!(keep >= 0 && keep <= 1)) {
            throw new IllegalArgumentException("random.keep: " + keep + " is no probability from 0 to 1.");
        }
        target.keep(mask, streams, step, elements, keep);
    }

    private static void check(Call call, View out, View streams) {
        check(call, out, streams, out.blockSize());
    }

    private static void check(Call call, View out, View streams, long elements) {
        call.type(streams, DType.I64);
        call.shape(streams, "[R, 2]", 2);
        call.written(out);
        if (elements > LONGEST) {
            throw call.fault(out, "at most 2^34 elements a replica, the length of a stream's block");
        }
    }
}
