package dev.rectifier.engine.cpu;

/** One product, or a band of its rows, in OpenBLAS. */
final class BlasF32 {
    private BlasF32() {}

    /** Computes rows of c whose first elements are at {@code at}, a(first, 0) at {@code i} and b(0, 0) at {@code j}. */
    static void multiply(ProductF32 product, int at, int i, int j, int rows, Scratch scratch) {
        ProductShape s = product.s();
        NativeArrays memory = scratch.nativeArrays();
        float[] c = product.c().array();
        float[] a = product.a().array();
        float[] b = product.b().array();
        int spanA = (rows - 1) * s.ai() + (s.depth() - 1) * s.ap() + 1;
        int spanB = (s.columns() - 1) * s.bj() + (s.depth() - 1) * s.bp() + 1;
        int spanC = rows * s.columns();
        var nativeA = memory.room(0, spanA, a).put(a, i, spanA);
        var nativeB = memory.room(1, spanB, b).put(b, j, spanB);
        var nativeC = memory.room(2, spanC, c);
        float beta = product.biased() ? 1 : 0;
        if (product.biased()) {
            nativeC.put(c, at, spanC);
        }
        Blas.multiply(s, rows, beta, nativeC, nativeA, nativeB);
        nativeC.get(c, at, spanC);
    }
}
