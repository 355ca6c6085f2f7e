package dev.rectifier.engine.cpu;

/** Extents of an affine map: n examples, d inputs, k outputs. */
record Extents(int n, int d, int k) {
    /** Multiply-adds of one product. */
    long work() {
        return (long) n * d * k;
    }
}
