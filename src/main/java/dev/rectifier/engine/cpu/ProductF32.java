package dev.rectifier.engine.cpu;

import java.util.Arrays;

/** How one replica's product is computed: by shape alone, one term directly, small ones in tiles, large ones in OpenBLAS. */
record ProductF32(ProductShape s, BlocksF32 c, BlocksF32 a, BlocksF32 b, BlocksF32 start) {
    /** Rows of c begin as {@code start} (a bias; of stride and length 0 for zeros), then the products are added. */
    void compute(int r, int panel, Scratch scratch) {
        int first = s.firstRow(panel);
        int rows = s.rowsOf(panel);
        int at = c.at(r) + first * s.columns();
        int i = a.at(r) + first * s.ai();
        if (s.depth() == 1 && !biased()) {
            outer(at, i, b.at(r), rows);
            return;
        }
        begin(at, rows, r);
        if (Blas.takes(s)) {
            BlasF32.multiply(this, at, i, b.at(r), rows, scratch);
        } else {
            new TileF32(s, c.array(), a.array(), b.array()).add(at, i, b.at(r), rows);
        }
    }

    /** Whether the sums start from a bias and not from zero. */
    boolean biased() {
        return start.array().length > 0;
    }

    private void begin(int at, int rows, int r) {
        if (!biased()) {
            Arrays.fill(c.array(), at, at + rows * s.columns(), 0);
            return;
        }
        for (int row = 0; row < rows; row++) {
            System.arraycopy(start.array(), start.at(r), c.array(), at + row * s.columns(), s.columns());
        }
    }

    /** A single term: c[i,j] = a(i,0) b(j,0). */
    private void outer(int at, int i, int j, int rows) {
        for (int row = 0; row < rows; row++) {
            multiples(c.array(), at + row * s.columns(), a.array()[i + row * s.ai()], b.array(), j);
        }
    }

    private void multiples(float[] y, int at, float factor, float[] x, int from) {
        int count = s.columns();
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
