// loss.cu: values and gradients of the four losses, per replica, in one pass.
//
//     squared    (o - t)^2                     d/do = 2 (o - t)
//     logistic   log(1 + exp(-t o))            d/do = -t / (1 + exp(t o))
//     hinge      max(0, 1 - t o)               d/do = -t where t o < 1, else 0 (0 at the kink)
//     softmax cross-entropy  log(sum_k exp o_k) - o_label     d/do_k = softmax_k - [k = label]
//
// value[r] = scale * sum of the terms, gradient = scale * d/do. Logistic is formed as max(-m, 0) + log1p(exp(-|m|)), m = t o;
// cross-entropy with exponentials shifted by the largest output: neither overflows. Terms are formed in fp64 and summed
// there; the gradient is rounded once. A non-finite output adds NaN (x - x), so that it cannot hide in a saturated term. A label
// outside 0 .. K-1 makes its example's term and gradient NaN, and reads nothing out of bounds.
//
// Layout. outputs, gradient [R,N,K]; targets [R,N,K] or labels I32 [R,N]; value F64 [R].
// Threads. Rows of reduce.cuh, a row = one replica (or one chunk of its elements where N K is large: then value holds one
// partial sum per chunk and reduce.cu's finish adds them in order). Cross-entropy: `group` neighbouring lanes, a power of
// two, share one example.
// Bytes. 2 w per element for the value, 3 w with the gradient; flops ~ 3 (squared) to ~ 60 (logistic, cross-entropy).
// Determinism. Order of the sums by N and K alone.
#include "loss.cuh"

// The term of one element; slope becomes its derivative.
__device__ inline double element_loss(i32 kind, double o, double t, double& slope) {
    if (kind == SQUARED) {
        slope = 2 * (o - t);
        return (o - t) * (o - t);
    }
    const double margin = t * o;
    if (kind == LOGISTIC) {
        const double decay = exp(margin > 0 ? -margin : margin); // in (0, 1]: nothing overflows
        slope = -t * (margin > 0 ? decay : 1.0) / (1 + decay);
        return (margin > 0 ? 0.0 : -margin) + log1p(decay);
    }
    slope = margin < 1 ? -t : 0.0;
    return margin < 1 ? 1 - margin : 0.0;
}

// gradient may be the same array as outputs, or null where only the value is wanted.
KERNEL(loss_elementwise)(double* __restrict__ value, i64 value_stride, REAL* gradient, i64 gradient_stride,
                         const REAL* outputs, i64 outputs_stride, const REAL* __restrict__ targets, i64 targets_stride,
                         i64 R, i64 size, i64 chunk_size, i32 chunks, i32 kind, double scale, double value_scale) {
    __shared__ double warps[WARPS];
    const i64 r = row_of(chunks), chunk = chunk_of(chunks);
    if (r >= R) {
        return;
    }
    const i64 end = min((chunk + 1) * chunk_size, size);
    double sum = 0;
    for (i64 i = chunk * chunk_size + threadIdx.x; i < end; i += blockDim.x) {
        const double o = outputs[r * outputs_stride + i];
        const double unusable = o - o; // 0, or NaN for a non-finite output
        double slope;
        sum += element_loss(kind, o, targets[r * targets_stride + i], slope) + unusable;
        if (gradient != nullptr) {
            gradient[r * gradient_stride + i] = (REAL)(scale * slope + unusable);
        }
    }
    sum = lanes_sum(sum, warps);
    if (threadIdx.x == 0) {
        value[r * value_stride + chunk] = value_scale * sum;
    }
}

// Cross-entropy of one example, known to its lanes; `lane` of `group` takes outputs lane, lane + group ... All lanes of
// the warp must call it; those without an example pass K = 0. `top` and `total` come back for the gradient.
__device__ inline double cross_entropy(const REAL* o, i64 K, i64 label, i32 lane, i32 group, double& top, double& total) {
    top = K > 0 ? (double)o[0] : 0.0;
    const bool known = label >= 0 && label < K;
    double unusable = known ? 0.0 : NOT_A_NUMBER, sum = 0;
    for (i64 k = lane; k < K; k += group) {
        const double x = o[k];
        top = x > top ? x : top;
        unusable += x - x;
    }
    top = group_max(top, group);
    for (i64 k = lane; k < K; k += group) {
        sum += exp((double)o[k] - top);
    }
    total = group_sum(sum + unusable, group);
    return K > 0 ? log(total) - ((double)o[known ? label : 0] - top) : 0.0;
}

// gradient may be the same array as outputs, or null where only the value is wanted. chunk_size counts examples.
KERNEL(loss_cross_entropy)(double* __restrict__ value, i64 value_stride, REAL* gradient, i64 gradient_stride,
                           const REAL* outputs, i64 outputs_stride, const i32* __restrict__ labels, i64 labels_stride,
                           i64 R, i64 N, i64 K, i64 chunk_size, i32 chunks, i32 group, double scale, double value_scale) {
    __shared__ double warps[WARPS];
    const i64 r = row_of(chunks), chunk = chunk_of(chunks);
    if (r >= R) {
        return;
    }
    const i32 lane = (i32)threadIdx.x % group;
    const i64 end = min((chunk + 1) * chunk_size, N);
    double sum = 0;
    for (i64 first = chunk * chunk_size; first < end; first += blockDim.x / group) {
        const i64 n = first + (i32)threadIdx.x / group;
        const bool inside = n < end;
        const REAL* o = outputs + r * outputs_stride + (inside ? n * K : 0);
        const i64 label = inside ? labels[r * labels_stride + n] : 0;
        double top, total;
        const double term = cross_entropy(o, inside ? K : 0, label, lane, group, top, total);
        sum += lane == 0 ? term : 0.0;
        if (gradient == nullptr) {
            continue;
        }
        __syncwarp(); // gradient may overwrite outputs that lanes of this example still read
        REAL* slope = gradient + r * gradient_stride + n * K;
        for (i64 k = lane; inside && k < K; k += group) {
            slope[k] = (REAL)(scale * (exp((double)o[k] - top) / total - (k == label ? 1.0 : 0.0)));
        }
    }
    sum = lanes_sum(sum, warps);
    if (threadIdx.x == 0) {
        value[r * value_stride + chunk] = value_scale * sum;
    }
}
