// weight_norm.cu: weights as length times direction, w = g v / |v| row by row (Salimans and Kingma 2016).
//
//     weight_norm_forward            n = |v|, w = (g / n) v
//     weight_norm_backward           dg = a = dw.v / n, dv = (g / n) (dw - (a / n) v)
//     weight_norm_tangent            tw = (g / n) tv + ((tg - (g / n) b) / n) v, b = v.tv / n
//     weight_norm_backward_tangent   the derivative of dv and dg along (tv, tg), with dw moving by tdw; see WeightNormOps
//
// Layout. Rows of D elements, K a replica: v, w, dw, ... [R, K, D]; g, dg, tg [R, K]; norm F64 [R, K]; `..._stride` elements
// from replica to replica (0: shared).
// Threads. One warp a row, 8 rows a block: lane l takes elements l, l + WARP, ... of its row.
// Bytes and flops. w bytes an element and array; arrays that enter an inner product are read twice, the second time from a
// cache where a row is short. 3 w and 3 flops forward, 5 w and 5 backward, 4 w tangent, 9 w and 15 the tangent of backward.
// Determinism. Sums are fp64: a lane's chain of fused multiply-adds, then the warp's butterfly. Order and expressions are those of
// WeightNormF32, and square roots and quotients are rounded correctly, so the bits are the CPU's.
#include "reduce.cuh"

// The inner product of two rows of D, known to all lanes.
__device__ inline double row_dot(const REAL* a, const REAL* b, i64 D) {
    double sum = 0;
    for (i64 i = threadIdx.x; i < D; i += WARP) {
        sum = fma((double)a[i], (double)b[i], sum);
    }
    return warp_sum(sum);
}

KERNEL(weight_norm_forward)(REAL* __restrict__ w, i64 w_stride, double* __restrict__ norm, i64 norm_stride,
                            const REAL* __restrict__ v, i64 v_stride, const REAL* __restrict__ g, i64 g_stride, i64 R,
                            i64 K, i64 D) {
    const i64 row = row_of(1);
    const i64 r = row / K, k = row % K;
    if (r >= R) {
        return;
    }
    const REAL* from = v + r * v_stride + k * D;
    const double n = sqrt(row_dot(from, from, D));
    const double scale = g[r * g_stride + k] / n;
    for (i64 i = threadIdx.x; i < D; i += WARP) {
        w[r * w_stride + k * D + i] = (REAL)(scale * from[i]);
    }
    if (threadIdx.x == 0) {
        norm[r * norm_stride + k] = n;
    }
}

KERNEL(weight_norm_backward)(REAL* __restrict__ dv, i64 dv_stride, REAL* __restrict__ dg, i64 dg_stride,
                             const REAL* __restrict__ dw, i64 dw_stride, const REAL* __restrict__ v, i64 v_stride,
                             const REAL* __restrict__ g, i64 g_stride, const double* __restrict__ norm,
                             i64 norm_stride, i64 R, i64 K, i64 D) {
    const i64 row = row_of(1);
    const i64 r = row / K, k = row % K;
    if (r >= R) {
        return;
    }
    const REAL* from = v + r * v_stride + k * D;
    const REAL* signal = dw + r * dw_stride + k * D;
    const double n = norm[r * norm_stride + k];
    const double along = row_dot(signal, from, D) / n;
    const double scale = g[r * g_stride + k] / n, part = along / n;
    for (i64 i = threadIdx.x; i < D; i += WARP) {
        const double across = fma(-part, (double)from[i], (double)signal[i]);
        dv[r * dv_stride + k * D + i] = (REAL)(scale * across);
    }
    if (threadIdx.x == 0) {
        dg[r * dg_stride + k] = (REAL)along;
    }
}

KERNEL(weight_norm_tangent)(REAL* __restrict__ tw, i64 tw_stride, const REAL* __restrict__ v, i64 v_stride,
                            const REAL* __restrict__ g, i64 g_stride, const double* __restrict__ norm, i64 norm_stride,
                            const REAL* __restrict__ tv, i64 tv_stride, const REAL* __restrict__ tg, i64 tg_stride,
                            i64 R, i64 K, i64 D) {
    const i64 row = row_of(1);
    const i64 r = row / K, k = row % K;
    if (r >= R) {
        return;
    }
    const REAL* from = v + r * v_stride + k * D;
    const REAL* move = tv + r * tv_stride + k * D;
    const double n = norm[r * norm_stride + k];
    const double along = row_dot(from, move, D) / n;
    const double scale = g[r * g_stride + k] / n;
    const double part = (tg[r * tg_stride + k] - scale * along) / n;
    for (i64 i = threadIdx.x; i < D; i += WARP) {
        const double turned = part * from[i];
        tw[r * tw_stride + k * D + i] = (REAL)fma(scale, (double)move[i], turned);
    }
}

KERNEL(weight_norm_backward_tangent)(REAL* __restrict__ tdv, i64 tdv_stride, REAL* __restrict__ tdg, i64 tdg_stride,
                                     const REAL* __restrict__ dw, i64 dw_stride, const REAL* __restrict__ tdw,
                                     i64 tdw_stride, const REAL* __restrict__ v, i64 v_stride,
                                     const REAL* __restrict__ g, i64 g_stride, const double* __restrict__ norm,
                                     i64 norm_stride, const REAL* __restrict__ tv, i64 tv_stride,
                                     const REAL* __restrict__ tg, i64 tg_stride, i64 R, i64 K, i64 D) {
    const i64 row = row_of(1);
    const i64 r = row / K, k = row % K;
    if (r >= R) {
        return;
    }
    const REAL* from = v + r * v_stride + k * D;
    const REAL* move = tv + r * tv_stride + k * D;
    const REAL* signal = dw + r * dw_stride + k * D;
    const REAL* moved = tdw + r * tdw_stride + k * D;
    const double n = norm[r * norm_stride + k];
    const double gradient = row_dot(signal, from, D) / n;
    const double along = row_dot(from, move, D) / n;
    const double first = row_dot(moved, from, D) / n;
    const double length = first + (row_dot(signal, move, D) - gradient * along) / n;
    const double scale = g[r * g_stride + k] / n;
    const double a = (tg[r * tg_stride + k] - scale * along) / n;
    const double d = -(scale * gradient) / n;
    const double c = -(a * gradient + scale * length + d * along) / n;
    for (i64 i = threadIdx.x; i < D; i += WARP) {
        double sum = d * move[i];
        sum = fma(c, (double)from[i], sum);
        sum = fma(scale, (double)moved[i], sum);
        tdv[r * tdv_stride + k * D + i] = (REAL)fma(a, (double)signal[i], sum);
    }
    if (threadIdx.x == 0) {
        tdg[r * tdg_stride + k] = (REAL)length;
    }
}
