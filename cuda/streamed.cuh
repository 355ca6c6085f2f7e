// streamed.cuh: one unit's part of a sweep over a wide two-layer network. See streamed.cu.
#pragma once

#include "strip.cuh"
#include "update.cuh"

// What a sweep does, bit by bit (Sweep's parts on the host).
constexpr i32 DESCEND = 1, KEEP_GRADIENT = 2, ADVANCE = 4, RECTIFIED = 8, BIASED = 16, CHECK = 32;

// One replica's parameters, or an array of the same layout: 0.weight [W,D], 0.bias [W], 1.weight [K,W], 1.bias [K].
struct Places {
    i64 bias, above, top; // 0.weight begins at 0
};

__device__ inline Places places_of(i64 D, i64 W, i64 K, bool biased) {
    const i64 bias = W * D, above = bias + (biased ? W : 0);
    return {bias, above, above + K * W};
}

struct Sizes {
    i32 N, D, K;
    i64 W;
};

// One replica's arrays; state and gradient only where they are used.
struct Network {
    REAL *weights, *state, *gradient;
    Places at;
};

// The step that is taken.
struct Move {
    Scalars scalars;
    i32 rule;
    i64 step;
    bool commits;        // writes new weights and state
    bool keeps_gradient; // writes the gradient
    bool gradient_fails, weight_fails;
};

// A parameter and its momentum, wherever they wait (registers, shared memory or at home), meet their gradient.
__device__ inline void take(Move& move, REAL& weight, REAL* memory, REAL* kept_gradient, REAL gradient) {
    if (move.keeps_gradient) {
        *kept_gradient = gradient;
    }
    const Parameter old = {weight, move.rule != SGD && move.step > 0 ? *memory : (REAL)0, 0};
    const Parameter next = updated(old, gradient, move.scalars, move.rule, move.step);
    move.gradient_fails = move.gradient_fails || !is_finite((double)gradient);
    move.weight_fails = move.weight_fails || !is_finite(next);
    if (move.commits) {
        weight = next.weight;
        if (move.rule != SGD) {
            *memory = next.m;
        }
    }
}

// Row i of an array [.][T].
template <int T>
__device__ inline Strip<T> strip_at(const REAL* columns, i32 i) {
    return *reinterpret_cast<const Strip<T>*>(columns + i * T);
}

// z_n = bias + sum_d x[n,d] w[d], d ascending. columns: [D][T], example fastest, zeros from N on.
template <int T>
__device__ inline void pre_activations(REAL (&z)[T], const REAL* row, const REAL* columns, i32 D, REAL bias) {
#pragma unroll
    for (int n = 0; n < T; n++) {
        z[n] = bias;
    }
    for (i32 d = 0; d < D; d++) {
        const REAL w = row[d];
        const Strip<T> x = strip_at<T>(columns, d);
#pragma unroll
        for (int n = 0; n < T; n++) {
            z[n] = fma(x.at[n], w, z[n]);
        }
    }
}

// a_n = max(z_n, 0); a NaN stays.
template <int T>
__device__ inline void activate(REAL (&z)[T], i32 parts) {
#pragma unroll
    for (int n = 0; n < T; n++) {
        z[n] = (parts & RECTIFIED) != 0 && z[n] <= 0 ? (REAL)0 : z[n];
    }
}

// The examples of a batch as a block sees them in shared memory.
template <int T>
struct Columns {
    REAL* x;      // [D][T]
    REAL* slopes; // [K][T] d loss / d output
};

// Slope of every example at this unit's z, from weights that have not moved yet.
template <int T>
__device__ inline void unit_slopes(REAL (&s)[T], const REAL (&z)[T], const Network& net, const Columns<T>& batch,
                                   const Sizes& size, i64 unit, i32 parts) {
#pragma unroll
    for (int n = 0; n < T; n++) {
        s[n] = 0;
    }
    for (i32 k = 0; k < size.K; k++) {
        const REAL v = net.weights[net.at.above + k * size.W + unit];
        const Strip<T> e = strip_at<T>(batch.slopes, k);
#pragma unroll
        for (int n = 0; n < T; n++) {
            s[n] = fma(e.at[n], v, s[n]);
        }
    }
#pragma unroll
    for (int n = 0; n < T; n++) {
        s[n] = (parts & RECTIFIED) != 0 && !(z[n] > 0) ? (REAL)0 : s[n];
    }
}

// sum_n a_n b_n, n ascending.
template <int T>
__device__ inline REAL over_examples(const REAL (&a)[T], const Strip<T>& b) {
    REAL sum = 0;
#pragma unroll
    for (int n = 0; n < T; n++) {
        sum = fma(a[n], b.at[n], sum);
    }
    return sum;
}

// Gradient and update of everything that belongs to one unit: its row (in shared memory), its bias, its K weights above.
template <int T>
__device__ inline void descend(Move& move, const Network& net, REAL* row, REAL* row_state, const Columns<T>& batch,
                               const Sizes& size, i64 unit, i32 parts) {
    REAL z[T], s[T];
    const bool biased = (parts & BIASED) != 0;
    pre_activations<T>(z, row, batch.x, size.D, biased ? net.weights[net.at.bias + unit] : (REAL)0);
    unit_slopes<T>(s, z, net, batch, size, unit, parts);
    activate<T>(z, parts);
    for (i32 k = 0; k < size.K; k++) {
        const i64 at = net.at.above + k * size.W + unit;
        take(move, net.weights[at], net.state + at, net.gradient + at, over_examples<T>(z, strip_at<T>(batch.slopes, k)));
    }
    if (biased) {
        const i64 at = net.at.bias + unit;
        REAL sum = 0;
#pragma unroll
        for (int n = 0; n < T; n++) {
            sum += s[n];
        }
        take(move, net.weights[at], net.state + at, net.gradient + at, sum);
    }
    for (i32 d = 0; d < size.D; d++) {
        take(move, row[d], row_state + d, net.gradient + unit * size.D + d, over_examples<T>(s, strip_at<T>(batch.x, d)));
    }
}

// The output biases; by one thread.
template <int T>
__device__ inline void descend_top(Move& move, const Network& net, const Columns<T>& batch, const Sizes& size) {
    for (i32 k = 0; k < size.K; k++) {
        const i64 at = net.at.top + k;
        REAL sum = 0;
        for (int n = 0; n < T; n++) {
            sum += batch.slopes[k * T + n];
        }
        take(move, net.weights[at], net.state + at, net.gradient + at, sum);
    }
}

__device__ inline REAL larger(REAL a, REAL b) {
    return b > a ? b : a;
}

// The largest numbers met so far.
struct Extreme {
    REAL weight, memory;
    __device__ void meet(REAL w, REAL m) {
        weight = larger(weight, fabs(w));
        memory = larger(memory, fabs(m));
    }
    __device__ void meet(const Network& net, i64 at, bool remembers) {
        meet(net.weights[at], remembers ? net.state[at] : (REAL)0);
    }
};

// Sum over the 32 units of a warp; the same bits in all lanes.
__device__ inline REAL group_sum(REAL value) {
    for (int distance = WARP / 2; distance > 0; distance /= 2) {
        value += __shfl_xor_sync(FULL_WARP, value, distance);
    }
    return value;
}

__device__ inline REAL group_max(REAL value) {
    for (int distance = WARP / 2; distance > 0; distance /= 2) {
        value = larger(value, __shfl_xor_sync(FULL_WARP, value, distance));
    }
    return value;
}
