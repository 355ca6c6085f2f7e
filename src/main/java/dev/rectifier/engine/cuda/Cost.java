package dev.rectifier.engine.cuda;

/**
 * What one launch must move and compute at least; the yardstick of a measured time.
 *
 * @param bytes read and written, each operand once
 * @param flops a fused multiply-add counts as two
 */
record Cost(double bytes, double flops) {
    /** Cost of a launch with elements of {@code width} bytes; {@code n} are its sizes in signature order, R first. */
    @FunctionalInterface
    interface Formula {
        Cost of(int width, long... n);
    }

    /** So many accesses and flops per element, the elements being the product of all sizes. */
    static Formula perElement(double accesses, double flops) {
        return (width, n) -> {
            double elements = product(n);
            return new Cost(elements * accesses * width, elements * flops);
        };
    }

    /** A product over sizes R, N, K, D: three matrices, two flops per term. */
    static Formula matrixProduct() {
        return (width, n) ->
                new Cost((double) n[0] * (n[1] * n[3] + n[2] * n[3] + n[1] * n[2]) * width, 2.0 * product(n));
    }

    /** Pooling with sizes R, planes, small, large: bytes for each place of a small plane and of a large one. */
    static Cost pool(long[] n, double small, double large) {
        double planes = (double) n[0] * n[1];
        return new Cost(planes * (n[2] * small + n[3] * large), planes * n[3]);
    }

    /** A convolution or one of its gradients, sizes R, N, C, H, W, K, kh, kw, Ho, Wo: three arrays, two flops per term. */
    static Formula convolution() {
        return (width, n) -> {
            double outputs = (double) n[1] * n[5] * n[8] * n[9];
            double taps = (double) n[2] * n[6] * n[7];
            double elements = (double) n[1] * n[2] * n[3] * n[4] + outputs + n[5] * taps;
            return new Cost(n[0] * elements * width, 2.0 * n[0] * outputs * taps);
        };
    }

    /** Stretches of training of R replicas: what they are made of follows from the plan, not from the signature. */
    static Formula resident() {
        return (width, n) -> new Cost((double) n[0] * width, (double) n[0] * n[2]);
    }

    private static double product(long... n) {
        double product = 1;
        for (long extent : n) {
            product *= extent;
        }
        return product;
    }
}
