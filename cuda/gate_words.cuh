// gate_words.cuh: pieces of a one-bit mask, read and written by tiles of any shape.
//
// Layout. Gate (n, w) of a replica's [N, W] block is bit n W + w of its mask, bit i being bit i % 32 of word i / 32, unused
// bits of the last word 0 (pointwise.cu). A tile holds a piece of up to SIDE gates of each of its rows, and such a piece
// begins anywhere in a word: words at its ends belong to neighbouring tiles, or rows, as well.
//
// Writing. A word that is the piece's alone is stored. Of a shared word every thread clears and sets its own bits, by an
// integer and and an or: no bit has two writers, so the order of the writers does not matter, no word needs to be zeroed
// before, and no pass over memory is added. Where W is a multiple of 32 no word is shared.
#pragma once

#include "common.cuh"

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

// Word q of those that row i touches when its first gate is bit `shift` of word 0. GATES: word(i, q) and WORDS, the gates of
// a tile, bit j % 32 of word j / 32 of its row i.
template <typename GATES>
__device__ inline u32 shifted_word(const GATES& gates, int i, int q, int shift) {
    const u32 here = q < GATES::WORDS ? gates.word(i, q) << shift : 0u;
    const u32 before = q > 0 && shift > 0 ? gates.word(i, q - 1) >> (WARP - shift) : 0u;
    return here | before;
}

// The gates of a tile from shared memory into the mask of its replica. PLACE: SIDE, height, width, tile_i, tile_j.
template <typename PLACE, typename GATES>
__device__ inline void store_gates(u32* mask, const PLACE& at, const GATES& gates) {
    constexpr int TOUCHED = GATES::WORDS + 1; // words that a row of the tile can touch
    const int length = (int)min((i64)PLACE::SIDE, at.width - at.tile_j);
    for (int e = (int)threadIdx.x; e < PLACE::SIDE * TOUCHED; e += BLOCK) {
        const int row = e / TOUCHED, q = e % TOUCHED;
        const i64 n = at.tile_i + row, bit = n * at.width + at.tile_j;
        const int shift = (int)(bit % WARP);
        const int first = max(shift - q * WARP, 0), end = min(shift + length - q * WARP, WARP);
        if (n >= at.height || first >= end) {
            continue;
        }
        const bool last = n * at.width + at.tile_j + length == at.height * at.width && shift + length <= (q + 1) * WARP;
        const u32 value = shifted_word(gates, row, q, shift) & ones(first, end);
        set_bits(mask + bit / WARP + q, ones(first, last ? WARP : end), value);
    }
}

// The `length` gates, 1 to 32, from bit `bit` of the mask on; what lies above them is undefined.
__device__ inline u32 gates_from(const u32* mask, i64 bit, int length) {
    const int shift = (int)(bit % WARP);
    u32 open = mask[bit / WARP] >> shift;
    if (shift + length > WARP) {
        open |= mask[bit / WARP + 1] << (WARP - shift);
    }
    return open;
}
