// gates.cuh: the one-bit mask of a ReLU, made and used by the tiles of dense_tile.cuh.
//
// The lanes of a warp that hold a row's neighbouring strips join their bits by shuffles, one word of the tile per group of
// lanes; from there, in shared memory, a thread puts together each word of the mask that the piece touches (gate_words.cuh).
#pragma once

#include "dense_tile.cuh"
#include "gate_words.cuh"

// The gates of a tile, bit j % 32 of word j / 32 of its row i.
template <int SIDE>
struct TileGates {
    static constexpr int WORDS = SIDE / WARP;
    u32 rows[SIDE][WORDS];

    __device__ u32 word(int i, int q) const {
        return rows[i][q];
    }
};

// acc = max(acc, 0), and the gates of this tile in `gates`. All threads of the block take part.
template <int T>
__device__ inline void rectify(REAL (&acc)[T][T], TileGates<TILE_THREADS * T>& gates) {
    const int ty = (int)threadIdx.x / TILE_THREADS, column = (int)threadIdx.x % TILE_THREADS * T;
#pragma unroll
    for (int i = 0; i < T; i++) {
        u32 word = 0;
#pragma unroll
        for (int j = 0; j < T; j++) {
            word |= acc[i][j] > 0 ? 1u << (column % WARP + j) : 0u;
            acc[i][j] = acc[i][j] <= 0 ? (REAL)0 : acc[i][j]; // a NaN fails the comparison and stays
        }
#pragma unroll
        for (int distance = 1; distance < WARP / T; distance *= 2) {
            word |= __shfl_xor_sync(FULL_WARP, word, distance);
        }
        if (column % WARP == 0) {
            gates.rows[ty * T + i][column / WARP] = word;
        }
    }
}

// acc = 0 where the gate is closed.
template <int T>
__device__ inline void gate(REAL (&acc)[T][T], const u32* mask, const Place<T>& at) {
    const int length = (int)min((i64)T, at.width - at.j);
#pragma unroll
    for (int i = 0; i < T; i++) {
        u32 open = 0;
        if (at.i + i < at.height && length > 0) {
            open = gates_from(mask, (at.i + i) * at.width + at.j, length);
        }
#pragma unroll
        for (int j = 0; j < T; j++) {
            acc[i][j] = (open >> j & 1u) != 0 ? acc[i][j] : (REAL)0;
        }
    }
}
