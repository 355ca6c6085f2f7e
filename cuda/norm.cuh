// norm.cuh: what the kernels of batch normalisation share: the arithmetic of an element, the constants of a channel, sums in
// a fixed order, and where the values of a channel lie.
//
// x of a replica is [N, C, S], S = 1 in a dense layer, H W in planes; a channel has M = N S values.
#pragma once

#include "reduce.cuh"

// Constants of a channel in the element type; a table of them is [R, CONSTANTS, C].
enum Constant {
    HIGH, LOW, ROOT, SCALE, SHIFT,             // mean = HIGH + LOW, ROOT = 1 / sqrt(variance + eps)
    SLOPE, FIRST, SECOND,                      // of the backward pass
    T_SCALE, T_SHIFT, T_MEAN, T_PRODUCT,       // of a direction
    T_FIRST, T_SECOND,                         // of the backward pass in a direction
    CONSTANTS
};

// xhat. The mean comes in two parts: the first difference is exact where x is near it.
__device__ inline REAL standard(REAL x, REAL high, REAL low, REAL root) {
    return ((x - high) - low) * root;
}

__device__ inline REAL high_of(double mean) {
    return (REAL)mean;
}

__device__ inline REAL low_of(double mean) {
    return (REAL)(mean - (double)(REAL)mean);
}

__device__ inline double root_of(double variance, double eps) {
    return 1 / sqrt(variance + eps);
}

// dx of one element: slope (g - first - xhat second).
__device__ inline REAL slope_of(REAL g, REAL xhat, REAL slope, REAL first, REAL second) {
    return slope * fma(-xhat, second, g - first);
}

// Count, mean and sum of squared deviations of some values.
struct Spread {
    static constexpr int PARTS = 3;
    double n, mean, m2;

    __device__ static Spread none() {
        return {0, 0, 0};
    }

    __device__ double part(int k) const {
        return k == 0 ? n : k == 1 ? mean : m2;
    }

    __device__ static Spread of(const double* parts, i64 pitch) {
        return {parts[0], parts[pitch], parts[2 * pitch]};
    }
};

// Chan, Golub, LeVeque 1983. Neither changes the other where it has no values.
__device__ inline Spread merged(const Spread& a, const Spread& b) {
    if (a.n == 0 || b.n == 0) {
        return b.n == 0 ? a : b;
    }
    const double n = a.n + b.n, delta = b.mean - a.mean, share = b.n / n;
    return {n, fma(delta, share, a.mean), a.m2 + b.m2 + delta * delta * a.n * share};
}

// The first `count` of some values, by two passes over registers.
template <int ITEMS>
__device__ inline Spread spread_of(const REAL (&values)[ITEMS], int count) {
    double sum = 0, m2 = 0;
#pragma unroll
    for (int k = 0; k < ITEMS; k++) {
        sum += k < count ? (double)values[k] : 0.0;
    }
    const double mean = count == ITEMS ? sum / ITEMS : sum / max(count, 1);
#pragma unroll
    for (int k = 0; k < ITEMS; k++) {
        const double distance = k < count ? (double)values[k] - mean : 0.0;
        m2 = fma(distance, distance, m2);
    }
    return {(double)count, mean, m2};
}

// K sums.
template <int K>
struct Sums {
    static constexpr int PARTS = K;
    double at[K];

    __device__ static Sums none() {
        Sums sums;
        for (int k = 0; k < K; k++) {
            sums.at[k] = 0;
        }
        return sums;
    }

    __device__ double part(int k) const {
        return at[k];
    }

    __device__ static Sums of(const double* parts, i64 pitch) {
        Sums sums;
        for (int k = 0; k < K; k++) {
            sums.at[k] = parts[k * pitch];
        }
        return sums;
    }
};

template <int K>
__device__ inline Sums<K> merged(const Sums<K>& a, const Sums<K>& b) {
    Sums<K> sums;
    for (int k = 0; k < K; k++) {
        sums.at[k] = a.at[k] + b.at[k];
    }
    return sums;
}

// sum g, sum g xhat.
__device__ inline void add_product(Sums<2>& sums, REAL g, REAL xhat) {
    sums.at[0] += (double)g;
    sums.at[1] = fma((double)g, (double)xhat, sums.at[1]);
}

// Merges over groups of `parts` threads, a power of two, `stride` threads apart: thread `first` of a group ends with the
// result. All threads of the block take part; `shared` holds BLOCK of them.
template <typename T>
__device__ inline T merged_over(T mine, T* shared, int part, int parts, int stride) {
    const int t = (int)(threadIdx.y * blockDim.x + threadIdx.x);
    for (int distance = parts / 2; distance > 0; distance /= 2) {
        shared[t] = mine;
        __syncthreads();
        if (part < distance) {
            mine = merged(mine, shared[t + distance * stride]);
        }
        __syncthreads();
    }
    return mine;
}

// Place and channel of one thread that steps through a replica's block.
struct Place {
    u32 s, c;     // place within the plane, channel
    u32 ds, dc;   // of a step
    u32 S, C;

    // At element `i`, steps of `step` elements.
    __device__ Place(i64 i, u32 step, i64 planes, i64 places) : S((u32)places), C((u32)planes) {
        const u32 pitch = S * C, o = (u32)(i % pitch), d = step % pitch;
        c = o / S;
        s = o % S;
        dc = d / S;
        ds = d % S;
    }

    __device__ void advance() {
        s += ds;
        c += dc;
        if (s >= S) {
            s -= S;
            c++;
        }
        if (c >= C) {
            c -= C;
        }
    }
};
