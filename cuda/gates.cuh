// gates.cuh: the one-bit mask of a ReLU, made and used by tiles of a product.
//
// Layout. Gate (n, w) of a replica's [N, W] block is bit n W + w of its mask, bit i being bit i % 32 of word i / 32, unused
// bits of the last word 0 (pointwise.cu). A tile holds a piece of up to SIDE gates of each of its rows, and such a piece
// begins anywhere in a word: words at its ends belong to neighbouring tiles, or rows, as well.
//
// Making. The lanes of a warp that hold a row's neighbouring strips join their bits by shuffles, one word of the tile per
// group of lanes; from there, in shared memory, a thread puts together each word of the mask that the piece touches. A word
// that is the piece's alone is stored. Of a shared word every thread clears and sets its own bits, by an integer and and
// an or: no bit has two writers, so the order of the writers does not matter, no word needs to be zeroed before, and no
// pass over memory is added. Where W is a multiple of 32 no word is shared.
#pragma once

#include "dense_tile.cuh"

// Bits own of *word become those of value; the other bits, which other threads may be writing, stay.
__device__ inline void set_bits(u32* word, u32 own, u32 value) {
    if (own == FULL_WARP) {
        *word = value;
        return;
    }
    atomicAnd(word, ~own | value);
    atomicOr(word, value);
}

// Ones from bit `first` to bit `end` - 1; 0 <= first < end <= 32.
__device__ inline u32 ones(int first, int end) {
    return (FULL_WARP >> (WARP - (end - first))) << first;
}

// The gates of a tile, bit j % 32 of word j / 32 of its row i.
template <int SIDE>
struct TileGates {
    static constexpr int WORDS = SIDE / WARP;
    u32 rows[SIDE][WORDS];

    // Word q of those that row i touches when its first gate is bit `shift` of word 0.
    __device__ u32 shifted(int i, int q, int shift) const {
        const u32 here = q < WORDS ? rows[i][q] << shift : 0u;
        const u32 before = q > 0 && shift > 0 ? rows[i][q - 1] >> (WARP - shift) : 0u;
        return here | before;
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

// The gates of a tile from shared memory into the mask of its replica.
template <int T>
__device__ inline void store_gates(u32* mask, const Place<T>& at, const TileGates<TILE_THREADS * T>& gates) {
    constexpr int TOUCHED = TileGates<Place<T>::SIDE>::WORDS + 1; // words that a row of the tile can touch
    const int length = (int)min((i64)Place<T>::SIDE, at.width - at.tile_j);
    for (int e = (int)threadIdx.x; e < Place<T>::SIDE * TOUCHED; e += BLOCK) {
        const int row = e / TOUCHED, q = e % TOUCHED;
        const i64 n = at.tile_i + row, bit = n * at.width + at.tile_j;
        const int shift = (int)(bit % WARP);
        const int first = max(shift - q * WARP, 0), end = min(shift + length - q * WARP, WARP);
        if (n >= at.height || first >= end) {
            continue;
        }
        const bool last = n * at.width + at.tile_j + length == at.height * at.width && shift + length <= (q + 1) * WARP;
        set_bits(mask + bit / WARP + q, ones(first, last ? WARP : end), gates.shifted(row, q, shift) & ones(first, end));
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
            const i64 bit = (at.i + i) * at.width + at.j;
            const int shift = (int)(bit % WARP);
            open = mask[bit / WARP] >> shift;
            if (shift + length > WARP) {
                open |= mask[bit / WARP + 1] << (WARP - shift);
            }
        }
#pragma unroll
        for (int j = 0; j < T; j++) {
            acc[i][j] = (open >> j & 1u) != 0 ? acc[i][j] : (REAL)0;
        }
    }
}
