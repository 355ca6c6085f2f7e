// column_sums.cuh: the bias gradient beside a weight gradient, from the same slabs of dy.
//
//     db[k] = sum_n dy[n,k]
//
// Order. The eight chains of dense_bias_gradient: chain l adds n = l, l + 8, ... from 0 on, then the chains are added in
// order. A slab is a multiple of eight examples deep, so its rows k = l, l + 8, ... belong to chain l; rows past the last
// example are zeros, and adding 0 changes no bit of a sum that began at +0.
#pragma once

#include "dense_tile.cuh"
#include "reduce.cuh"

// The chains of the units of a tile, in shared memory, each element the work of one thread. Null: nothing to be done.
template <int T, int DEPTH>
struct ColumnSums {
    static constexpr int SIDE = TILE_THREADS * T;
    typedef REAL Chains[ROW_LANES][SIDE];
    REAL (*chains)[SIDE];

    __device__ void begin() const {
        for (int e = (int)threadIdx.x; chains != nullptr && e < ROW_LANES * SIDE; e += BLOCK) {
            chains[e / SIDE][e % SIDE] = 0;
        }
    }

    template <typename SLAB>
    __device__ void add(const SLAB& slab) const {
        for (int e = (int)threadIdx.x; chains != nullptr && e < ROW_LANES * SIDE; e += BLOCK) {
            const int chain = e / SIDE, m = e % SIDE;
            REAL sum = chains[chain][m];
#pragma unroll
            for (int k = 0; k < DEPTH; k += ROW_LANES) {
                sum += slab[k + chain][m / T].at[m % T];
            }
            chains[chain][m] = sum;
        }
    }

    // The sums of units first, first + 1, ... of `units`. All threads of the block take part.
    __device__ void put(REAL* db, i64 first, i64 units) const {
        __syncthreads();
        const int m = (int)threadIdx.x;
        if (chains != nullptr && m < SIDE && first + m < units) {
            REAL sum = chains[0][m];
#pragma unroll
            for (int chain = 1; chain < ROW_LANES; chain++) {
                sum += chains[chain][m];
            }
            db[first + m] = sum;
        }
    }
};

// The same sum by one thread.
__device__ inline REAL column_total(const REAL* dy, i64 N, i64 K, i64 k) {
    REAL chains[ROW_LANES];
#pragma unroll
    for (int chain = 0; chain < ROW_LANES; chain++) {
        chains[chain] = 0;
    }
    for (i64 n = 0; n < N; n += ROW_LANES) {
#pragma unroll
        for (int chain = 0; chain < ROW_LANES; chain++) {
            chains[chain] += n + chain < N ? dy[(n + chain) * K + k] : (REAL)0;
        }
    }
    REAL sum = chains[0];
#pragma unroll
    for (int chain = 1; chain < ROW_LANES; chain++) {
        sum += chains[chain];
    }
    return sum;
}
