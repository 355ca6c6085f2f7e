package dev.rectifier.engine.cpu;

import dev.rectifier.engine.cpu.NativeCopy.Rows;

/** Part of a product in OpenBLAS. */
final class BlasF32 {
    private static final float[] LIKE = {};

    private BlasF32() {}

    /** Computes a part of replica {@code r}'s c; only what the part needs is copied. */
    static void multiply(ProductF32 product, int r, ProductShape.Part part, Scratch scratch) {
        multiply(product, r, part, product.s().termsAtOnce(part), scratch);
    }

    /** @param step terms of a call */
    static void multiply(ProductF32 product, int r, ProductShape.Part part, int step, Scratch scratch) {
        ProductShape s = product.s();
        NativeArrays memory = scratch.nativeArrays();
        Rows rows = new Rows(part.rows(), part.columns(), s.columns());
        NativeCopy out = room(memory, 0, rows);
        float[] c = product.c().array();
        int at = product.c().at(r) + part.firstRow() * s.columns() + part.firstColumn();
        if (product.biased()) {
            out.put(c, at, rows);
        }
        for (int p = 0; p < s.depth(); p += step) {
            ProductShape terms = s.ofTerms(Math.min(step, s.depth() - p));
            Rows rowsA = terms.rowsOfA(part);
            Rows rowsB = terms.rowsOfB(part);
            NativeCopy left = room(memory, 1, rowsA);
            NativeCopy right = room(memory, 2, rowsB);
            left.put(product.a().array(), product.a().at(r) + part.firstRow() * s.ai() + p * s.ap(), rowsA);
            right.put(product.b().array(), product.b().at(r) + part.firstColumn() * s.bj() + p * s.bp(), rowsB);
            Blas.Call call = new Blas.Call(terms, part, rowsA.length(), rowsB.length(), part.columns());
            float beta = p > 0 || product.biased() ? 1 : 0;
            Blas.multiply(call, beta, out.from(0, LIKE), left.from(0, LIKE), right.from(0, LIKE));
        }
        out.get(c, at, rows);
    }

    private static NativeCopy room(NativeArrays memory, int slot, Rows rows) {
        return memory.room(slot, Math.multiplyExact(rows.count() * Float.BYTES, rows.length()));
    }
}
