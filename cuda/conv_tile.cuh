// conv_tile.cuh: the products behind conv.cu, in the register-blocked tiles of dense_tile.cuh; operands are found on the way.
//
// A convolution is a product with a matrix that is never stored, its entries being pixels of x (or of dy) or zeros of the
// padding. Where an entry lies is a sum of what its window says and what its tap says; both are worked out once, in
// shared memory: SIDE entries for the tile's own axis, and DEPTH entries for each slab along the sum, by the threads of the first
// half warp while the others store the slab before. So a fetch costs two additions, two comparisons and a load.
#pragma once

#include "dense_tile.cuh"

// Sizes of one replica's convolution.
struct Conv {
    i64 N, C, H, W, K, kh, kw, Ho, Wo;
    i32 stride, padding;

    __device__ i64 plane() const {
        return H * W;
    }
    __device__ i64 pixels() const {
        return Ho * Wo;
    }
    __device__ i64 window() const {
        return kh * kw;
    }
};

constexpr int FAR = 1 << 29; // a row that is on no plane, whatever is added to it or taken from it

// What a place in the window adds: channel (of x or of y), row and column.
struct Tap {
    i64 offset; // to places in x (forward) or dy (input gradient)
    i64 weight; // of channel 0 of x; input gradient alone
    i32 row, column;
};

// What a window, or a pixel of x, adds.
struct Pixel {
    i64 from; // to places in x (forward, weight gradient) or dy (input gradient)
    i64 out;  // of channel 0 in the array of pixels that is written or, for a weight gradient, in dy
    i32 row, column;
};

// Tap t of x's channels; behind the last, one that is on no plane.
__device__ inline Tap tap_of(const Conv& g, i64 t) {
    if (t >= g.C * g.window()) {
        return {0, 0, FAR, FAR};
    }
    const i64 place = t % g.window();
    const i64 row = place / g.kw, column = place % g.kw;
    return {t / g.window() * g.plane() + row * g.W + column, 0, (i32)row, (i32)column};
}

// The same over y's channels, for an input gradient.
__device__ inline Tap back_tap_of(const Conv& g, i64 t) {
    if (t >= g.K * g.window()) {
        return {0, 0, FAR, FAR};
    }
    const i64 unit = t / g.window(), place = t % g.window();
    return {unit * g.pixels(), unit * g.C * g.window() + place, (i32)(place / g.kw), (i32)(place % g.kw)};
}

// Window e of N Ho Wo; from `end` on, one that is on no plane.
__device__ inline Pixel window_of(const Conv& g, i64 e, i64 end) {
    if (e >= end) {
        return {0, 0, FAR, FAR};
    }
    const i64 n = e / g.pixels(), p = e % g.pixels();
    const i64 row = p / g.Wo * g.stride - g.padding, column = p % g.Wo * g.stride - g.padding;
    return {n * g.C * g.plane() + row * g.W + column, n * g.K * g.pixels() + p, (i32)row, (i32)column};
}

// Pixel e of N H W of x.
__device__ inline Pixel pixel_of(const Conv& g, i64 e) {
    if (e >= g.N * g.plane()) {
        return {0, 0, -FAR, -FAR};
    }
    const i64 n = e / g.plane(), p = e % g.plane();
    return {n * g.K * g.pixels(), n * g.C * g.plane() + p, (i32)(p / g.W) + g.padding, (i32)(p % g.W) + g.padding};
}

// x where the window meets the tap, 0 in the padding.
__device__ inline REAL seen(const Conv& g, const REAL* __restrict__ x, const Pixel& pixel, const Tap& tap) {
    const i32 row = pixel.row + tap.row, column = pixel.column + tap.column;
    const bool inside = row >= 0 && row < g.H && column >= 0 && column < g.W;
    return inside ? x[pixel.from + tap.offset] : (REAL)0;
}

// dy of the window whose tap is this pixel, 0 where there is none.
__device__ inline REAL seen_by(const Conv& g, const REAL* __restrict__ dy, const Pixel& pixel, const Tap& tap) {
    const i32 down = pixel.row - tap.row, right = pixel.column - tap.column;
    const i32 row = g.stride == 1 ? down : down / g.stride, column = g.stride == 1 ? right : right / g.stride;
    const bool inside = down >= 0 && right >= 0 && row * g.stride == down && column * g.stride == right
        && row < g.Ho && column < g.Wo;
    return inside ? dy[pixel.from + tap.offset + row * g.Wo + column] : (REAL)0;
}

// The tables of a tile: the tile's own axis, and one slab of the sum's.
template <typename OWN, typename SUMMED, int SIDE, int DEPTH>
struct Tables {
    OWN own[SIDE];
    SUMMED summed[DEPTH];
};

// forward: weights w[K, taps] times windows.
template <typename TILE>
struct Forward {
    typedef Tables<Pixel, Tap, TILE::SIDE, TILE::DEPTH> Shared;
    static constexpr bool LEFT_ALONG_K = true, RIGHT_ALONG_K = false;
    const Conv& g;
    const REAL* x;
    const REAL* w;
    i64 i0, j0, first, end; // the tile's place, and the part of the sum

    __device__ void own(Shared& s, int m) const {
        s.own[m] = window_of(g, j0 + m, g.N * g.pixels());
    }
    __device__ void summed(Shared& s, i64 k0, int k) const {
        s.summed[k] = tap_of(g, k0 + k);
    }
    __device__ REAL left(const Shared&, int m, i64 k0, int k) const {
        return i0 + m < g.K && k0 + k < end ? w[(i0 + m) * end + k0 + k] : (REAL)0;
    }
    __device__ REAL right(const Shared& s, int m, int k) const {
        return seen(g, x, s.own[m], s.summed[k]);
    }
};

// input gradient: weights of a channel of x times dy, where a window's tap is the pixel.
template <typename TILE>
struct Back {
    typedef Tables<Pixel, Tap, TILE::SIDE, TILE::DEPTH> Shared;
    static constexpr bool LEFT_ALONG_K = true, RIGHT_ALONG_K = false;
    const Conv& g;
    const REAL* dy;
    const REAL* w;
    i64 i0, j0, first, end;

    __device__ void own(Shared& s, int m) const {
        s.own[m] = pixel_of(g, j0 + m);
    }
    __device__ void summed(Shared& s, i64 k0, int k) const {
        s.summed[k] = back_tap_of(g, k0 + k);
    }
    __device__ REAL left(const Shared& s, int m, i64 k0, int k) const {
        return i0 + m < g.C && k0 + k < end ? w[s.summed[k].weight + (i0 + m) * g.window()] : (REAL)0;
    }
    __device__ REAL right(const Shared& s, int m, int k) const {
        return seen_by(g, dy, s.own[m], s.summed[k]);
    }
};

// weight gradient: dy times windows, over the windows from `first` to `end`.
template <typename TILE>
struct Weights {
    typedef Tables<Tap, Pixel, TILE::SIDE, TILE::DEPTH> Shared;
    static constexpr bool LEFT_ALONG_K = true, RIGHT_ALONG_K = true;
    const Conv& g;
    const REAL* dy;
    const REAL* x;
    i64 i0, j0, first, end;

    __device__ void own(Shared& s, int m) const {
        s.own[m] = tap_of(g, j0 + m);
    }
    __device__ void summed(Shared& s, i64 k0, int k) const {
        s.summed[k] = window_of(g, k0 + k, end);
    }
    __device__ REAL left(const Shared& s, int m, i64 k0, int k) const {
        return i0 + m < g.K && k0 + k < end ? dy[s.summed[k].out + (i0 + m) * g.pixels()] : (REAL)0;
    }
    __device__ REAL right(const Shared& s, int m, int k) const {
        return seen(g, x, s.summed[k], s.own[m]);
    }
};

template <typename TILE, typename PRODUCT>
__device__ inline void fetch_slab(REAL* left, REAL* right, const PRODUCT& p, const typename PRODUCT::Shared& tables, i64 k0) {
#pragma unroll
    for (int f = 0; f < TILE::FETCHES; f++) {
        int m, k;
        slab_place<TILE, PRODUCT::LEFT_ALONG_K>(f, m, k);
        left[f] = p.left(tables, m, k0, k);
        slab_place<TILE, PRODUCT::RIGHT_ALONG_K>(f, m, k);
        right[f] = p.right(tables, m, k);
    }
}

// Adds the products of a tile to acc, from p.first to p.end in slabs of DEPTH: the loop of dense_tile.cuh.
template <typename TILE, typename PRODUCT, int T>
__device__ inline void add_windows(REAL (&acc)[T][T], const PRODUCT& p, typename PRODUCT::Shared& tables,
                                   typename TILE::Slab& left, typename TILE::Slab& right) {
    const int thread = (int)threadIdx.x;
    REAL left_next[TILE::FETCHES], right_next[TILE::FETCHES];
    if (thread < TILE::SIDE) {
        p.own(tables, thread);
    }
    if (thread < TILE::DEPTH) {
        p.summed(tables, p.first, thread);
    }
    __syncthreads();
    fetch_slab<TILE>(left_next, right_next, p, tables, p.first);
    for (i64 k0 = p.first; k0 < p.end; k0 += TILE::DEPTH) {
        __syncthreads();
        store<TILE, T, PRODUCT::LEFT_ALONG_K>(left, left_next);
        store<TILE, T, PRODUCT::RIGHT_ALONG_K>(right, right_next);
        if (thread < TILE::DEPTH) {
            p.summed(tables, k0 + TILE::DEPTH, thread);
        }
        __syncthreads();
        fetch_slab<TILE>(left_next, right_next, p, tables, k0 + TILE::DEPTH);
        multiply<TILE, T>(acc, left, right);
    }
}

// Where element (i, j) of a tile of `height` channels x pixels is written, j counting pixels of all images.
__device__ inline i64 planar(i64 i, i64 j, i64 height, i64 pixels) {
    return (j / pixels * height + i) * pixels + j % pixels;
}
