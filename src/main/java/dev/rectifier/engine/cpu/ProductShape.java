package dev.rectifier.engine.cpu;

/**
 * A product c[i,j] = sum_p a(i,p) b(j,p) of one replica, c dense with rows x columns: a(i,p) is element i ai + p ap of its
 * block, b(j,p) element j bj + p bp. All that decides how a product is computed is in here, so it never depends on R.
 */
record ProductShape(int rows, int columns, int depth, int ai, int ap, int bj, int bp) {
    private static final int PANEL = 128;

    /** y[n,k] = sum_d x[n,d] w[k,d]. */
    static ProductShape forward(int n, int d, int k) {
        return new ProductShape(n, k, d, d, 1, d, 1);
    }

    /** dx[n,d] = sum_k dy[n,k] w[k,d]. */
    static ProductShape inputGradient(int n, int d, int k) {
        return new ProductShape(n, d, k, k, 1, 1, d);
    }

    /** dw[k,d] = sum_n dy[n,k] x[n,d]. */
    static ProductShape weightGradient(int n, int d, int k) {
        return new ProductShape(k, d, n, 1, k, 1, d);
    }

    /** Multiply-adds. */
    long work() {
        return (long) rows * columns * depth;
    }

    /** Bands of rows that threads may share out. */
    int panels() {
        return (rows + PANEL - 1) / PANEL;
    }

    int firstRow(int panel) {
        return panel * PANEL;
    }

    int rowsOf(int panel) {
        return Math.min(PANEL, rows - firstRow(panel));
    }
}
