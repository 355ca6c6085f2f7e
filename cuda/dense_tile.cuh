// dense_tile.cuh: the one product behind dense.cu: C[i,j] = start[j] + sum_k A(i,k) B(k,j), in register-blocked tiles.
//
// Roles. forward: i = n, j = unit, k = d. inputGradient: i = n, j = d, k = unit. weightGradient: i = unit, j = d, k = n.
// Only the memory order differs: an operand is either contiguous along k (ALONG_K: element (m, k) at m * pitch + k) or
// contiguous along its own index (element (m, k) at k * pitch + m). The output is row-major.
//
// Tiling. 256 threads make a tile of SIDE x SIDE outputs, SIDE = 16 T, each thread T x T of them in registers. k advances in
// slabs of DEPTH: the slab of A and of B is fetched into registers while the one before is used from shared memory, where
// a thread reads its T neighbouring values as one Strip (one or two 16-byte accesses). Per k and thread: 2 T values read,
// T^2 fused multiply-adds.
//
// Order. Every output is one chain acc = fma(A(i,k), B(k,j), acc), k = 0, 1, 2 ... So all tile sizes, and the small kernels
// of dense.cu, give the same bits; the choice among them is one of speed alone. (Slabs are padded with zeros at the end of
// k; that changes no bit but possibly the sign of a zero.)
#pragma once

#include "operand.cuh"
#include "strip.cuh"

constexpr int TILE_THREADS = 16; // a block is 16 x 16 threads

template <int T, int DEPTH_>
struct Tile {
    static constexpr int SIDE = TILE_THREADS * T;
    static constexpr int DEPTH = DEPTH_;
    static constexpr int FETCHES = SIDE * DEPTH / BLOCK;  // elements of one slab per thread
    static constexpr int STRIPS = TILE_THREADS + 1;       // strips per k in shared memory; one of padding
    typedef Strip<T> Slab[DEPTH][STRIPS];
};

// Where the f-th element that this thread fetches stands in the slab: neighbouring threads along the contiguous axis.
template <typename TILE, bool ALONG_K>
__device__ inline void slab_place(int f, int& m, int& k) {
    const int e = f * BLOCK + (int)threadIdx.x;
    m = ALONG_K ? e / TILE::DEPTH : e % TILE::SIDE;
    k = ALONG_K ? e % TILE::DEPTH : e / TILE::SIDE;
}

template <typename TILE, bool ALONG_K>
__device__ inline void fetch(REAL* values, const Operand& x, i64 m0, i64 k0) {
#pragma unroll
    for (int f = 0; f < TILE::FETCHES; f++) {
        int m, k;
        slab_place<TILE, ALONG_K>(f, m, k);
        const i64 row = m0 + m, column = k0 + k;
        const bool inside = row < x.extent && column < x.depth;
        values[f] = inside ? x.data[ALONG_K ? row * x.pitch + column : column * x.pitch + row] : (REAL)0;
    }
}

template <typename TILE, int T, bool ALONG_K>
__device__ inline void store(Strip<T> (*slab)[TILE::STRIPS], const REAL* values) {
#pragma unroll
    for (int f = 0; f < TILE::FETCHES; f++) {
        int m, k;
        slab_place<TILE, ALONG_K>(f, m, k);
        slab[k][m / T].at[m % T] = values[f];
    }
}

template <typename TILE, int T>
__device__ inline void multiply(REAL (&acc)[T][T], Strip<T> (*a)[TILE::STRIPS], Strip<T> (*b)[TILE::STRIPS]) {
    const int ty = (int)threadIdx.x / TILE_THREADS, tx = (int)threadIdx.x % TILE_THREADS;
#pragma unroll
    for (int k = 0; k < TILE::DEPTH; k++) {
        const Strip<T> rows = a[k][ty], columns = b[k][tx];
#pragma unroll
        for (int i = 0; i < T; i++) {
#pragma unroll
            for (int j = 0; j < T; j++) {
                acc[i][j] = fma(rows.at[i], columns.at[j], acc[i][j]);
            }
        }
    }
}

// Where a tile of one replica stands in its output [height, width], and where this thread's T x T part of it does.
template <int T>
struct Place {
    static constexpr int SIDE = TILE_THREADS * T;
    i64 height, width;
    i64 tile_i, tile_j;
    i64 i, j;

    // Block `tile`, tiles_j of them standing side by side.
    __device__ Place(const Operand& a, const Operand& b, u32 tile, u32 tiles_j)
        : height(a.extent), width(b.extent), tile_i((i64)(tile / tiles_j) * SIDE), tile_j((i64)(tile % tiles_j) * SIDE),
          i(tile_i + (int)threadIdx.x / TILE_THREADS * T), j(tile_j + (int)threadIdx.x % TILE_THREADS * T) {}
};

// acc[i][j] = start[j]; start may be null (zeros).
template <int T>
__device__ inline void begin(REAL (&acc)[T][T], const REAL* start, const Place<T>& at) {
#pragma unroll
    for (int j = 0; j < T; j++) {
        const REAL value = start != nullptr && at.j + j < at.width ? start[at.j + j] : (REAL)0;
#pragma unroll
        for (int i = 0; i < T; i++) {
            acc[i][j] = value;
        }
    }
}

// Adds the products of a tile to acc. `each_slab` is shown every slab of A while it lies in shared memory.
template <int DEPTH, bool A_ALONG_K, bool B_ALONG_K, int T, typename EACH_SLAB>
__device__ inline void add_products(REAL (&acc)[T][T], const Operand& a, const Operand& b, const Place<T>& at,
                                    typename Tile<T, DEPTH>::Slab& a_slab, typename Tile<T, DEPTH>::Slab& b_slab,
                                    const EACH_SLAB& each_slab) {
    typedef Tile<T, DEPTH> TILE;
    REAL a_next[TILE::FETCHES], b_next[TILE::FETCHES];
    fetch<TILE, A_ALONG_K>(a_next, a, at.tile_i, 0);
    fetch<TILE, B_ALONG_K>(b_next, b, at.tile_j, 0);
    for (i64 k0 = 0; k0 < a.depth; k0 += DEPTH) {
        store<TILE, T, A_ALONG_K>(a_slab, a_next);
        store<TILE, T, B_ALONG_K>(b_slab, b_next);
        __syncthreads();
        fetch<TILE, A_ALONG_K>(a_next, a, at.tile_i, k0 + DEPTH);
        fetch<TILE, B_ALONG_K>(b_next, b, at.tile_j, k0 + DEPTH);
        each_slab.add(a_slab);
        multiply<TILE, T>(acc, a_slab, b_slab);
        __syncthreads();
    }
}

struct Unseen {
    template <typename SLAB>
    __device__ void add(const SLAB&) const {}
};

template <int T>
__device__ inline void put(REAL* __restrict__ c, const REAL (&acc)[T][T], const Place<T>& at) {
#pragma unroll
    for (int i = 0; i < T; i++) {
#pragma unroll
        for (int j = 0; j < T; j++) {
            if (at.i + i < at.height && at.j + j < at.width) {
                c[(at.i + i) * at.width + at.j + j] = acc[i][j];
            }
        }
    }
}

// One output per thread, operands straight through the L1 cache.
template <bool A_ALONG_K, bool B_ALONG_K>
__device__ inline REAL dot_product(const Operand& a, const Operand& b, i64 i, i64 j, REAL start) {
    const REAL* left = a.data + (A_ALONG_K ? i * a.pitch : i);
    const REAL* right = b.data + (B_ALONG_K ? j * b.pitch : j);
    const i64 left_step = A_ALONG_K ? 1 : a.pitch, right_step = B_ALONG_K ? 1 : b.pitch;
    REAL acc = start;
    for (i64 k = 0; k < a.depth; k++) {
        acc = fma(left[k * left_step], right[k * right_step], acc);
    }
    return acc;
}
