// population.cu: squared distance of two ReLU networks with one hidden layer over all Gaussian inputs, in closed form.
//
//     squared_relu   loss[r] = scale E|f_r(x) - g_r(x)|^2, x ~ N(0, I_D), and d loss / d parameters of f
//
// f(x) = V relu(W x) is the student, g the teacher. With d = a.b, r = sqrt(|a|^2 |b|^2 - d^2) and the acute angle s between the
// lines of two units a and b, tan(s/2) = r / (|a| |b| + |d|):
//
//     E[relu(a.x) relu(b.x)] = h(a, b) = max(d, 0) / 2 + (r - s |d|) / (2 pi)
//     dh/da = (r / |a|^2 a + opening b) / (2 pi),  opening = pi - s where d > 0, else s
//
// half the arc-cosine kernel of degree 1. Cho and Saul, Kernel methods for deep learning, NIPS 2009. A unit's weights are divided
// by a power of two near their largest and its outgoing weights multiplied by it, so that no square leaves the range.
//
// Layout. Parameters flat [R, P]: W [units, D], V [K, units]. M = S + T units, the student's first. Everything between is fp64
// and lies in `work`: dynamic shared memory where it fits, else a piece of global memory per block.
//
// Threads. A block per replica, one after the other where there are more replicas than blocks; a warp per unit a; lanes are
// units b of a tile, then outputs k, then inputs d. Bytes: w per parameter, read once and, for the student, written once.
// Flops: 2 M^2 (D + K) + 2 S M (D + K) + 90 M^2, all fp64.
//
// Determinism. Every sum is one chain in the order of its index, by one thread; student and teacher are summed apart and
// subtracted. Only correctly rounded operations: the bits of engine.cpu.UnitPairs.
#define RECTIFIER_BLOCKS 2 // with its own choice of 64 registers ptxas spills
#include "population.cuh"

KERNEL(squared_relu)(double* __restrict__ loss, i64 loss_stride, REAL* __restrict__ gradient, i64 gradient_stride,
                     double* __restrict__ global, i64 global_stride, const REAL* __restrict__ student, i64 student_stride,
                     const REAL* __restrict__ teacher, i64 teacher_stride, i64 R, i64 S, i64 T, i64 D, i64 K, double scale) {
    DYNAMIC_SHARED(double, shared);
    __shared__ Tile tiles[WARPS];
    const i32 lane = (i32)threadIdx.x % WARP, warp = (i32)threadIdx.x / WARP;
    Work work;
    work.cut(global == nullptr ? shared : global + blockIdx.x * global_stride, S, T, D, K);
    for (i64 r = blockIdx.x; r < R; r += gridDim.x) {
        work.student = student + r * student_stride;
        work.teacher = teacher + r * teacher_stride;
        for (i64 u = warp; u < work.M; u += WARPS) {
            load_unit(work, u, lane);
        }
        __syncthreads();
        square_units(work, 0, work.M);
        __syncthreads();
        for (i64 a = warp; a < work.M; a += WARPS) {
            unit(work, a, gradient + r * gradient_stride, scale, tiles[warp], lane, warp);
        }
        __syncthreads();
        if (threadIdx.x == 0) {
            loss[r * loss_stride] = loss_of(work, scale);
        }
        __syncthreads();
    }
}
