package dev.rectifier.engine.cpu;

import java.util.Arrays;

/** Products of one replica in plain loops. Every sum runs in ascending order of its index, one fused multiply-add a term. */
final class ProductF32 {
    private ProductF32() {}

    static void clear(float[] y, int at, int count) {
        Arrays.fill(y, at, at + count, 0);
    }

    /** Every row of y becomes b. */
    static void repeat(float[] y, int at, float[] b, int from, Extents e) {
        for (int n = 0; n < e.n(); n++) {
            System.arraycopy(b, from, y, at + n * e.k(), e.k());
        }
    }

    /** y[n,k] += sum_d x[n,d] w[k,d]. */
    static void addRowsTimesRows(BlocksF32 y, BlocksF32 x, BlocksF32 w, int r, Extents e) {
        for (int n = 0; n < e.n(); n++) {
            int row = x.at(r) + n * e.d();
            for (int k = 0; k < e.k(); k++) {
                int out = y.at(r) + n * e.k() + k;
                y.array()[out] = dot(y.array()[out], x.array(), row, w.array(), w.at(r) + k * e.d(), e.d());
            }
        }
    }

    private static float dot(float start, float[] a, int i, float[] b, int j, int count) {
        float sum = start;
        for (int c = 0; c < count; c++) {
            sum = Math.fma(a[i + c], b[j + c], sum);
        }
        return sum;
    }

    /** dx[n,d] += sum_k dy[n,k] w[k,d]. */
    static void addRowsTimesMatrix(BlocksF32 dx, BlocksF32 dy, BlocksF32 w, int r, Extents e) {
        for (int n = 0; n < e.n(); n++) {
            for (int k = 0; k < e.k(); k++) {
                float factor = dy.array()[dy.at(r) + n * e.k() + k];
                axpy(dx.array(), dx.at(r) + n * e.d(), factor, w.array(), w.at(r) + k * e.d(), e.d());
            }
        }
    }

    /** dw[k,d] += sum_n dy[n,k] x[n,d]. */
    static void addOuterProducts(BlocksF32 dw, BlocksF32 dy, BlocksF32 x, int r, Extents e) {
        for (int n = 0; n < e.n(); n++) {
            for (int k = 0; k < e.k(); k++) {
                float factor = dy.array()[dy.at(r) + n * e.k() + k];
                axpy(dw.array(), dw.at(r) + k * e.d(), factor, x.array(), x.at(r) + n * e.d(), e.d());
            }
        }
    }

    private static void axpy(float[] y, int at, float a, float[] x, int from, int count) {
        for (int i = 0; i < count; i++) {
            y[at + i] = Math.fma(a, x[from + i], y[at + i]);
        }
    }

    /** db[k] = sum_n dy[n,k]. */
    static void sumRows(float[] db, int at, float[] dy, int from, int n, int k) {
        clear(db, at, k);
        for (int row = 0; row < n; row++) {
            for (int i = 0; i < k; i++) {
                db[at + i] += dy[from + row * k + i];
            }
        }
    }
}
