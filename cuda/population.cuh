// population.cuh: pairs of ReLU units under Gaussian inputs, and the sums over them. See population.cu for the formulas.
#pragma once

#include "common.cuh"

constexpr int WARPS = BLOCK / WARP; // of a block at most
constexpr int PARTS = 2;            // student, teacher
constexpr double HALF_PI = 1.5707963267948966;
constexpr double INVERSE_PI = 0.3183098861837907;
constexpr double INVERSE_TWO_PI = 0.15915494309189535;
constexpr double TINY = 0x1p-1000; // below every sum of squares of a unit that is not zero

// atan(x) for x in [0, 1]; a NaN stays a NaN. tensor.ArcTangent is the same text.
__device__ inline double atan_of(double x) {
    const double z = x * x;
    double q = fma(1.806195461861215e-05, z, -0.00019996189377901382);
    q = fma(q, z, 0.0010496035084968515);
    q = fma(q, z, -0.0034958859739163094);
    q = fma(q, z, 0.008368931178450162);
    q = fma(q, z, -0.015535152475414177);
    q = fma(q, z, 0.023696731580048622);
    q = fma(q, z, -0.031277189066996385);
    q = fma(q, z, 0.03749486812535247);
    q = fma(q, z, -0.04260356632601652);
    q = fma(q, z, 0.04737749579527779);
    q = fma(q, z, -0.052579733342841106);
    q = fma(q, z, 0.05881506877793656);
    q = fma(q, z, -0.06666564699289104);
    q = fma(q, z, 0.07692298971033217);
    q = fma(q, z, -0.09090908590891934);
    q = fma(q, z, 0.11111111093490827);
    q = fma(q, z, -0.14285714285384132);
    q = fma(q, z, 0.1999999999999753);
    q = fma(q, z, -0.3333333333333333);
    return fma(x * z, q, x);
}

// The larger of x and a number y; NaN if x is, as Java's Math.max and unlike fmax.
__device__ inline double at_least(double x, double y) {
    return x < y ? y : x;
}

// Two networks of one replica, and what a block works in.
struct Work {
    const REAL* student;
    const REAL* teacher;
    i64 S, M, D, K;
    double* rows;        // [M, D] weights, divided
    double* columns;     // [D, M] the same
    double* out;         // [M, K] outgoing weights, multiplied
    double* out_columns; // [K, M] the same
    double* power;       // [M] divisors
    double* square;      // [M] squared norms of the rows
    double* energy;      // [M] sum_k out_k E[relu(a.x) (f - g)_k(x)]
    double* sums;        // [warps, PARTS, D + K] running sums of a warp

    __device__ void cut(double* from, i64 s, i64 t, i64 d, i64 k) {
        S = s, M = s + t, D = d, K = k;
        rows = from;
        columns = rows + M * D;
        out = columns + M * D;
        out_columns = out + M * K;
        power = out_columns + M * K;
        square = power + M;
        energy = square + M;
        sums = energy + M;
    }
};

// The largest power of two not above the largest |w|, as biased exponent, kept where its inverse is normal.
__device__ inline i64 exponent_of(const REAL* w, i64 D, i32 lane) {
    double largest = 0;
    for (i64 d = lane; d < D; d += WARP) {
        const double size = fabs((double)w[d]);
        largest = size > largest ? size : largest;
    }
    for (int distance = WARP / 2; distance > 0; distance /= 2) {
        const double other = __shfl_xor_sync(FULL_WARP, largest, distance);
        largest = other > largest ? other : largest;
    }
    const i64 exponent = (i64)(((u64)__double_as_longlong(largest) >> 52) & 0x7ff);
    return min(max(exponent, (i64)1), (i64)2045);
}

// One warp: unit u of the work.
__device__ inline void load_unit(const Work& work, i64 u, i32 lane) {
    const bool own = u < work.S;
    const i64 count = own ? work.S : work.M - work.S, i = own ? u : u - work.S;
    const REAL* flat = own ? work.student : work.teacher;
    const i64 exponent = exponent_of(flat + i * work.D, work.D, lane);
    const double power = __longlong_as_double(exponent << 52);
    const double inverse = __longlong_as_double((2046 - exponent) << 52);
    for (i64 d = lane; d < work.D; d += WARP) {
        const double w = (double)flat[i * work.D + d] * inverse;
        work.rows[u * work.D + d] = w;
        work.columns[d * work.M + u] = w;
    }
    for (i64 k = lane; k < work.K; k += WARP) {
        const double v = (double)flat[count * work.D + k * count + i] * power;
        work.out[u * work.K + k] = v;
        work.out_columns[k * work.M + u] = v;
    }
    if (lane == 0) {
        work.power[u] = power;
    }
}

// A block's threads: squared norms of the units first .. end - 1, in the order in which inner products are summed.
__device__ inline void square_units(const Work& work, i64 first, i64 end) {
    for (i64 u = first + threadIdx.x; u < end; u += blockDim.x) {
        double square = 0;
        for (i64 d = 0; d < work.D; d++) {
            square = fma(work.columns[d * work.M + u], work.columns[d * work.M + u], square);
        }
        work.square[u] = square;
    }
}

// What unit a has to do with the units of a tile, one per lane.
struct Tile {
    double height[WARP];  // h(a, b)
    double opening[WARP]; // times pull
    double root[WARP];
    double pull[WARP]; // sum_k V_ka out_kb, 0 for units of the teacher
};

__device__ inline void pair(const Work& work, i64 a, i64 b, Tile& tile, i32 lane) {
    double d = 0, pull = 0;
    for (i64 i = 0; i < work.D; i++) {
        d = fma(work.rows[a * work.D + i], work.columns[i * work.M + b], d);
    }
    for (i64 k = 0; a < work.S && k < work.K; k++) {
        pull = fma((double)work.student[work.S * work.D + k * work.S + a], work.out_columns[k * work.M + b], pull);
    }
    const double size = fabs(d), both = work.square[a] * work.square[b];
    const double r = sqrt(at_least(both - d * d, 0.0));
    const double s = 2 * atan_of(r / at_least(sqrt(both) + size, TINY));
    const double side = d / at_least(size, TINY);
    tile.root[lane] = r;
    tile.pull[lane] = pull;
    tile.opening[lane] = pull * fma(side, HALF_PI - s, HALF_PI);
    tile.height[lane] = fma(fma(-s, size, r), INVERSE_TWO_PI, 0.5 * at_least(d, 0.0));
}

// Adds the units first .. first + count - 1 of a tile to the sums of a part; returns what pulls a outwards.
__device__ inline double add_tile(const Work& work, const Tile& tile, i64 first, i32 count, double* sums, double outwards,
                                  i32 lane) {
    for (i64 k = lane; k < work.K; k += WARP) {
        double sum = sums[work.D + k];
        for (i32 j = 0; j < count; j++) {
            sum = fma(tile.height[j], work.out[(first + j) * work.K + k], sum);
        }
        sums[work.D + k] = sum;
    }
    for (i64 d = lane; d < work.D; d += WARP) {
        double sum = sums[d];
        for (i32 j = 0; j < count; j++) {
            sum = fma(tile.opening[j], work.rows[(first + j) * work.D + d], sum);
        }
        sums[d] = sum;
    }
    for (i32 j = 0; j < count; j++) {
        outwards = fma(tile.pull[j], tile.root[j], outwards);
    }
    return outwards;
}

// One warp: sums over the units first .. end - 1, in order.
__device__ inline double add_part(const Work& work, i64 a, i64 first, i64 end, double* sums, Tile& tile, i32 lane) {
    for (i64 i = lane; i < work.D + work.K; i += WARP) {
        sums[i] = 0;
    }
    double outwards = 0;
    for (i64 b = first; b < end; b += WARP) {
        if (b + lane < end) {
            pair(work, a, b + lane, tile, lane);
        }
        __syncwarp();
        outwards = add_tile(work, tile, b, (i32)min((i64)WARP, end - b), sums, outwards, lane);
        __syncwarp();
    }
    return outwards;
}

// One warp: all that concerns unit a.
__device__ inline void unit(const Work& work, i64 a, REAL* gradient, double scale, Tile& tile, i32 lane, i32 warp) {
    double* student = work.sums + warp * PARTS * (work.D + work.K);
    double* teacher = student + work.D + work.K;
    double outwards = add_part(work, a, 0, work.S, student, tile, lane);
    outwards -= add_part(work, a, work.S, work.M, teacher, tile, lane);
    if (lane == 0) {
        double energy = 0;
        for (i64 k = 0; k < work.K; k++) {
            energy = fma(work.out[a * work.K + k], student[work.D + k] - teacher[work.D + k], energy);
        }
        work.energy[a] = energy;
    }
    if (a < work.S) {
        const double square = work.square[a], radial = outwards / square;
        for (i64 k = lane; k < work.K; k += WARP) {
            const double height = student[work.D + k] - teacher[work.D + k];
            gradient[work.S * work.D + k * work.S + a] = (REAL)(2 * scale * (work.power[a] * height));
        }
        for (i64 d = lane; d < work.D; d += WARP) {
            const double slope = fma(radial, work.rows[a * work.D + d], student[d] - teacher[d]);
            gradient[a * work.D + d] = (REAL)(square == 0 ? 0.0 : scale * INVERSE_PI * slope);
        }
    }
    __syncwarp(); // the sums of this warp are its next unit's
}

// One thread: the loss, once the energies of all units are known.
__device__ inline double loss_of(const Work& work, double scale) {
    double own = 0, taught = 0;
    for (i64 a = 0; a < work.M; a++) {
        (a < work.S ? own : taught) += work.energy[a];
    }
    return scale * (own - taught);
}
