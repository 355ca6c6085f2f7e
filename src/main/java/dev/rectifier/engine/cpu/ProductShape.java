package dev.rectifier.engine.cpu;

import dev.rectifier.engine.cpu.NativeCopy.Rows;

/**
 * A product c[i,j] = sum_p a(i,p) b(j,p) of one replica, c dense with rows x columns: a(i,p) is element i ai + p ap of its
 * block, b(j,p) element j bj + p bp. All that decides how a product is computed is in here, so it never depends on R.
 */
record ProductShape(int rows, int columns, int depth, int ai, int ap, int bj, int bp) {
    private static final int PANEL = 128;
    private static final int WIDEST = 256;
    private static final int MOST_COPIED = 1 << 26; // elements
    private static final int LINE = 16; // bands of columns begin on a cache line wherever rows do

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

    /** Parts of c that threads may share out: bands of rows, or of columns where there is one band of rows only. */
    int parts() {
        return ceil(rows, PANEL) * columnBands();
    }

    private int columnBands() {
        return ceil(columns, rows > PANEL ? MOST_COPIED / PANEL : WIDEST);
    }

    /** Part {@code i} of {@link #parts}. */
    Part part(int i) {
        int bands = columnBands();
        int row = i / bands * PANEL;
        int width = bands == 1 ? columns : ceil(ceil(columns, bands), LINE) * LINE;
        int column = i % bands * width;
        return new Part(row, Math.min(PANEL, rows - row), column, Math.min(width, columns - column));
    }

    private static int ceil(int a, int b) {
        return (a + b - 1) / b;
    }

    /** How many terms of the sums a part takes at a time, so that no operand's copy outgrows memory. */
    int termsAtOnce(Part part) {
        return Math.min(depth, Math.max(1, MOST_COPIED / Math.max(part.rows, part.columns)));
    }

    /** The same with {@code count} terms. */
    ProductShape ofTerms(int count) {
        return new ProductShape(rows, columns, count, ai, ap, bj, bp);
    }

    /** What a part needs of a, as it lies in memory: rows of c are rows of a, or its columns. */
    Rows rowsOfA(Part part) {
        return ap == 1 ? new Rows(part.rows(), depth, ai) : new Rows(depth, part.rows(), ap);
    }

    /** What a part needs of b, as it lies in memory: columns of c are rows of b, or its columns. */
    Rows rowsOfB(Part part) {
        return bj == 1 ? new Rows(depth, part.columns(), bp) : new Rows(part.columns(), depth, bj);
    }

    /** A rectangle of c. */
    record Part(int firstRow, int rows, int firstColumn, int columns) {}
}
