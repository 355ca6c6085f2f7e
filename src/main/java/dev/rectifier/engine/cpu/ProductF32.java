package dev.rectifier.engine.cpu;

import java.util.Arrays;

/** How one replica's product is computed: by shape alone, one term directly, small ones in tiles, large ones in OpenBLAS. */
record ProductF32(ProductShape s, BlocksF32 c, BlocksF32 a, BlocksF32 b, BlocksF32 start) {
    /** A part of c begins as {@code start} (a bias; of stride and length 0 for zeros), then the products are added. */
    void compute(int r, int index, Scratch scratch) {
        ProductShape.Part part = s.part(index);
        boolean toLibrary = Blas.takes(s);
        if (biased()) {
            startFromBias(r, part);
        } else if (s.depth() == 1) {
            outer(r, part);
            return;
        } else if (!toLibrary) {
            startFromZero(r, part);
        }
        if (toLibrary) {
            BlasF32.multiply(this, r, part, scratch);
        } else {
            new TileF32(s, c.array(), a.array(), b.array()).add(at(r, part), left(r, part), right(r, part), part);
        }
    }

    /** Whether the sums start from a bias and not from zero. */
    boolean biased() {
        return start.array().length > 0;
    }

    /** Place of the part's first element in c. */
    int at(int r, ProductShape.Part part) {
        return c.at(r) + part.firstRow() * s.columns() + part.firstColumn();
    }

    /** Place in a of its first row. */
    int left(int r, ProductShape.Part part) {
        return a.at(r) + part.firstRow() * s.ai();
    }

    /** Place in b of its first column. */
    int right(int r, ProductShape.Part part) {
        return b.at(r) + part.firstColumn() * s.bj();
    }

    /** A part of c becomes its start. */
    void begin(int r, ProductShape.Part part) {
        if (biased()) {
            startFromBias(r, part);
        } else {
            startFromZero(r, part);
        }
    }

    private void startFromZero(int r, ProductShape.Part part) {
        int at = at(r, part);
        if (part.columns() == s.columns()) {
            Arrays.fill(c.array(), at, at + part.rows() * part.columns(), 0);
            return;
        }
        for (int row = 0; row < part.rows(); row++) {
            Arrays.fill(c.array(), at + row * s.columns(), at + row * s.columns() + part.columns(), 0);
        }
    }

    private void startFromBias(int r, ProductShape.Part part) {
        int from = start.at(r) + part.firstColumn();
        int at = at(r, part);
        for (int row = 0; row < part.rows(); row++) {
            System.arraycopy(start.array(), from, c.array(), at + row * s.columns(), part.columns());
        }
    }

    /** A single term: c[i,j] = a(i,0) b(j,0). */
    private void outer(int r, ProductShape.Part part) {
        int at = at(r, part);
        int i = left(r, part);
        for (int row = 0; row < part.rows(); row++) {
            float factor = a.array()[i + row * s.ai()];
            multiples(c.array(), at + row * s.columns(), factor, right(r, part), part.columns());
        }
    }

    private void multiples(float[] y, int at, float factor, int from, int count) {
        float[] x = b.array();
        if (s.bj() == 1) {
            for (int k = 0; k < count; k++) {
                y[at + k] = factor * x[from + k];
            }
            return;
        }
        for (int k = 0; k < count; k++) {
            y[at + k] = factor * x[from + k * s.bj()];
        }
    }
}
