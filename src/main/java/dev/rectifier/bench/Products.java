package dev.rectifier.bench;

import java.util.List;

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
                        .withDepth(d)
                        .asking(words(List.of(r, n, d, k), PeerWords.slot(0), PeerWords.transposed(1)));
            case INPUT_GRADIENT ->
                Operation.of(
                                flops,
                                (engine, v) -> engine.dense().inputGradient(v.get(2), v.get(0), v.get(1)),
                                Slot.in(r, n, k),
                                Slot.in(r, k, d),
                                Slot.out(r, n, d))
                        .withDepth(k)
                        .asking(words(List.of(r, n, k, d), PeerWords.slot(0), PeerWords.slot(1)));
            case WEIGHT_GRADIENT ->
                Operation.of(
                                flops,
                                (engine, v) -> engine.dense().weightGradient(v.get(2), v.get(0), v.get(1)),
                                Slot.in(r, n, k),
                                Slot.in(r, n, d),
                                Slot.out(r, k, d))
                        .withDepth(n)
                        .asking(words(List.of(r, k, n, d), PeerWords.transposed(0), PeerWords.slot(1)));
        };
    }

    /** A peer multiplies [R, M, K] by [R, K, N], both as its library has them fastest: nothing is transposed in its time. */
    private static PeerWords words(List<Long> shape, PeerWords.Operand a, PeerWords.Operand b) {
        return PeerWords.of("matmul", shape, List.of(a, b), PeerWords.slot(2));
    }
}
