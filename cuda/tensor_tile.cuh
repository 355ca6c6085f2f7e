// tensor_tile.cuh: the product behind dense_tensor.cu: C[i,j] = start[j] + sum_k A(i,k) B(k,j), in tiles of tensor cores.
//
// Roles and operands are those of dense_tile.cuh; operand.cuh says what lies where.
//
// Terms. 1 (TF32): both operands rounded, c = c + a b. 3 (TF32X3): x = hi + lo, both TF32, and per chunk of eight k a sum
// of its own, s = lo hi, then s + hi lo, then s + hi hi; c = c + s is an fp32 addition outside the tensor core, rounded to
// the nearest, so that what the core cuts off does not add up along k. lo lo is left out. An infinity has lo = NaN.
//
// Error. With S = sum |A||B| + |start|, 12 roundings of 2^-23 a chunk (8 products and a sum, in two halves at worst, cut off)
// and C chunks:
//
//     1 term     |error| <= (2^-10 + 2^-22 + 12 C 2^-23) S     each operand is off by 2^-11 of itself at most
//     3 terms    |error| <= (2^-21 + 12.1 2^-23 + C 2^-24) S   lo lo is 2^-22 of a product, each operand off by 2^-23
//
// while an fp32 chain of K terms has K 2^-24 S. It holds while operands, their lo included, are normal numbers.
//
// Tiling. 128 threads, 2 x 2 warps, make SIDE x SIDE outputs, each warp a quarter of them in fragments. k advances in slabs of
// DEPTH: fetched into registers while the one before is in use, rounded or split once on the way to shared memory. Pitches
// are such that neither the stores nor the fragments' reads have bank conflicts. Chunks beyond k's end are left out, what is
// left of the last one is zeros. Per chunk, term and warp: 16 (SIDE 64) or 8 reads of shared memory for 8 or 2 products.
#pragma once

#include "gate_words.cuh"
#include "operand.cuh"
#include "tensor_core.cuh"

constexpr int SLAB_DEPTH = 32;
constexpr int BIAS_CHAINS = 8; // those of dense_bias_gradient

template <int SIDE_, int TERMS_>
struct TensorTile {
    static constexpr int SIDE = SIDE_;
    static constexpr int TERMS = TERMS_;
    static constexpr int PARTS = TERMS == 1 ? 1 : 2; // of an operand: hi, lo
    static constexpr int WARP_SIDE = SIDE / 2;
    static constexpr int DOWN = WARP_SIDE / CORE_ROWS;
    static constexpr int ACROSS = WARP_SIDE / CORE_COLUMNS;
    static constexpr int FETCHES = SIDE * SLAB_DEPTH / BLOCK; // elements of one slab per thread
    typedef FragmentC Sums[DOWN][ACROSS];
};

// The parts of a slab: rows along k with a pitch of 4 modulo 32, or rows along m with one of 8.
template <typename TILE, bool ALONG_K>
struct TensorSlab {
    static constexpr int PITCH = ALONG_K ? SLAB_DEPTH + 4 : TILE::SIDE + 8;
    float parts[TILE::PARTS][(ALONG_K ? TILE::SIDE : SLAB_DEPTH) * PITCH];

    __device__ static int at(int m, int k) {
        return ALONG_K ? m * PITCH + k : k * PITCH + m;
    }
};

// The elements of a slab that a thread fetches: the first one at (m, k), the others each STEP further along the axis that is
// not contiguous; neighbouring threads along the one that is.
template <typename TILE, bool ALONG_K>
struct TensorFetch {
    static constexpr int STEP = BLOCK / (ALONG_K ? SLAB_DEPTH : TILE::SIDE);
    const int m = ALONG_K ? (int)threadIdx.x / SLAB_DEPTH : (int)threadIdx.x % TILE::SIDE;
    const int k = ALONG_K ? (int)threadIdx.x % SLAB_DEPTH : (int)threadIdx.x / TILE::SIDE;

    // Slab (m0, k0) of x; what lies outside is 0.
    __device__ void load(float* values, const Operand& x, i64 m0, i64 k0) const {
        const i64 row = m0 + m, column = k0 + k;
        const i64 rows = row < x.extent ? x.extent - row : 0, columns = column < x.depth ? x.depth - column : 0;
        const i64 steps = ALONG_K ? (columns > 0 ? rows : 0) : (rows > 0 ? columns : 0);
        const int left = (int)min(steps, (i64)TILE::FETCHES * STEP);
        const float* from = x.data + (ALONG_K ? row * x.pitch + column : column * x.pitch + row);
#pragma unroll
        for (int f = 0; f < TILE::FETCHES; f++) {
            values[f] = f * STEP < left ? from[f * STEP * x.pitch] : 0.0f;
        }
    }

    __device__ void store(TensorSlab<TILE, ALONG_K>& slab, const float* values) const {
#pragma unroll
        for (int f = 0; f < TILE::FETCHES; f++) {
            const int to = slab.at(ALONG_K ? m + f * STEP : m, ALONG_K ? k : k + f * STEP);
            const float high = tf32(values[f]);
            slab.parts[0][to] = high;
            if (TILE::PARTS == 2) {
                slab.parts[TILE::PARTS - 1][to] = tf32(values[f] - high);
            }
        }
    }
};

// Where a tile of one replica stands in its output [height, width], and where this lane's part of it does.
template <typename TILE>
struct TensorPlace {
    static constexpr int SIDE = TILE::SIDE;
    i64 height, width;
    i64 tile_i, tile_j;
    int row, column; // of this lane's first output within the tile

    // Block `tile`, tiles_j of them standing side by side.
    __device__ TensorPlace(const Operand& a, const Operand& b, u32 tile, u32 tiles_j)
        : height(a.extent), width(b.extent), tile_i((i64)(tile / tiles_j) * SIDE), tile_j((i64)(tile % tiles_j) * SIDE),
          row(warp_row() + lane() / 4), column(warp_column() + lane() % 4 * 2) {}

    __device__ static int lane() {
        return (int)threadIdx.x % WARP;
    }

    __device__ static int warp_row() {
        return (int)threadIdx.x / WARP / 2 * TILE::WARP_SIDE;
    }

    __device__ static int warp_column() {
        return (int)threadIdx.x / WARP % 2 * TILE::WARP_SIDE;
    }
};

// f(down, half, row of the tile) for each row of which this lane has outputs: at[2 half], at[2 half + 1] of its fragments.
template <typename TILE, typename F>
__device__ inline void each_row(const TensorPlace<TILE>& at, F f) {
#pragma unroll
    for (int down = 0; down < TILE::DOWN; down++) {
#pragma unroll
        for (int half = 0; half < 2; half++) {
            f(down, half, at.row + down * CORE_ROWS + half * CORE_ROWS / 2);
        }
    }
}

// c[i][j] = start[j]; start may be null (zeros).
template <typename TILE>
__device__ inline void begin(typename TILE::Sums& c, const float* start, const TensorPlace<TILE>& at) {
#pragma unroll
    for (int across = 0; across < TILE::ACROSS; across++) {
#pragma unroll
        for (int i = 0; i < 4; i++) {
            const i64 j = at.tile_j + at.column + across * CORE_COLUMNS + i % 2;
            const float value = start != nullptr && j < at.width ? start[j] : 0.0f;
#pragma unroll
            for (int down = 0; down < TILE::DOWN; down++) {
                c[down][across].at[i] = value;
            }
        }
    }
}

template <typename SLAB>
__device__ inline FragmentA left_fragment(const SLAB& slab, int part, int m, int k) {
    const int g = (int)threadIdx.x % WARP / 4, t = (int)threadIdx.x % 4;
    const float* x = slab.parts[part];
    return {x[slab.at(m + g, k + t)], x[slab.at(m + g + 8, k + t)], x[slab.at(m + g, k + t + 4)],
            x[slab.at(m + g + 8, k + t + 4)]};
}

template <typename SLAB>
__device__ inline FragmentB right_fragment(const SLAB& slab, int part, int m, int k) {
    const int g = (int)threadIdx.x % WARP / 4, t = (int)threadIdx.x % 4;
    const float* x = slab.parts[part];
    return {x[slab.at(m + g, k + t)], x[slab.at(m + g, k + t + 4)]};
}

// c = c + a b in one term or three.
template <int PARTS>
__device__ inline void add_chunk(FragmentC& c, const FragmentA (&a)[PARTS], const FragmentB (&b)[PARTS]) {
    if (PARTS == 1) {
        multiply_add(c, a[0], b[0]);
        return;
    }
    FragmentC sum = {0, 0, 0, 0};
    multiply_add(sum, a[PARTS - 1], b[0]);
    multiply_add(sum, a[0], b[PARTS - 1]);
    multiply_add(sum, a[0], b[0]);
#pragma unroll
    for (int i = 0; i < 4; i++) {
        c.at[i] += sum.at[i];
    }
}

// Adds the products of a slab of which `depth` are left.
template <typename TILE, typename A, typename B>
__device__ inline void multiply(typename TILE::Sums& c, const A& a_slab, const B& b_slab, i64 depth) {
    typedef TensorPlace<TILE> AT;
#pragma unroll
    for (int k = 0; k < SLAB_DEPTH; k += CORE_DEPTH) {
        if (k >= depth) {
            return; // all threads alike
        }
        FragmentA a[TILE::DOWN][TILE::PARTS];
#pragma unroll
        for (int e = 0; e < TILE::DOWN * TILE::PARTS; e++) {
            const int down = e / TILE::PARTS, part = e % TILE::PARTS;
            a[down][part] = left_fragment(a_slab, part, AT::warp_row() + down * CORE_ROWS, k);
        }
#pragma unroll
        for (int across = 0; across < TILE::ACROSS; across++) {
            FragmentB b[TILE::PARTS];
#pragma unroll
            for (int part = 0; part < TILE::PARTS; part++) {
                b[part] = right_fragment(b_slab, part, AT::warp_column() + across * CORE_COLUMNS, k);
            }
#pragma unroll
            for (int down = 0; down < TILE::DOWN; down++) {
                add_chunk(c[down][across], a[down], b);
            }
        }
    }
}

// Adds the products of a tile to c. `each_fetch` is shown, thread by thread, all of A before it is rounded.
template <typename TILE, bool A_ALONG_K, bool B_ALONG_K, typename EACH_FETCH>
__device__ inline void add_products(typename TILE::Sums& c, const Operand& a, const Operand& b,
                                    const TensorPlace<TILE>& at, EACH_FETCH& each_fetch) {
    __shared__ TensorSlab<TILE, A_ALONG_K> a_slab;
    __shared__ TensorSlab<TILE, B_ALONG_K> b_slab;
    const TensorFetch<TILE, A_ALONG_K> a_fetch;
    const TensorFetch<TILE, B_ALONG_K> b_fetch;
    float a_next[TILE::FETCHES], b_next[TILE::FETCHES];
    a_fetch.load(a_next, a, at.tile_i, 0);
    b_fetch.load(b_next, b, at.tile_j, 0);
    for (i64 k0 = 0; k0 < a.depth; k0 += SLAB_DEPTH) {
        a_fetch.store(a_slab, a_next);
        b_fetch.store(b_slab, b_next);
        each_fetch.add(a_next);
        __syncthreads();
        a_fetch.load(a_next, a, at.tile_i, k0 + SLAB_DEPTH);
        b_fetch.load(b_next, b, at.tile_j, k0 + SLAB_DEPTH);
        multiply<TILE>(c, a_slab, b_slab, a.depth - k0);
        __syncthreads();
    }
}

struct Unseen {
    __device__ void add(const float*) {}
};

template <typename TILE>
__device__ inline void put(float* __restrict__ out, const typename TILE::Sums& c, const TensorPlace<TILE>& at) {
    each_row<TILE>(at, [&](int down, int half, int row) {
        const i64 i = at.tile_i + row;
#pragma unroll
        for (int e = 0; e < 2 * TILE::ACROSS; e++) {
            const i64 j = at.tile_j + at.column + e / 2 * CORE_COLUMNS + e % 2;
            if (i < at.height && j < at.width) {
                out[i * at.width + j] = c[down][e / 2].at[2 * half + e % 2];
            }
        }
    });
}

// The gates of a tile by halves of a word: a warp has 16 or 32 of a row's.
template <typename TILE>
struct TensorGates {
    static constexpr int WORDS = TILE::SIDE / WARP;
    unsigned short rows[TILE::SIDE][2 * WORDS];

    __device__ u32 word(int i, int q) const {
        return rows[i][2 * q] | (u32)rows[i][2 * q + 1] << (WARP / 2);
    }
};

// c = max(c, 0), and the gates of this tile in `gates`. All threads of the block take part.
template <typename TILE>
__device__ inline void rectify(typename TILE::Sums& c, TensorGates<TILE>& gates, const TensorPlace<TILE>& at) {
    each_row<TILE>(at, [&](int down, int half, int row) {
        u32 word = 0;
#pragma unroll
        for (int e = 0; e < 2 * TILE::ACROSS; e++) {
            float& value = c[down][e / 2].at[2 * half + e % 2];
            word |= value > 0 ? 1u << (e / 2 * CORE_COLUMNS + at.column % CORE_COLUMNS + e % 2) : 0u;
            value = value <= 0 ? 0.0f : value; // a NaN fails the comparison and stays
        }
        word |= __shfl_xor_sync(FULL_WARP, word, 1);
        word |= __shfl_xor_sync(FULL_WARP, word, 2);
        if (at.lane() % 4 == 0) {
#pragma unroll
            for (int h = 0; h < TILE::WARP_SIDE * 2 / WARP; h++) {
                gates.rows[row][at.warp_column() * 2 / WARP + h] = (unsigned short)(word >> h * (WARP / 2));
            }
        }
    });
}

// c = 0 where the gate is closed.
template <typename TILE>
__device__ inline void gate(typename TILE::Sums& c, const u32* mask, const TensorPlace<TILE>& at) {
    const i64 j = at.tile_j + at.warp_column();
    const int length = (int)min((i64)TILE::WARP_SIDE, at.width - j);
    each_row<TILE>(at, [&](int down, int half, int row) {
        const i64 i = at.tile_i + row;
        const u32 open = i < at.height && length > 0 ? gates_from(mask, i * at.width + j, length) : 0u;
#pragma unroll
        for (int e = 0; e < 2 * TILE::ACROSS; e++) {
            const int bit = e / 2 * CORE_COLUMNS + at.column % CORE_COLUMNS + e % 2;
            float& value = c[down][e / 2].at[2 * half + e % 2];
            value = (open >> bit & 1u) != 0 ? value : 0.0f;
        }
    });
}

// The bias gradient beside a weight gradient, from the dy that this thread fetches: db[k] = sum_n dy[n,k] by the eight chains
// of dense_bias_gradient (n = l, l + 8, ...), of which a thread has every STEP-th of one unit. No rounding to TF32 here.
template <typename TILE>
struct BiasChains {
    static constexpr int STEP = BLOCK / TILE::SIDE; // examples from one fetch of a thread to its next
    static constexpr int OWN = BIAS_CHAINS / STEP;
    float sums[OWN] = {};

    // Zeros past the last example change no bit of a sum that began at +0.
    __device__ void add(const float* values) {
#pragma unroll
        for (int f = 0; f < TILE::FETCHES; f++) {
            sums[f % OWN] += values[f];
        }
    }

    // The sums of units first, first + 1, ... of `units`, if db is not null. All threads of the block take part.
    __device__ void put(float* db, i64 first, i64 units) const {
        __shared__ float chains[BIAS_CHAINS][TILE::SIDE];
        const int m = (int)threadIdx.x % TILE::SIDE;
#pragma unroll
        for (int own = 0; own < OWN; own++) {
            chains[own * STEP + (int)threadIdx.x / TILE::SIDE][m] = sums[own];
        }
        __syncthreads();
        if (db != nullptr && (int)threadIdx.x < TILE::SIDE && first + m < units) {
            float sum = chains[0][m];
#pragma unroll
            for (int chain = 1; chain < BIAS_CHAINS; chain++) {
                sum += chains[chain][m];
            }
            db[first + m] = sum;
        }
    }
};
