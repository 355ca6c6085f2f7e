// loss_tangent.cu: second derivatives of the four losses in the outputs, applied to a tangent u of the outputs.
//
//     squared, logistic, hinge    y = scale l''(o, t) u,  l'' = 2, s (1 - s) with s = 1 / (1 + exp(-t o)), 0
//     softmax cross-entropy       y_k = scale p_k (u_k - sum_j p_j u_j),  p = softmax(o)
//     outer                       y_k = factor g_k sum_j g_j u_j: each example's gradient g times itself
//
// With a network's J before and J^T behind, the first two make Gauss-Newton products, the last one empirical Fisher products.
// p is formed from exponentials shifted by the largest output, all in fp64, and y rounded once. A non-finite output adds
// NaN (x - x); a label outside 0 .. K-1 makes its example's y NaN, as in loss.cu.
//
// Layout. y, o, u, g [R,N,K]; targets [R,N,K] or labels I32 [R,N]. y may be u itself.
// Threads. Elementwise: one per element of a row, a row = one replica, cut into chunks. The others: `group` neighbouring
// lanes, a power of two, share one example; y is written when all of them have read u.
// Bytes. 4 w per element (outer 3 w); flops ~ 2 (squared) to ~ 60 (cross-entropy).
// Determinism. Order of the sums by K alone.
#include "loss.cuh"

__device__ inline double second_derivative(i32 kind, double o, double t) {
    if (kind == LOGISTIC) {
        const double margin = t * o;
        const double decay = exp(margin > 0 ? -margin : margin); // s (1 - s) is the same for both signs
        return decay / ((1 + decay) * (1 + decay));
    }
    return kind == SQUARED ? 2.0 : 0.0;
}

KERNEL(loss_tangent_elementwise)(REAL* y, i64 y_stride, const REAL* __restrict__ outputs, i64 outputs_stride,
                                 const REAL* __restrict__ targets, i64 targets_stride, const REAL* u, i64 u_stride, i64 R,
                                 i64 size, i32 chunks, i32 kind, double scale) {
    const i64 r = row_of(chunks), i = chunk_of(chunks) * blockDim.x + threadIdx.x;
    if (r >= R || i >= size) {
        return;
    }
    const double o = outputs[r * outputs_stride + i], t = targets[r * targets_stride + i];
    y[r * y_stride + i] = (REAL)(scale * second_derivative(kind, o, t) * u[r * u_stride + i] + (o - o));
}

// The largest of K outputs, those of all lanes; `unusable` gathers NaN from non-finite ones.
__device__ inline double largest(const REAL* o, i64 K, i32 lane, i32 group, double& unusable) {
    double top = K > 0 ? (double)o[0] : 0.0;
    for (i64 k = lane; k < K; k += group) {
        const double x = o[k];
        top = x > top ? x : top;
        unusable += x - x;
    }
    return group_max(top, group);
}

// blockDim = (group, rows): a row is one example (r, n); lanes without an example go along with K = 0.
KERNEL(loss_tangent_cross_entropy)(REAL* y, i64 y_stride, const REAL* __restrict__ outputs, i64 outputs_stride,
                                   const i32* __restrict__ labels, i64 labels_stride, const REAL* u, i64 u_stride, i64 R,
                                   i64 N, i64 K, double scale) {
    const i64 row = (i64)blockIdx.x * blockDim.y + threadIdx.y, r = row / N, n = row % N;
    const bool inside = r < R;
    const i32 lane = (i32)threadIdx.x, group = (i32)blockDim.x;
    const i64 width = inside ? K : 0;
    const REAL* o = outputs + (inside ? r * outputs_stride + n * K : 0);
    const REAL* v = u + (inside ? r * u_stride + n * K : 0);
    const i64 label = inside ? labels[r * labels_stride + n] : 0;
    double unusable = label >= 0 && (label < K || !inside) ? 0.0 : NOT_A_NUMBER;
    const double top = largest(o, width, lane, group, unusable);
    double total = 0, weighted = 0;
    for (i64 k = lane; k < width; k += group) {
        const double e = exp((double)o[k] - top);
        total += e;
        weighted += e * v[k];
    }
    total = group_sum(total + unusable, group);
    const double mean = group_sum(weighted, group) / total;
    for (i64 k = lane; k < width; k += group) {
        y[r * y_stride + n * K + k] = (REAL)(scale * (exp((double)o[k] - top) / total) * (v[k] - mean));
    }
}

// blockDim = (group, rows) as above.
KERNEL(loss_outer)(REAL* y, i64 y_stride, const REAL* __restrict__ gradient, i64 gradient_stride, const REAL* u,
                   i64 u_stride, i64 R, i64 N, i64 K, double factor) {
    const i64 row = (i64)blockIdx.x * blockDim.y + threadIdx.y, r = row / N, n = row % N;
    const bool inside = r < R;
    const i64 width = inside ? K : 0;
    const REAL* g = gradient + (inside ? r * gradient_stride + n * K : 0);
    const REAL* v = u + (inside ? r * u_stride + n * K : 0);
    double along = 0;
    for (i64 k = threadIdx.x; k < width; k += blockDim.x) {
        along += (double)g[k] * v[k];
    }
    along = group_sum(along, (i32)blockDim.x);
    for (i64 k = threadIdx.x; k < width; k += blockDim.x) {
        y[r * y_stride + n * K + k] = (REAL)(factor * along * g[k]);
    }
}
