package dev.rectifier.engine.cpu;

/**
 * All products of two sets of rows, c[k, d] = sum_n a(k)[n] b(d)[n], in register tiles of up to 4 x 4 sums. Every sum starts from
 * 0 and runs over n in ascending order, one fused multiply-add a term, whatever tile it falls into.
 */
final class RowProductsF32 {
    private static final int T = 4;

    private final float[] c;
    private final int at;
    private final Rows left;
    private final Rows right;

    /** One side of the products; {@code stride} is the distance in c of neighbouring rows' sums. */
    @SuppressWarnings("ArrayRecordComponent") // a window on live storage, compared by nobody
    private record Rows(float[][] rows, int stride) {
        int count() {
            return rows.length;
        }
    }

    /**
     * @param c [a b], from element {@code at} on
     * @param a rows of two elements at least
     */
    RowProductsF32(float[] c, int at, float[][] a, float[][] b) {
        this.c = c;
        this.at = at;
        left = new Rows(a, b.length);
        right = new Rows(b, 1);
    }

    void compute() {
        int k = 0;
        for (; k <= left.count() - T; k += T) {
            int d = 0;
            for (; d <= right.count() - T; d += T) {
                square(k, d);
            }
            narrow(left, k, right, d);
        }
        int d = 0;
        for (; d <= right.count() - T; d += T) {
            narrow(right, d, left, k);
        }
        corner(k, d);
    }

    /** Four rows of one side with what is left of the other, three at most. */
    private void narrow(Rows a, int i, Rows b, int j) {
        int rest = b.count() - j;
        if (rest >= 2) {
            strip(a, i, b, j);
        }
        if (rest % 2 == 1) {
            line(a, i, b, j + rest - 1);
        }
    }

    /** What is left of both sides, three at most of each. */
    private void corner(int k, int d) {
        boolean pairs = left.count() - k >= 2 && right.count() - d >= 2;
        if (pairs) {
            smallSquare(k, d);
        }
        for (int i = k; i < left.count(); i++) {
            for (int j = d; j < right.count(); j++) {
                if (!pairs || i >= k + 2 || j >= d + 2) {
                    point(i, j);
                }
            }
        }
    }

    /** Four rows of each side. */
    private void square(int k, int d) {
        float[] a0 = left.rows[k];
        float[] a1 = left.rows[k + 1];
        float[] a2 = left.rows[k + 2];
        float[] a3 = left.rows[k + 3];
        float[] b0 = right.rows[d];
        float[] b1 = right.rows[d + 1];
        float[] b2 = right.rows[d + 2];
        float[] b3 = right.rows[d + 3];
        float s00 = 0, s01 = 0, s02 = 0, s03 = 0;
        float s10 = 0, s11 = 0, s12 = 0, s13 = 0;
        float s20 = 0, s21 = 0, s22 = 0, s23 = 0;
        float s30 = 0, s31 = 0, s32 = 0, s33 = 0;
        for (int n = 0; n < a0.length; n++) {
            float y0 = b0[n];
            float y1 = b1[n];
            float y2 = b2[n];
            float y3 = b3[n];
            float x0 = a0[n];
            s00 = Math.fma(x0, y0, s00);
            s01 = Math.fma(x0, y1, s01);
            s02 = Math.fma(x0, y2, s02);
            s03 = Math.fma(x0, y3, s03);
            float x1 = a1[n];
            s10 = Math.fma(x1, y0, s10);
            s11 = Math.fma(x1, y1, s11);
            s12 = Math.fma(x1, y2, s12);
            s13 = Math.fma(x1, y3, s13);
            float x2 = a2[n];
            s20 = Math.fma(x2, y0, s20);
            s21 = Math.fma(x2, y1, s21);
            s22 = Math.fma(x2, y2, s22);
            s23 = Math.fma(x2, y3, s23);
            float x3 = a3[n];
            s30 = Math.fma(x3, y0, s30);
            s31 = Math.fma(x3, y1, s31);
            s32 = Math.fma(x3, y2, s32);
            s33 = Math.fma(x3, y3, s33);
        }
        put(k, d, s00, s01, s02, s03);
        put(k + 1, d, s10, s11, s12, s13);
        put(k + 2, d, s20, s21, s22, s23);
        put(k + 3, d, s30, s31, s32, s33);
    }

    private void put(int k, int d, float v0, float v1, float v2, float v3) {
        int to = at + k * left.stride + d;
        c[to] = v0;
        c[to + 1] = v1;
        c[to + 2] = v2;
        c[to + 3] = v3;
    }

    /** Four rows of one side with two of the other. */
    private void strip(Rows a, int i, Rows b, int j) {
        float[] a0 = a.rows[i];
        float[] a1 = a.rows[i + 1];
        float[] a2 = a.rows[i + 2];
        float[] a3 = a.rows[i + 3];
        float[] b0 = b.rows[j];
        float[] b1 = b.rows[j + 1];
        float s00 = 0, s01 = 0;
        float s10 = 0, s11 = 0;
        float s20 = 0, s21 = 0;
        float s30 = 0, s31 = 0;
        for (int n = 0; n < a0.length; n++) {
            float y0 = b0[n];
            float y1 = b1[n];
            float x0 = a0[n];
            s00 = Math.fma(x0, y0, s00);
            s01 = Math.fma(x0, y1, s01);
            float x1 = a1[n];
            s10 = Math.fma(x1, y0, s10);
            s11 = Math.fma(x1, y1, s11);
            float x2 = a2[n];
            s20 = Math.fma(x2, y0, s20);
            s21 = Math.fma(x2, y1, s21);
            float x3 = a3[n];
            s30 = Math.fma(x3, y0, s30);
            s31 = Math.fma(x3, y1, s31);
        }
        spread(at + i * a.stride + j * b.stride, a.stride, s00, s10, s20, s30);
        spread(at + i * a.stride + (j + 1) * b.stride, a.stride, s01, s11, s21, s31);
    }

    private void spread(int to, int stride, float v0, float v1, float v2, float v3) {
        c[to] = v0;
        c[to + stride] = v1;
        c[to + 2 * stride] = v2;
        c[to + 3 * stride] = v3;
    }

    /** Four rows of one side with one of the other. */
    private void line(Rows a, int i, Rows b, int j) {
        float[] a0 = a.rows[i];
        float[] a1 = a.rows[i + 1];
        float[] a2 = a.rows[i + 2];
        float[] a3 = a.rows[i + 3];
        float[] b0 = b.rows[j];
        float s00 = 0;
        float s10 = 0;
        float s20 = 0;
        float s30 = 0;
        for (int n = 0; n < a0.length; n++) {
            float y = b0[n];
            s00 = Math.fma(a0[n], y, s00);
            s10 = Math.fma(a1[n], y, s10);
            s20 = Math.fma(a2[n], y, s20);
            s30 = Math.fma(a3[n], y, s30);
        }
        spread(at + i * a.stride + j * b.stride, a.stride, s00, s10, s20, s30);
    }

    /** Two rows of each side. */
    private void smallSquare(int k, int d) {
        float[] a0 = left.rows[k];
        float[] a1 = left.rows[k + 1];
        float[] b0 = right.rows[d];
        float[] b1 = right.rows[d + 1];
        float s00 = 0, s01 = 0;
        float s10 = 0, s11 = 0;
        for (int n = 0; n < a0.length; n++) {
            float y0 = b0[n];
            float y1 = b1[n];
            float x0 = a0[n];
            s00 = Math.fma(x0, y0, s00);
            s01 = Math.fma(x0, y1, s01);
            float x1 = a1[n];
            s10 = Math.fma(x1, y0, s10);
            s11 = Math.fma(x1, y1, s11);
        }
        int to = at + k * left.stride + d;
        c[to] = s00;
        c[to + 1] = s01;
        c[to + left.stride] = s10;
        c[to + left.stride + 1] = s11;
    }

    private void point(int k, int d) {
        float[] x = left.rows[k];
        float[] y = right.rows[d];
        float sum = 0;
        for (int n = 0; n < x.length; n++) {
            sum = Math.fma(x[n], y[n], sum);
        }
        c[at + k * left.stride + d] = sum;
    }

    /** c[at + k] = sum_n a(k)[n], in the order of n. */
    static void sums(float[] c, int at, float[][] a) {
        int k = 0;
        for (; k <= a.length - T; k += T) {
            fourSums(c, at + k, a, k);
        }
        for (; k < a.length; k++) {
            float sum = 0;
            for (float term : a[k]) {
                sum += term;
            }
            c[at + k] = sum;
        }
    }

    private static void fourSums(float[] c, int at, float[][] a, int k) {
        float[] a0 = a[k];
        float[] a1 = a[k + 1];
        float[] a2 = a[k + 2];
        float[] a3 = a[k + 3];
        float s0 = 0, s1 = 0, s2 = 0, s3 = 0;
        for (int n = 0; n < a0.length; n++) {
            s0 += a0[n];
            s1 += a1[n];
            s2 += a2[n];
            s3 += a3[n];
        }
        c[at] = s0;
        c[at + 1] = s1;
        c[at + 2] = s2;
        c[at + 3] = s3;
    }
}
