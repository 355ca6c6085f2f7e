// reduce.cu: reductions per replica: sums, inner products, column moments, argmax, correlations.
//
//     sum            out[r] = sum_i a[r,i]                                     w bytes, 1 flop per element
//     dot            out[r] = sum_i a[r,i] b[r,i]                              2 w bytes, 2 flops
//     finish         out[r] = scale * sum_c partial[r,c]                       second stage where a row was cut in chunks
//     moments        mean and sum of squared deviations of each column         w bytes, ~ 6 flops (one division)
//     column_squares out[r,w] = sum_k x[r,k,w]^2                               w bytes, 2 flops
//     argmax         index[r,n] = argmax_k x[r,n,k]                            w bytes
//     correct        count[r] = examples whose argmax is their label           w bytes
//     correlation    rho[r,t,s] between unit t of a teacher and s of a student 5 N flops per pair
//
// Layout. Row-major with replica strides, 0 where shared. All sums in fp64, results F64 (counts and indices I32).
//
// Threads. sum, dot, finish: rows of reduce.cuh, one replica (or chunk of it) per row. moments, column_squares: column
// blocks. argmax, correct: `group` lanes per example. correlation: one thread per pair (t, s).
//
// Determinism. Orders depend on the sizes of one replica alone. Moments: each of the 8 threads of a column runs Welford's
// recurrence over n = l, l + 8, ... (no cancellation, however far the mean is from 0); the 8 triples (n, mean, m2) are
// merged in order by Chan's formula. Welford, Technometrics 4 (1962); Chan, Golub, LeVeque, Am. Stat. 37 (1983).
#include "reduce.cuh"

KERNEL(sum)(double* __restrict__ out, i64 out_stride, const REAL* __restrict__ a, i64 a_stride, i64 R, i64 size,
            i64 chunk_size, i32 chunks) {
    __shared__ double warps[WARPS];
    const i64 r = row_of(chunks), chunk = chunk_of(chunks);
    if (r >= R) {
        return;
    }
    const i64 end = min((chunk + 1) * chunk_size, size);
    double sum = 0;
    for (i64 i = chunk * chunk_size + threadIdx.x; i < end; i += blockDim.x) {
        sum += (double)a[r * a_stride + i];
    }
    sum = lanes_sum(sum, warps);
    if (threadIdx.x == 0) {
        out[r * out_stride + chunk] = sum;
    }
}

KERNEL(dot)(double* __restrict__ out, i64 out_stride, const REAL* __restrict__ a, i64 a_stride,
            const REAL* __restrict__ b, i64 b_stride, i64 R, i64 size, i64 chunk_size, i32 chunks) {
    __shared__ double warps[WARPS];
    const i64 r = row_of(chunks), chunk = chunk_of(chunks);
    if (r >= R) {
        return;
    }
    const i64 end = min((chunk + 1) * chunk_size, size);
    double sum = 0;
    for (i64 i = chunk * chunk_size + threadIdx.x; i < end; i += blockDim.x) {
        sum = fma((double)a[r * a_stride + i], (double)b[r * b_stride + i], sum);
    }
    sum = lanes_sum(sum, warps);
    if (threadIdx.x == 0) {
        out[r * out_stride + chunk] = sum;
    }
}

KERNEL(finish)(double* __restrict__ out, i64 out_stride, const double* __restrict__ partial, i64 partial_stride, i64 R,
               i64 size, double scale) {
    __shared__ double warps[WARPS];
    const i64 r = row_of(1);
    if (r >= R) {
        return;
    }
    double sum = 0;
    for (i64 i = threadIdx.x; i < size; i += blockDim.x) {
        sum += partial[r * partial_stride + i];
    }
    sum = lanes_sum(sum, warps);
    if (threadIdx.x == 0) {
        out[r * out_stride] = scale * sum;
    }
}

// Count, mean and sum of squared deviations of some values of a column.
struct Moments {
    double n;
    double mean;
    double m2;
};

__device__ inline void welford(Moments& m, double x) {
    m.n += 1;
    const double delta = x - m.mean;
    m.mean += delta / m.n;
    m.m2 = fma(delta, x - m.mean, m.m2);
}

__device__ inline Moments chan(const Moments& a, const Moments& b) {
    if (b.n == 0) {
        return a;
    }
    const double n = a.n + b.n, delta = b.mean - a.mean, share = b.n / n;
    return {n, fma(delta, share, a.mean), a.m2 + b.m2 + delta * delta * a.n * share};
}

KERNEL(moments)(double* __restrict__ mean, i64 mean_stride, double* __restrict__ m2, i64 m2_stride,
                const REAL* __restrict__ x, i64 x_stride, i64 R, i64 N, i64 W, i32 chunks) {
    __shared__ Moments partial[ROW_LANES][COLUMNS];
    const i64 r = blockIdx.x / (u32)chunks;
    const i64 w = chunk_of(chunks) * COLUMNS + threadIdx.x;
    const bool inside = r < R && w < W;
    Moments m = {0, 0, 0};
    for (i64 n = threadIdx.y; inside && n < N; n += ROW_LANES) {
        welford(m, (double)x[r * x_stride + n * W + w]);
    }
    partial[threadIdx.y][threadIdx.x] = m;
    __syncthreads();
    if (threadIdx.y == 0 && inside) {
        for (int lane = 1; lane < ROW_LANES; lane++) {
            m = chan(m, partial[lane][threadIdx.x]);
        }
        mean[r * mean_stride + w] = m.mean;
        m2[r * m2_stride + w] = m.m2;
    }
}

KERNEL(column_squares)(double* __restrict__ out, i64 out_stride, const REAL* __restrict__ x, i64 x_stride, i64 R, i64 K,
                       i64 W, i32 chunks) {
    __shared__ double partial[BLOCK];
    const i64 r = blockIdx.x / (u32)chunks;
    const i64 w = chunk_of(chunks) * COLUMNS + threadIdx.x;
    const bool inside = r < R && w < W;
    double sum = 0;
    for (i64 k = threadIdx.y; inside && k < K; k += ROW_LANES) {
        const double value = x[r * x_stride + k * W + w];
        sum = fma(value, value, sum);
    }
    sum = column_sum(sum, partial);
    if (threadIdx.y == 0 && inside) {
        out[r * out_stride + w] = sum;
    }
}

// True if (x, i) wins against (y, j): NaN above everything, then the larger, then the lower index. No candidate: index -1.
__device__ inline bool wins(REAL x, i32 i, REAL y, i32 j) {
    if (i < 0 || j < 0) {
        return j < 0;
    }
    const bool x_nan = x != x, y_nan = y != y;
    if (x_nan || y_nan) {
        return x_nan && (!y_nan || i < j);
    }
    return x > y || (x == y && i < j);
}

// argmax over the K values of one example, known to its `group` lanes. All lanes of the warp call it, idle ones with K = 0.
__device__ inline i32 argmax_of(const REAL* x, i64 K, i32 lane, i32 group) {
    REAL best = 0;
    i32 index = -1;
    for (i64 k = lane; k < K; k += group) {
        if (wins(x[k], (i32)k, best, index)) {
            best = x[k];
            index = (i32)k;
        }
    }
    for (int distance = group / 2; distance > 0; distance /= 2) {
        const REAL other = __shfl_xor_sync(FULL_WARP, best, distance);
        const i32 other_index = __shfl_xor_sync(FULL_WARP, index, distance);
        if (other_index >= 0 && wins(other, other_index, best, index)) {
            best = other;
            index = other_index;
        }
    }
    return index;
}

// blockDim = (group, rows): a row is one example (r, n); every block is whole warps.
KERNEL(argmax)(i32* __restrict__ index, i64 index_stride, const REAL* __restrict__ x, i64 x_stride, i64 R, i64 N, i64 K) {
    const i64 row = (i64)blockIdx.x * blockDim.y + threadIdx.y;
    const i64 r = row / N, n = row % N;
    const bool inside = r < R;
    const REAL* values = x + (inside ? r * x_stride + n * K : 0);
    const i32 best = argmax_of(values, inside ? K : 0, (i32)threadIdx.x, (i32)blockDim.x);
    if (inside && threadIdx.x == 0) {
        index[r * index_stride + n] = best;
    }
}

KERNEL(correct)(i32* __restrict__ count, i64 count_stride, const REAL* __restrict__ x, i64 x_stride,
                const i32* __restrict__ labels, i64 labels_stride, i64 R, i64 N, i64 K, i32 group) {
    __shared__ double warps[WARPS];
    const i64 r = row_of(1);
    if (r >= R) {
        return;
    }
    const i32 lane = (i32)threadIdx.x % group;
    double hits = 0; // exact: counts stay far below 2^53
    for (i64 first = 0; first < N; first += blockDim.x / group) {
        const i64 n = first + (i32)threadIdx.x / group;
        const bool inside = n < N;
        const i32 best = argmax_of(x + r * x_stride + (inside ? n * K : 0), inside ? K : 0, lane, group);
        hits += lane == 0 && inside && best == labels[r * labels_stride + n] ? 1.0 : 0.0;
    }
    hits = lanes_sum(hits, warps);
    if (threadIdx.x == 0) {
        count[r * count_stride] = (i32)hits;
    }
}

// As in luck-matters: 1e-10 is added to each sum of squares under the root, so a constant unit correlates 0.
constexpr double CORRELATION_FLOOR = 1e-10;

// A row is one teacher unit (r, t), its lanes run over the student's units.
KERNEL(correlation)(double* __restrict__ rho, i64 rho_stride, const REAL* __restrict__ teacher, i64 teacher_stride,
                    const REAL* __restrict__ student, i64 student_stride, const double* __restrict__ teacher_mean,
                    i64 teacher_mean_stride, const double* __restrict__ teacher_m2, i64 teacher_m2_stride,
                    const double* __restrict__ student_mean, i64 student_mean_stride,
                    const double* __restrict__ student_m2, i64 student_m2_stride, i64 R, i64 N, i64 T, i64 S,
                    i32 chunks) {
    const i64 row = row_of(chunks);
    const i64 r = row / T, t = row % T;
    const i64 s = chunk_of(chunks) * blockDim.x + threadIdx.x;
    if (r >= R || s >= S) {
        return;
    }
    const double t_mean = teacher_mean[r * teacher_mean_stride + t], s_mean = student_mean[r * student_mean_stride + s];
    double sum = 0;
    for (i64 n = 0; n < N; n++) {
        const double t_value = teacher[r * teacher_stride + n * T + t];
        const double s_value = student[r * student_stride + n * S + s];
        sum = fma(t_value - t_mean, s_value - s_mean, sum);
    }
    const double t_norm = sqrt(teacher_m2[r * teacher_m2_stride + t] + CORRELATION_FLOOR);
    const double s_norm = sqrt(student_m2[r * student_m2_stride + s] + CORRELATION_FLOOR);
    rho[r * rho_stride + t * S + s] = sum / (t_norm * s_norm);
}
