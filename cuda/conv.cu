// conv.cu: replica-batched 2-d convolutions and their gradients, as implicit products.
//
//     forward          y [r,n,k,i,j]  = b[r,k] + sum_{c,u,v} x[r,n,c, i s + u - p, j s + v - p] w[r,k,c,u,v]
//     input gradient   dx[r,n,c,h,q]  = sum_{k,u,v} dy[r,n,k,i,j] w[r,k,c,u,v], i s + u - p = h and j s + v - p = q
//     weight gradient  dw[r,k,c,u,v]  = sum_{n,i,j} dy[r,n,k,i,j] x[r,n,c, i s + u - p, j s + v - p]
//     bias gradient    db[r,k]        = sum_{n,i,j} dy[r,n,k,i,j]
//
// s is the stride, p the padding with zeros; the first three take 2 R N K Ho Wo C kh kw flops. With a mask, forward goes on to y =
// max(y, 0) and its gates, and the input gradient is 0 where the gate is closed.
//
// Layout. x and dx [R,N,C,H,W], w and dw [R,K,C,kh,kw], y and dy [R,N,K,Ho,Wo], row-major; each pointer comes with its replica
// stride, 0 where all replicas share one array. Null where there is none: bias, mask, partial. A mask is one bit per
// element, bit i of the replica's block (gate_words.cuh).
//
// Threads. A block of 256 makes a tile of channels x pixels of all images (forward: K x N Ho Wo, sum over C kh kw; input
// gradient: C x N H W, sum over K kh kw) or of channels x taps (weight gradient: K x C kh kw, sum over N Ho Wo), 32 x 32 or
// 64 x 64, 2 x 2 or 4 x 4 per thread, slabs of 16 along the sum. conv_tile.cuh says how operands are found. The input gradient gathers:
// each of its pixels asks which windows it was in, so nothing is added to memory from two sides. Of its terms 1 - 1 / s^2
// are zeros where s > 1.
//
// Bytes. Each operand read once and the output written once, at the least: R (N C H W + K C kh kw + N K Ho Wo) elements. A
// tile of side S reads a pixel kh kw / s^2 times for each S channels, from L1 or L2 but for the first time; patches are never
// stored. A mask takes 1/8 byte per output in place of a pass over y. The pieces of a weight gradient are 8 bytes a
// weight each, written once and read once.
//
// Determinism. Every output is one chain of fused multiply-adds in the order of the sum, starting at the bias: the same bits in
// both sizes. A weight gradient is cut along the sum into pieces of a length that follows from the sizes of one replica, and
// conv_sum adds the pieces' chains in fp64, in order. The bias gradient adds in fp64 in the order of reduce.cuh.
#include "conv_tile.cuh"
#include "gates.cuh"
#include "reduce.cuh"

typedef Tile<2, 16> Tile32;
typedef Tile<4, 16> Tile64;

// The first of this thread's rows and columns in its tile.
template <int T>
struct Corner {
    int i, j;
    __device__ Corner() : i((int)threadIdx.x / TILE_THREADS * T), j((int)threadIdx.x % TILE_THREADS * T) {}
};

template <int T>
__device__ inline void begin_rows(REAL (&acc)[T][T], const REAL* start, i64 i0, i64 height) {
    const Corner<T> corner;
#pragma unroll
    for (int i = 0; i < T; i++) {
        const i64 row = i0 + corner.i + i;
        const REAL value = start != nullptr && row < height ? start[row] : (REAL)0;
#pragma unroll
        for (int j = 0; j < T; j++) {
            acc[i][j] = value;
        }
    }
}

// acc to channels x pixels; where a gate of `mask` is closed, 0.
template <int T>
__device__ inline void put_planes(REAL* __restrict__ out, const REAL (&acc)[T][T], const u32* mask, i64 i0, i64 j0, i64 height,
                                  i64 images, i64 pixels) {
    const Corner<T> corner;
#pragma unroll
    for (int j = 0; j < T; j++) {
        const i64 column = j0 + corner.j + j;
#pragma unroll
        for (int i = 0; i < T; i++) {
            const i64 row = i0 + corner.i + i;
            if (row < height && column < images * pixels) {
                const i64 e = planar(row, column, height, pixels);
                const bool open = mask == nullptr || (mask[e / WARP] >> e % WARP & 1u) != 0;
                out[e] = open ? acc[i][j] : (REAL)0;
            }
        }
    }
}

// `length` gates from bit `bit` on, 1 to 32; `end` is the number of all gates: what is left of the last word is cleared.
__device__ inline void store_run(u32* mask, i64 bit, int length, i64 end, u32 value) {
    const int shift = (int)(bit % WARP);
    const bool last = bit + length == end;
    const int here = min(length, WARP - shift);
    const int stop = last && here == length ? WARP : shift + here;
    set_bits(mask + bit / WARP, ones(shift, stop), (value & ones(0, here)) << shift);
    if (here < length) {
        set_bits(mask + bit / WARP + 1, ones(0, last ? WARP : length - here), (value >> here) & ones(0, length - here));
    }
}

// The gates of a tile: a word holds neighbouring pixels, which are neighbours in the mask as far as an image goes.
template <int SIDE>
__device__ inline void store_plane_gates(u32* mask, const TileGates<SIDE>& gates, i64 i0, i64 j0, i64 height, i64 images,
                                         i64 pixels) {
    constexpr int WORDS = TileGates<SIDE>::WORDS;
    for (int e = (int)threadIdx.x; e < SIDE * WORDS; e += BLOCK) {
        const i64 row = i0 + e / WORDS;
        i64 column = j0 + e % WORDS * WARP;
        const i64 stop = min(column + WARP, images * pixels);
        u32 value = gates.rows[e / WORDS][e % WORDS];
        while (row < height && column < stop) {
            const int length = (int)min(stop - column, pixels - column % pixels);
            store_run(mask, planar(row, column, height, pixels), length, images * height * pixels, value);
            value = length < WARP ? value >> length : 0u;
            column += length;
        }
    }
}

template <typename TILE, int T>
__device__ inline void forward_tile(REAL* __restrict__ y, u32* mask, const REAL* bias, const Forward<TILE>& p,
                                    typename Forward<TILE>::Shared& tables, typename TILE::Slab& left,
                                    typename TILE::Slab& right, TileGates<TILE::SIDE>& gates) {
    REAL acc[T][T];
    begin_rows(acc, bias, p.i0, p.g.K);
    add_windows<TILE>(acc, p, tables, left, right);
    if (mask != nullptr) {
        rectify(acc, gates);
        __syncthreads();
        store_plane_gates(mask, gates, p.i0, p.j0, p.g.K, p.g.N, p.g.pixels());
    }
    put_planes(y, acc, nullptr, p.i0, p.j0, p.g.K, p.g.N, p.g.pixels());
}

template <typename TILE, int T>
__device__ inline void back_tile(REAL* __restrict__ dx, const u32* mask, const Back<TILE>& p,
                                 typename Back<TILE>::Shared& tables, typename TILE::Slab& left, typename TILE::Slab& right) {
    REAL acc[T][T];
    begin_rows<T>(acc, nullptr, p.i0, p.g.C);
    add_windows<TILE>(acc, p, tables, left, right);
    put_planes(dx, acc, mask, p.i0, p.j0, p.g.C, p.g.N, p.g.plane());
}

// To dw [K, taps], or, where `partial` is not null, to a piece of it.
template <typename TILE, int T>
__device__ inline void weights_tile(REAL* __restrict__ dw, double* __restrict__ partial, const Weights<TILE>& p,
                                    typename Weights<TILE>::Shared& tables, typename TILE::Slab& left,
                                    typename TILE::Slab& right) {
    const i64 taps = p.g.C * p.g.window();
    const Corner<T> corner;
    REAL acc[T][T];
    begin_rows<T>(acc, nullptr, p.i0, p.g.K);
    add_windows<TILE>(acc, p, tables, left, right);
#pragma unroll
    for (int i = 0; i < T; i++) {
#pragma unroll
        for (int j = 0; j < T; j++) {
            const i64 row = p.i0 + corner.i + i, column = p.j0 + corner.j + j;
            if (row < p.g.K && column < taps && partial == nullptr) {
                dw[row * taps + column] = acc[i][j];
            } else if (row < p.g.K && column < taps) {
                partial[row * taps + column] = acc[i][j];
            }
        }
    }
}

KERNEL(conv_forward_tile32)(
    REAL* __restrict__ y, i64 y_stride, u32* __restrict__ mask, i64 mask_stride, const REAL* __restrict__ x, i64 x_stride,
    const REAL* __restrict__ w, i64 w_stride, const REAL* __restrict__ bias, i64 bias_stride,
    i64 R, i64 N, i64 C, i64 H, i64 W, i64 K, i64 kh, i64 kw, i64 Ho, i64 Wo, i32 stride, i32 padding, i32 tiles,
    i32 tiles_j) {
    __shared__ Tile32::Slab left, right;
    __shared__ Forward<Tile32>::Shared tables;
    __shared__ TileGates<Tile32::SIDE> gates;
    const Conv g = {N, C, H, W, K, kh, kw, Ho, Wo, stride, padding};
    const i64 r = blockIdx.x / (u32)tiles;
    const u32 tile = blockIdx.x % (u32)tiles;
    const Forward<Tile32> p = {g, x + r * x_stride, w + r * w_stride, (i64)(tile / (u32)tiles_j) * Tile32::SIDE,
        (i64)(tile % (u32)tiles_j) * Tile32::SIDE, 0, C * kh * kw};
    if (r < R) {
        forward_tile<Tile32, 2>(y + r * y_stride, mask == nullptr ? nullptr : mask + r * mask_stride,
            bias == nullptr ? nullptr : bias + r * bias_stride, p, tables, left, right, gates);
    }
}

KERNEL(conv_forward_tile64)(
    REAL* __restrict__ y, i64 y_stride, u32* __restrict__ mask, i64 mask_stride, const REAL* __restrict__ x, i64 x_stride,
    const REAL* __restrict__ w, i64 w_stride, const REAL* __restrict__ bias, i64 bias_stride,
    i64 R, i64 N, i64 C, i64 H, i64 W, i64 K, i64 kh, i64 kw, i64 Ho, i64 Wo, i32 stride, i32 padding, i32 tiles,
    i32 tiles_j) {
    __shared__ Tile64::Slab left, right;
    __shared__ Forward<Tile64>::Shared tables;
    __shared__ TileGates<Tile64::SIDE> gates;
    const Conv g = {N, C, H, W, K, kh, kw, Ho, Wo, stride, padding};
    const i64 r = blockIdx.x / (u32)tiles;
    const u32 tile = blockIdx.x % (u32)tiles;
    const Forward<Tile64> p = {g, x + r * x_stride, w + r * w_stride, (i64)(tile / (u32)tiles_j) * Tile64::SIDE,
        (i64)(tile % (u32)tiles_j) * Tile64::SIDE, 0, C * kh * kw};
    if (r < R) {
        forward_tile<Tile64, 4>(y + r * y_stride, mask == nullptr ? nullptr : mask + r * mask_stride,
            bias == nullptr ? nullptr : bias + r * bias_stride, p, tables, left, right, gates);
    }
}

KERNEL(conv_input_gradient_tile32)(
    REAL* __restrict__ dx, i64 dx_stride, const REAL* __restrict__ dy, i64 dy_stride, const REAL* __restrict__ w,
    i64 w_stride, const u32* __restrict__ mask, i64 mask_stride,
    i64 R, i64 N, i64 C, i64 H, i64 W, i64 K, i64 kh, i64 kw, i64 Ho, i64 Wo, i32 stride, i32 padding, i32 tiles,
    i32 tiles_j) {
    __shared__ Tile32::Slab left, right;
    __shared__ Back<Tile32>::Shared tables;
    const Conv g = {N, C, H, W, K, kh, kw, Ho, Wo, stride, padding};
    const i64 r = blockIdx.x / (u32)tiles;
    const u32 tile = blockIdx.x % (u32)tiles;
    const Back<Tile32> p = {g, dy + r * dy_stride, w + r * w_stride, (i64)(tile / (u32)tiles_j) * Tile32::SIDE,
        (i64)(tile % (u32)tiles_j) * Tile32::SIDE, 0, K * kh * kw};
    if (r < R) {
        back_tile<Tile32, 2>(dx + r * dx_stride, mask == nullptr ? nullptr : mask + r * mask_stride, p, tables, left, right);
    }
}

KERNEL(conv_input_gradient_tile64)(
    REAL* __restrict__ dx, i64 dx_stride, const REAL* __restrict__ dy, i64 dy_stride, const REAL* __restrict__ w,
    i64 w_stride, const u32* __restrict__ mask, i64 mask_stride,
    i64 R, i64 N, i64 C, i64 H, i64 W, i64 K, i64 kh, i64 kw, i64 Ho, i64 Wo, i32 stride, i32 padding, i32 tiles,
    i32 tiles_j) {
    __shared__ Tile64::Slab left, right;
    __shared__ Back<Tile64>::Shared tables;
    const Conv g = {N, C, H, W, K, kh, kw, Ho, Wo, stride, padding};
    const i64 r = blockIdx.x / (u32)tiles;
    const u32 tile = blockIdx.x % (u32)tiles;
    const Back<Tile64> p = {g, dy + r * dy_stride, w + r * w_stride, (i64)(tile / (u32)tiles_j) * Tile64::SIDE,
        (i64)(tile % (u32)tiles_j) * Tile64::SIDE, 0, K * kh * kw};
    if (r < R) {
        back_tile<Tile64, 4>(dx + r * dx_stride, mask == nullptr ? nullptr : mask + r * mask_stride, p, tables, left, right);
    }
}

// A block is one tile of one piece; pieces are `length` windows long, a multiple of a slab.
KERNEL(conv_weight_gradient_tile32)(
    REAL* __restrict__ dw, i64 dw_stride, double* __restrict__ partial, i64 partial_stride, const REAL* __restrict__ dy,
    i64 dy_stride, const REAL* __restrict__ x, i64 x_stride,
    i64 R, i64 N, i64 C, i64 H, i64 W, i64 K, i64 kh, i64 kw, i64 Ho, i64 Wo, i32 stride, i32 padding, i32 tiles,
    i32 tiles_j, i64 length, i32 pieces) {
    __shared__ Tile32::Slab left, right;
    __shared__ Weights<Tile32>::Shared tables;
    const Conv g = {N, C, H, W, K, kh, kw, Ho, Wo, stride, padding};
    const u32 tile = blockIdx.x % (u32)tiles;
    const i64 piece = blockIdx.x / (u32)tiles % (u32)pieces, r = blockIdx.x / (u32)tiles / (u32)pieces;
    const i64 first = piece * length;
    const Weights<Tile32> p = {g, dy + r * dy_stride, x + r * x_stride, (i64)(tile / (u32)tiles_j) * Tile32::SIDE,
        (i64)(tile % (u32)tiles_j) * Tile32::SIDE, first, min(first + length, N * Ho * Wo)};
    if (r < R) {
        weights_tile<Tile32, 2>(dw + r * dw_stride,
            partial == nullptr ? nullptr : partial + r * partial_stride + piece * (K * C * kh * kw), p, tables, left, right);
    }
}

KERNEL(conv_weight_gradient_tile64)(
    REAL* __restrict__ dw, i64 dw_stride, double* __restrict__ partial, i64 partial_stride, const REAL* __restrict__ dy,
    i64 dy_stride, const REAL* __restrict__ x, i64 x_stride,
    i64 R, i64 N, i64 C, i64 H, i64 W, i64 K, i64 kh, i64 kw, i64 Ho, i64 Wo, i32 stride, i32 padding, i32 tiles,
    i32 tiles_j, i64 length, i32 pieces) {
    __shared__ Tile64::Slab left, right;
    __shared__ Weights<Tile64>::Shared tables;
    const Conv g = {N, C, H, W, K, kh, kw, Ho, Wo, stride, padding};
    const u32 tile = blockIdx.x % (u32)tiles;
    const i64 piece = blockIdx.x / (u32)tiles % (u32)pieces, r = blockIdx.x / (u32)tiles / (u32)pieces;
    const i64 first = piece * length;
    const Weights<Tile64> p = {g, dy + r * dy_stride, x + r * x_stride, (i64)(tile / (u32)tiles_j) * Tile64::SIDE,
        (i64)(tile % (u32)tiles_j) * Tile64::SIDE, first, min(first + length, N * Ho * Wo)};
    if (r < R) {
        weights_tile<Tile64, 4>(dw + r * dw_stride,
            partial == nullptr ? nullptr : partial + r * partial_stride + piece * (K * C * kh * kw), p, tables, left, right);
    }
}

// dw = the sum of its pieces [pieces, size], in order.
KERNEL(conv_sum)(REAL* __restrict__ dw, i64 dw_stride, const double* __restrict__ partial, i64 partial_stride, i64 R,
                 i64 pieces, i64 size, i32 chunks) {
    const i64 r = row_of(chunks);
    const i64 e = chunk_of(chunks) * blockDim.x + threadIdx.x;
    if (r >= R || e >= size) {
        return;
    }
    const double* mine = partial + r * partial_stride + e;
    double sum = mine[0];
    for (i64 piece = 1; piece < pieces; piece++) {
        sum += mine[piece * size];
    }
    dw[r * dw_stride + e] = (REAL)sum;
}

// A row here is one channel (r, k); its elements are the pixels of all images.
KERNEL(conv_bias_gradient)(REAL* __restrict__ db, i64 db_stride, const REAL* __restrict__ dy, i64 dy_stride, i64 R, i64 N,
                           i64 K, i64 pixels) {
    __shared__ double warps[WARPS];
    const i64 row = row_of(1);
    const i64 r = row / K, k = row % K;
    double sum = 0;
    if (r < R) {
        for (i64 e = threadIdx.x; e < N * pixels; e += blockDim.x) {
            sum += dy[r * dy_stride + planar(k, e, K, pixels)];
        }
    }
    sum = lanes_sum(sum, warps);
    if (r < R && threadIdx.x == 0) {
        db[r * db_stride + k] = (REAL)sum;
    }
}
