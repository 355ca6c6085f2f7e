// update.cu: optimiser steps over flat parameters, the finiteness guard, projection of rows to unit norm.
//
//     guard          cause[r] = LOSS or GRADIENT where one is not finite        w bytes per parameter
//     step           one fused kernel per step where a replica fits (P <= lanes * KEPT): reads w, g and state once, writes
//                    w and state once: (3 + 2 slots) w bytes per parameter. Given the loss, it is the guard as well
//     step_check, step_commit   the same in two passes where it does not: 2 + slots accesses more
//     advance        sets or advances the clock of recorded work                8 bytes
//     normalize_rows (w, b)[row] /= |(w, b)[row]|                               2 w bytes per weight
//
// Rules (PyTorch's conventions; UpdateRule): g = gradient + l2 w; w *= 1 - rate decay; then
//     SGD       w -= rate g
//     MOMENTUM  m = momentum m + (1 - dampening) g, m = g at step 0;  w -= rate m
//     NESTEROV  the same m;  w -= rate (g + momentum m)
//     ADAM      m = b1 m + (1 - b1) g;  v = b2 v + (1 - b2) g^2;  w -= rate (m c1) / (sqrt(v c2) + epsilon),
//               c1 = 1 / (1 - b1^t), c2 = 1 / (1 - b2^t), t = step + 1
// Scalars of a replica are formed in fp64 and rounded once; the rest is in the element type, fma where written.
//
// Layout. weights, gradient [R,P]; state [R, slots P]; mask I32, bit 0 = this parameter keeps all its bits; hyper F64 [R,7]
// (Hyper's order); cause I32 [R], step_of I64 [R]; factors F64 [R, slots], where given, stand for `factor`. With a clock,
// `step` counts from it (common.cuh).
//
// Check, then commit. If one new number of a replica is not finite, nothing of the replica is written, and it is frozen with
// cause WEIGHT; given the loss, before that with LOSS or GRADIENT where one of these is not finite. Fused: all new numbers wait
// in registers for the vote. Two passes: each chunk of a replica notes its cause in a verdict of its own, [R, chunks], and
// changes nothing; commit reads all verdicts of the replica and computes the same numbers again if there is none. The first
// chunk then writes cause and step, which the others do not read: no word has two writers.
//
// Threads. Rows of reduce.cuh, a row = a replica or a chunk of it. Determinism: elementwise; votes do not depend on order.
#include "reduce.cuh"
#include "update.cuh"

constexpr int KEPT = 16; // parameters per thread in the fused step

KERNEL(guard)(i32* cause, i64 cause_stride, i64* step_of, i64 step_of_stride, const double* __restrict__ loss,
              i64 loss_stride, const REAL* __restrict__ gradient, i64 gradient_stride, const i64* __restrict__ clock,
              i64 clock_stride, i64 R, i64 P, i64 chunk_size, i32 chunks, i64 step) {
    const i64 r = row_of(chunks), chunk = chunk_of(chunks);
    if (r >= R) {
        return;
    }
    const bool loss_fails = !is_finite(loss[r * loss_stride]);
    const i64 end = min((chunk + 1) * chunk_size, P);
    bool fails = false;
    for (i64 i = chunk * chunk_size + threadIdx.x; i < end; i += blockDim.x) {
        fails = fails || !is_finite(gradient[r * gradient_stride + i]);
    }
    fails = lanes_any(fails);
    if (threadIdx.x == 0 && (loss_fails || fails) && cause[r * cause_stride] == NONE) {
        cause[r * cause_stride] = loss_fails ? LOSS : GRADIENT;
        step_of[r * step_of_stride] = now_of(clock, clock_stride, r, step);
    }
}

// The schedule's factor at a step: as given, or from a table of the factors of so many steps (slots), used round and round.
__device__ inline double factor_of(const double* factors, i64 first, i64 slots, i64 step, double given) {
    return factors == nullptr ? given : factors[first + step % slots];
}

// The arrays of one replica.
struct Replica {
    REAL* weights;
    REAL* state;
    const REAL* gradient;
    const u32* mask;
    i64 P;
};

__device__ inline bool moves(const Replica& replica, i64 i) {
    return i < replica.P && (replica.mask == nullptr || (replica.mask[i / WARP] >> (i % WARP) & 1u) != 0);
}

// The new values of parameter i, which moves. State is read only where the rule has it (at step 0 momentum has none yet).
__device__ inline Parameter next_of(const Replica& replica, i64 i, const Scalars& s, i32 rule, i64 step) {
    Parameter old = {replica.weights[i], 0, 0};
    if (rule == ADAM || (rule != SGD && step > 0)) {
        old.m = replica.state[i];
    }
    if (rule == ADAM) {
        old.v = replica.state[replica.P + i];
    }
    return updated(old, replica.gradient[i], s, rule, step);
}

__device__ inline void commit(const Replica& replica, i64 i, const Parameter& next, i32 rule) {
    replica.weights[i] = next.weight;
    if (rule != SGD) {
        replica.state[i] = next.m;
    }
    if (rule == ADAM) {
        replica.state[replica.P + i] = next.v;
    }
}

// The first of these that happened.
__device__ inline i32 cause_of(bool loss_fails, bool gradient_fails, bool weight_fails) {
    return loss_fails ? LOSS : gradient_fails ? GRADIENT : weight_fails ? WEIGHT : NONE;
}

KERNEL(step)(REAL* __restrict__ weights, i64 weights_stride, REAL* __restrict__ state, i64 state_stride, i32* cause,
             i64 cause_stride, i64* step_of, i64 step_of_stride, const double* __restrict__ loss, i64 loss_stride,
             const REAL* __restrict__ gradient, i64 gradient_stride, const u32* __restrict__ mask, i64 mask_stride, const double* __restrict__ hyper, i64 hyper_stride,
             const double* __restrict__ factors, i64 factors_stride, const i64* __restrict__ clock, i64 clock_stride,
             i64 R, i64 P, i32 rule, double factor, i64 slots, i64 step) {
    const i64 r = row_of(1);
    if (r >= R || cause[r * cause_stride] != NONE) {
        return;
    }
    const i64 now = now_of(clock, clock_stride, r, step);
    const double share = factor_of(factors, r * factors_stride, slots, now, factor);
    const Scalars s = scalars_of(hyper + r * hyper_stride, rule, share, now);
    const Replica replica = {weights + r * weights_stride, state + r * state_stride, gradient + r * gradient_stride,
                             mask == nullptr ? nullptr : mask + r * mask_stride, P};
    const bool guarded = loss != nullptr;
    Parameter next[KEPT];
    bool unfit = false, fails = false;
#pragma unroll
    for (int k = 0; k < KEPT; k++) {
        const i64 i = (i64)k * blockDim.x + threadIdx.x;
        next[k] = {0, 0, 0};
        if (guarded && i < P) {
            unfit |= !is_finite(replica.gradient[i]);
        }
        if (moves(replica, i)) {
            next[k] = next_of(replica, i, s, rule, now);
            fails |= !is_finite(next[k]);
        }
    }
    const i32 why = cause_of(guarded && !is_finite(loss[r * loss_stride]), guarded && lanes_any(unfit), lanes_any(fails));
    if (why != NONE && threadIdx.x == 0) {
        cause[r * cause_stride] = why;
        step_of[r * step_of_stride] = now;
    }
#pragma unroll
    for (int k = 0; k < KEPT; k++) {
        const i64 i = (i64)k * blockDim.x + threadIdx.x;
        if (why == NONE && moves(replica, i)) {
            commit(replica, i, next[k], rule);
        }
    }
}

KERNEL(step_check)(i32* __restrict__ verdict, i64 verdict_stride, const i32* __restrict__ cause, i64 cause_stride,
                   const double* __restrict__ loss, i64 loss_stride, const REAL* weights, i64 weights_stride,
                   const REAL* state, i64 state_stride, const REAL* __restrict__ gradient, i64 gradient_stride,
                   const u32* __restrict__ mask, i64 mask_stride, const double* __restrict__ hyper, i64 hyper_stride,
                   const double* __restrict__ factors, i64 factors_stride, const i64* __restrict__ clock,
                   i64 clock_stride, i64 R, i64 P, i64 chunk_size, i32 chunks, i32 rule, double factor, i64 slots,
                   i64 step) {
    const i64 r = row_of(chunks), chunk = chunk_of(chunks);
    if (r >= R || cause[r * cause_stride] != NONE) {
        return;
    }
    const i64 now = now_of(clock, clock_stride, r, step);
    const double share = factor_of(factors, r * factors_stride, slots, now, factor);
    const Scalars s = scalars_of(hyper + r * hyper_stride, rule, share, now);
    const Replica replica = {const_cast<REAL*>(weights) + r * weights_stride,
                             const_cast<REAL*>(state) + r * state_stride, gradient + r * gradient_stride,
                             mask == nullptr ? nullptr : mask + r * mask_stride, P};
    const i64 end = min((chunk + 1) * chunk_size, P);
    const bool guarded = loss != nullptr;
    bool unfit = false, fails = false;
    for (i64 i = chunk * chunk_size + threadIdx.x; i < end; i += blockDim.x) {
        unfit |= guarded && !is_finite(replica.gradient[i]);
        fails |= moves(replica, i) && !is_finite(next_of(replica, i, s, rule, now));
    }
    const i32 why = cause_of(guarded && !is_finite(loss[r * loss_stride]), guarded && lanes_any(unfit), lanes_any(fails));
    if (threadIdx.x == 0) {
        verdict[r * verdict_stride + chunk] = why;
    }
}

// A replica's health.
struct Mark {
    i32* cause;
    i64* step_of;
};

// Whether a replica is frozen or one of its chunks has a cause; all lanes of its row know. The first lane of the first chunk
// writes down which: the first in order of those that were found.
__device__ inline bool judged(const Mark& mark, const i32* verdict, i32 chunks, i64 chunk, i64 now) {
    bool any = false;
    for (i32 c = (i32)threadIdx.x; c < chunks; c += (i32)blockDim.x) {
        any |= verdict[c] != NONE;
    }
    any = lanes_any(any);
    if (!any) {
        return *mark.cause != NONE;
    }
    if (chunk == 0 && threadIdx.x == 0 && *mark.cause == NONE) {
        i32 why = WEIGHT;
        for (i32 c = 0; c < chunks; c++) {
            why = verdict[c] != NONE && verdict[c] < why ? verdict[c] : why;
        }
        *mark.cause = why;
        *mark.step_of = now;
    }
    return true;
}

KERNEL(step_commit)(REAL* __restrict__ weights, i64 weights_stride, REAL* __restrict__ state, i64 state_stride,
                    i32* cause, i64 cause_stride, i64* step_of, i64 step_of_stride, const i32* __restrict__ verdict,
                    i64 verdict_stride, const REAL* __restrict__ gradient, i64 gradient_stride,
                    const u32* __restrict__ mask, i64 mask_stride, const double* __restrict__ hyper, i64 hyper_stride,
                    const double* __restrict__ factors, i64 factors_stride, const i64* __restrict__ clock,
                    i64 clock_stride, i64 R, i64 P, i64 chunk_size, i32 chunks, i32 rule, double factor, i64 slots,
                    i64 step) {
    const i64 r = row_of(chunks), chunk = chunk_of(chunks);
    if (r >= R) {
        return;
    }
    const i64 now = now_of(clock, clock_stride, r, step);
    const Mark mark = {cause + r * cause_stride, step_of + r * step_of_stride};
    if (judged(mark, verdict + r * verdict_stride, chunks, chunk, now)) {
        return;
    }
    const double share = factor_of(factors, r * factors_stride, slots, now, factor);
    const Scalars s = scalars_of(hyper + r * hyper_stride, rule, share, now);
    const Replica replica = {weights + r * weights_stride, state + r * state_stride, gradient + r * gradient_stride,
                             mask == nullptr ? nullptr : mask + r * mask_stride, P};
    const i64 end = min((chunk + 1) * chunk_size, P);
    for (i64 i = chunk * chunk_size + threadIdx.x; i < end; i += blockDim.x) {
        if (moves(replica, i)) {
            commit(replica, i, next_of(replica, i, s, rule, now), rule);
        }
    }
}

// Recorded work ends with it: the clock shows `from`, or, where that is negative, goes on by `steps`.
KERNEL(advance)(i64* clock, i64 clock_stride, i64 R, i64 from, i64 steps) {
    const i64 r = row_of(1);
    if (r < R && threadIdx.x == 0) {
        clock[r * clock_stride] = from >= 0 ? from : clock[r * clock_stride] + steps;
    }
}

// A row is one unit (r, k): its D weights and its bias.
KERNEL(normalize_rows)(REAL* __restrict__ w, i64 w_stride, REAL* __restrict__ b, i64 b_stride,
                       const i32* __restrict__ cause, i64 cause_stride, i64 R, i64 K, i64 D) {
    __shared__ double warps[WARPS];
    const i64 row = row_of(1);
    const i64 r = row / K, k = row % K;
    if (r >= R || cause[r * cause_stride] != NONE) {
        return;
    }
    REAL* weights = w + r * w_stride + k * D;
    REAL* bias = b + r * b_stride + k;
    double squares = threadIdx.x == 0 ? (double)*bias * (double)*bias : 0.0;
    for (i64 d = threadIdx.x; d < D; d += blockDim.x) {
        squares = fma((double)weights[d], (double)weights[d], squares);
    }
    const double norm = sqrt(lanes_sum(squares, warps));
    if (norm == 0) {
        return;
    }
    for (i64 d = threadIdx.x; d < D; d += blockDim.x) {
        weights[d] = (REAL)((double)weights[d] / norm);
    }
    if (threadIdx.x == 0) {
        *bias = (REAL)((double)*bias / norm);
    }
}
