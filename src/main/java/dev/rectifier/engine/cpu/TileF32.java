package dev.rectifier.engine.cpu;

/**
 * Products in register tiles of 4 x 4 sums. Every sum starts from the value already in c and runs over p in ascending order,
 * one fused multiply-add a term, so its bits do not depend on the tile it falls into.
 */
final class TileF32 {
    private static final int T = 4;

    private final ProductShape s;
    private final float[] a;
    private final float[] b;
    private final float[] c;

    TileF32(ProductShape s, float[] c, float[] a, float[] b) {
        this.s = s;
        this.a = a;
        this.b = b;
        this.c = c;
    }

    /** Adds a part: {@code at}, {@code i} and {@code j} are the places of its c[0,0], a(0,0) and b(0,0). */
    void add(int at, int i, int j, ProductShape.Part part) {
        int row = 0;
        for (; row <= part.rows() - T; row += T) {
            fourRows(at + row * s.columns(), i + row * s.ai(), j, part.columns());
        }
        for (; row < part.rows(); row++) {
            oneRow(at + row * s.columns(), i + row * s.ai(), j, part.columns());
        }
    }

    private void fourRows(int at, int i, int j, int columns) {
        int column = 0;
        for (; column <= columns - T; column += T) {
            square(at + column, i, j + column * s.bj());
        }
        for (; column < columns; column++) {
            int start = at + column;
            line(start, s.columns(), b, j + column * s.bj(), s.bp(), new Four(a, i, s.ai(), s.ap()));
        }
    }

    private void oneRow(int at, int i, int j, int columns) {
        int column = 0;
        for (; column <= columns - T; column += T) {
            line(at + column, 1, a, i, s.ap(), new Four(b, j + column * s.bj(), s.bj(), s.bp()));
        }
        for (; column < columns; column++) {
            point(at + column, i, j + column * s.bj());
        }
    }

    /** Four neighbouring rows (or columns) of an operand: element q of row t is at {@code start + t * row + q * step}. */
    @SuppressWarnings("ArrayRecordComponent") // a window on live storage, compared by nobody
    private record Four(float[] x, int start, int row, int step) {}

    /** Four sums, {@code stride} apart in c, of one row of {@code one} with four of the other operand. */
    private void line(int at, int stride, float[] one, int from, int step, Four four) {
        float[] x = four.x;
        int row = four.row;
        float s0 = c[at];
        float s1 = c[at + stride];
        float s2 = c[at + 2 * stride];
        float s3 = c[at + 3 * stride];
        int u = from;
        int v = four.start;
        for (int p = 0; p < s.depth(); p++) {
            float factor = one[u];
            s0 = Math.fma(factor, x[v], s0);
            s1 = Math.fma(factor, x[v + row], s1);
            s2 = Math.fma(factor, x[v + 2 * row], s2);
            s3 = Math.fma(factor, x[v + 3 * row], s3);
            u += step;
            v += four.step;
        }
        c[at] = s0;
        c[at + stride] = s1;
        c[at + 2 * stride] = s2;
        c[at + 3 * stride] = s3;
    }

    private void point(int at, int i, int j) {
        float sum = c[at];
        int u = i;
        int v = j;
        for (int p = 0; p < s.depth(); p++) {
            sum = Math.fma(a[u], b[v], sum);
            u += s.ap();
            v += s.bp();
        }
        c[at] = sum;
    }

    private void square(int at, int i, int j) {
        int ai = s.ai();
        int bj = s.bj();
        int row1 = at + s.columns();
        int row2 = row1 + s.columns();
        int row3 = row2 + s.columns();
        float s00 = c[at], s01 = c[at + 1], s02 = c[at + 2], s03 = c[at + 3];
        float s10 = c[row1], s11 = c[row1 + 1], s12 = c[row1 + 2], s13 = c[row1 + 3];
        float s20 = c[row2], s21 = c[row2 + 1], s22 = c[row2 + 2], s23 = c[row2 + 3];
        float s30 = c[row3], s31 = c[row3 + 1], s32 = c[row3 + 2], s33 = c[row3 + 3];
        int u = i;
        int v = j;
        for (int p = 0; p < s.depth(); p++) {
            float b0 = b[v], b1 = b[v + bj], b2 = b[v + 2 * bj], b3 = b[v + 3 * bj];
            float f = a[u];
            s00 = Math.fma(f, b0, s00);
            s01 = Math.fma(f, b1, s01);
            s02 = Math.fma(f, b2, s02);
            s03 = Math.fma(f, b3, s03);
            f = a[u + ai];
            s10 = Math.fma(f, b0, s10);
            s11 = Math.fma(f, b1, s11);
            s12 = Math.fma(f, b2, s12);
            s13 = Math.fma(f, b3, s13);
            f = a[u + 2 * ai];
            s20 = Math.fma(f, b0, s20);
            s21 = Math.fma(f, b1, s21);
            s22 = Math.fma(f, b2, s22);
            s23 = Math.fma(f, b3, s23);
            f = a[u + 3 * ai];
            s30 = Math.fma(f, b0, s30);
            s31 = Math.fma(f, b1, s31);
            s32 = Math.fma(f, b2, s32);
            s33 = Math.fma(f, b3, s33);
            u += s.ap();
            v += s.bp();
        }
        put(at, s00, s01, s02, s03);
        put(row1, s10, s11, s12, s13);
        put(row2, s20, s21, s22, s23);
        put(row3, s30, s31, s32, s33);
    }

    private void put(int at, float v0, float v1, float v2, float v3) {
        c[at] = v0;
        c[at + 1] = v1;
        c[at + 2] = v2;
        c[at + 3] = v3;
    }
}
