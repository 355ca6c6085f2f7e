package dev.rectifier.bench;

/** The three products of a dense layer, for R replicas. */
enum Products {
    FORWARD,
    INPUT_GRADIENT,
    WEIGHT_GRADIENT;

    /** The name in tables. */
    String family() {
        return switch (this) {
            case FORWARD -> "product x W^T";
            case INPUT_GRADIENT -> "product dy W";
            case WEIGHT_GRADIENT -> "product dy^T x";
        };
    }

    /** The product with N examples, D inputs, K outputs. */
    Operation of(long r, long n, long d, long k) {
        double flops = 2.0 * r * n * d * k;
        return switch (this) {
            case FORWARD ->
                Operation.of(
                                flops,
                                (engine, v) -> engine.dense().forward(v.get(2), v.get(0), v.get(1)),
                                Slot.in(r, n, d),
                                Slot.in(r, k, d),
                                Slot.out(r, n, k))
                        .withDepth(d);
            case INPUT_GRADIENT ->
                Operation.of(
                                flops,
                                (engine, v) -> engine.dense().inputGradient(v.get(2), v.get(0), v.get(1)),
                                Slot.in(r, n, k),
                                Slot.in(r, k, d),
                                Slot.out(r, n, d))
                        .withDepth(k);
            case WEIGHT_GRADIENT ->
                Operation.of(
                                flops,
                                (engine, v) -> engine.dense().weightGradient(v.get(2), v.get(0), v.get(1)),
                                Slot.in(r, n, k),
                                Slot.in(r, n, d),
                                Slot.out(r, k, d))
                        .withDepth(n);
        };
    }
}
