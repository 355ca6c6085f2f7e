// reduce.cuh: where a thread stands, and sums over threads in a fixed order.
//
// Two shapes of block are used for everything that runs along a row (one replica's elements, or one example's outputs):
//
//     rows     blockDim = (lanes, rows): a row is worked on by `lanes` threads, a power of two from 32 to 256, so that a
//              warp never holds two rows; several rows share a block where rows are short. Reductions use 32 lanes x 8
//              rows or 256 lanes x 1 row.
//     columns  blockDim = (32, 8): 32 neighbouring columns (units), the rows (examples) dealt out to 8 threads each.
//
// The host chooses the shape from the sizes of one replica alone, never from R, so the order of every sum depends on the
// sizes alone: lane l takes elements l, l + lanes, l + 2 lanes ... in that order; then a butterfly within the warp (both
// partners add the same two numbers, so all lanes hold the same bits); then the warps in order. No atomics.
#pragma once

#include "common.cuh"

constexpr int COLUMNS = 32;             // columns of a column block
constexpr int ROW_LANES = BLOCK / WARP; // threads that share a column
constexpr int WARPS = BLOCK / WARP;

// The row of this thread, when each row is cut into `chunks` and a block holds one chunk of blockDim.y rows.
__device__ inline i64 row_of(i32 chunks) {
    return (i64)(blockIdx.x / (u32)chunks) * blockDim.y + threadIdx.y;
}

__device__ inline i64 chunk_of(i32 chunks) {
    return blockIdx.x % (u32)chunks;
}

__device__ inline double warp_sum(double value) {
    for (int distance = WARP / 2; distance > 0; distance /= 2) {
        value += __shfl_xor_sync(FULL_WARP, value, distance);
    }
    return value;
}

// Sum over the lanes of this row, known to all of them. `warps` is shared memory for WARPS numbers; a block that holds
// several rows has 32 lanes a row and does not touch it.
__device__ inline double lanes_sum(double value, double* warps) {
    value = warp_sum(value);
    if (blockDim.x == WARP) {
        return value;
    }
    if (threadIdx.x % WARP == 0) {
        warps[threadIdx.x / WARP] = value;
    }
    __syncthreads();
    double sum = warps[0];
    for (u32 w = 1; w < blockDim.x / WARP; w++) {
        sum += warps[w];
    }
    __syncthreads();
    return sum;
}

// True for all lanes of this row if it is true for one of them.
__device__ inline bool lanes_any(bool value) {
    return blockDim.x == WARP ? __any_sync(FULL_WARP, value) != 0 : __syncthreads_or(value) != 0;
}

// Sum over the 8 threads of this thread's column, valid in the threads with threadIdx.y = 0. `rows` is shared memory for
// BLOCK numbers; all threads of the block take part.
template <typename T>
__device__ inline T column_sum(T value, T* rows) {
    rows[threadIdx.y * COLUMNS + threadIdx.x] = value;
    __syncthreads();
    T sum = rows[threadIdx.x];
    for (int row = 1; row < ROW_LANES; row++) {
        sum += rows[row * COLUMNS + threadIdx.x];
    }
    __syncthreads();
    return sum;
}
