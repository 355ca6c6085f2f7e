// dense_tensor.cu: the products of dense.cu by tensor cores, for those who ask for TF32 or TF32X3 by name. fp32 alone.
//
//     forward          y [R,N,K] = b + x w^T        with a mask: y = max(y, 0) and its gates
//     input gradient   dx[R,N,D] = dy w             with a mask: dx = 0 where the gate is closed
//     weight gradient  dw[R,K,D] = dy^T x           with db: the bias gradient, a plain fp32 sum
//
// tf32: operands rounded to 10 bits of mantissa, error about 2^-10 of sum |terms|, 2 R N K D flops. tf32x3: every operand split
// in two such numbers, three products of four, 6 R N K D flops, error about 2^-19, which is less than that of an fp32 chain
// of more than some 40 terms. Bounds and the order of the sums: tensor_tile.cuh.
//
// Layout. As in dense.cu: x [R,N,D], w [R,K,D], y and dy [R,N,K], row-major, each pointer with its replica stride; null where
// there is none: bias, mask, db. A mask is one bit per output (gate_words.cuh).
//
// Threads. Two sizes, chosen by the host from the sizes of one replica; 128 threads, one or more blocks per replica:
//
//     tile32   32 x 32 outputs, four warps of 16 x 16
//     tile64   64 x 64, four warps of 32 x 32
//
// Bytes. Each operand is read about extent / SIDE times over, mostly from L2: 32 (tile32) or 64 flops per term and element.
// Shared memory per block: 2 SIDE DEPTH words and padding, twice that for tf32x3: 18 to 37 KB for tile64. What is fused takes
// no pass of its own.
//
// Determinism. An output is one chain of chunks of eight terms, the same in both sizes, for every R, fused or not. The bits
// are one device model's: how a tensor core adds is its own affair (tensor_core.cuh). The bias gradient has the bits of
// dense_bias_gradient.
#if defined(RECTIFIER_F32)
#define RECTIFIER_BLOCK 128
#define RECTIFIER_BLOCKS 3
#include "tensor_tile.cuh"

constexpr int Tile32 = WARP, Tile64 = 2 * WARP; // sides

template <int SIDE, int TERMS>
__device__ inline void forward(float* __restrict__ y, u32* mask, const Operand& x, const Operand& w,
                               const float* __restrict__ bias, u32 tile, u32 tiles_j) {
    typedef TensorTile<SIDE, TERMS> TILE;
    __shared__ TensorGates<TILE> gates;
    const TensorPlace<TILE> at(x, w, tile, tiles_j);
    typename TILE::Sums c;
    Unseen unseen;
    begin<TILE>(c, bias, at);
    add_products<TILE, true, true>(c, x, w, at, unseen);
    if (mask == nullptr) {
        put<TILE>(y, c, at);
        return;
    }
    rectify<TILE>(c, gates, at);
    put<TILE>(y, c, at);
    __syncthreads();
    store_gates(mask, at, gates);
}

template <int SIDE, int TERMS>
__device__ inline void input_gradient(float* __restrict__ dx, const u32* __restrict__ mask, const Operand& dy,
                                      const Operand& w, u32 tile, u32 tiles_j) {
    typedef TensorTile<SIDE, TERMS> TILE;
    const TensorPlace<TILE> at(dy, w, tile, tiles_j);
    typename TILE::Sums c;
    Unseen unseen;
    begin<TILE>(c, nullptr, at);
    add_products<TILE, true, false>(c, dy, w, at, unseen);
    if (mask != nullptr) {
        gate<TILE>(c, mask, at);
    }
    put<TILE>(dx, c, at);
}

// The first of a row of tiles sees to db, if that is wanted.
template <int SIDE, int TERMS>
__device__ inline void weight_gradient(float* __restrict__ dw, float* __restrict__ db, const Operand& dy,
                                       const Operand& x, u32 tile, u32 tiles_j) {
    typedef TensorTile<SIDE, TERMS> TILE;
    const TensorPlace<TILE> at(dy, x, tile, tiles_j);
    typename TILE::Sums c;
    BiasChains<TILE> chains;
    begin<TILE>(c, nullptr, at);
    add_products<TILE, false, false>(c, dy, x, at, chains);
    put<TILE>(dw, c, at);
    chains.put(at.tile_j == 0 ? db : nullptr, at.tile_i, at.height);
}

KERNEL(dense_forward_tf32_tile32)(
    REAL* __restrict__ y, i64 y_stride, u32* __restrict__ mask, i64 mask_stride, const REAL* __restrict__ x, i64 x_stride,
    const REAL* __restrict__ w, i64 w_stride, const REAL* __restrict__ bias, i64 bias_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    const i64 r = blockIdx.x / (u32)tiles;
    const u32 tile = blockIdx.x % (u32)tiles;
    if (r < R) {
        forward<Tile32, 1>(y + r * y_stride, mask == nullptr ? nullptr : mask + r * mask_stride,
            {x + r * x_stride, N, D, D}, {w + r * w_stride, K, D, D},
            bias == nullptr ? nullptr : bias + r * bias_stride, tile, (u32)tiles_j);
    }
}

KERNEL(dense_forward_tf32_tile64)(
    REAL* __restrict__ y, i64 y_stride, u32* __restrict__ mask, i64 mask_stride, const REAL* __restrict__ x, i64 x_stride,
    const REAL* __restrict__ w, i64 w_stride, const REAL* __restrict__ bias, i64 bias_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    const i64 r = blockIdx.x / (u32)tiles;
    const u32 tile = blockIdx.x % (u32)tiles;
    if (r < R) {
        forward<Tile64, 1>(y + r * y_stride, mask == nullptr ? nullptr : mask + r * mask_stride,
            {x + r * x_stride, N, D, D}, {w + r * w_stride, K, D, D},
            bias == nullptr ? nullptr : bias + r * bias_stride, tile, (u32)tiles_j);
    }
}

KERNEL(dense_forward_tf32x3_tile32)(
    REAL* __restrict__ y, i64 y_stride, u32* __restrict__ mask, i64 mask_stride, const REAL* __restrict__ x, i64 x_stride,
    const REAL* __restrict__ w, i64 w_stride, const REAL* __restrict__ bias, i64 bias_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    const i64 r = blockIdx.x / (u32)tiles;
    const u32 tile = blockIdx.x % (u32)tiles;
    if (r < R) {
        forward<Tile32, 3>(y + r * y_stride, mask == nullptr ? nullptr : mask + r * mask_stride,
            {x + r * x_stride, N, D, D}, {w + r * w_stride, K, D, D},
            bias == nullptr ? nullptr : bias + r * bias_stride, tile, (u32)tiles_j);
    }
}

KERNEL(dense_forward_tf32x3_tile64)(
    REAL* __restrict__ y, i64 y_stride, u32* __restrict__ mask, i64 mask_stride, const REAL* __restrict__ x, i64 x_stride,
    const REAL* __restrict__ w, i64 w_stride, const REAL* __restrict__ bias, i64 bias_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    const i64 r = blockIdx.x / (u32)tiles;
    const u32 tile = blockIdx.x % (u32)tiles;
    if (r < R) {
        forward<Tile64, 3>(y + r * y_stride, mask == nullptr ? nullptr : mask + r * mask_stride,
            {x + r * x_stride, N, D, D}, {w + r * w_stride, K, D, D},
            bias == nullptr ? nullptr : bias + r * bias_stride, tile, (u32)tiles_j);
    }
}

KERNEL(dense_input_gradient_tf32_tile32)(
    REAL* __restrict__ dx, i64 dx_stride, const REAL* __restrict__ dy, i64 dy_stride,
    const REAL* __restrict__ w, i64 w_stride, const u32* __restrict__ mask, i64 mask_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    const i64 r = blockIdx.x / (u32)tiles;
    const u32 tile = blockIdx.x % (u32)tiles;
    if (r < R) {
        input_gradient<Tile32, 1>(dx + r * dx_stride, mask == nullptr ? nullptr : mask + r * mask_stride,
            {dy + r * dy_stride, N, K, K}, {w + r * w_stride, D, K, D}, tile, (u32)tiles_j);
    }
}

KERNEL(dense_input_gradient_tf32_tile64)(
    REAL* __restrict__ dx, i64 dx_stride, const REAL* __restrict__ dy, i64 dy_stride,
    const REAL* __restrict__ w, i64 w_stride, const u32* __restrict__ mask, i64 mask_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    const i64 r = blockIdx.x / (u32)tiles;
    const u32 tile = blockIdx.x % (u32)tiles;
    if (r < R) {
        input_gradient<Tile64, 1>(dx + r * dx_stride, mask == nullptr ? nullptr : mask + r * mask_stride,
            {dy + r * dy_stride, N, K, K}, {w + r * w_stride, D, K, D}, tile, (u32)tiles_j);
    }
}

KERNEL(dense_input_gradient_tf32x3_tile32)(
    REAL* __restrict__ dx, i64 dx_stride, const REAL* __restrict__ dy, i64 dy_stride,
    const REAL* __restrict__ w, i64 w_stride, const u32* __restrict__ mask, i64 mask_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    const i64 r = blockIdx.x / (u32)tiles;
    const u32 tile = blockIdx.x % (u32)tiles;
    if (r < R) {
        input_gradient<Tile32, 3>(dx + r * dx_stride, mask == nullptr ? nullptr : mask + r * mask_stride,
            {dy + r * dy_stride, N, K, K}, {w + r * w_stride, D, K, D}, tile, (u32)tiles_j);
    }
}

KERNEL(dense_input_gradient_tf32x3_tile64)(
    REAL* __restrict__ dx, i64 dx_stride, const REAL* __restrict__ dy, i64 dy_stride,
    const REAL* __restrict__ w, i64 w_stride, const u32* __restrict__ mask, i64 mask_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    const i64 r = blockIdx.x / (u32)tiles;
    const u32 tile = blockIdx.x % (u32)tiles;
    if (r < R) {
        input_gradient<Tile64, 3>(dx + r * dx_stride, mask == nullptr ? nullptr : mask + r * mask_stride,
            {dy + r * dy_stride, N, K, K}, {w + r * w_stride, D, K, D}, tile, (u32)tiles_j);
    }
}

KERNEL(dense_weight_gradient_tf32_tile32)(
    REAL* __restrict__ dw, i64 dw_stride, REAL* __restrict__ db, i64 db_stride,
    const REAL* __restrict__ dy, i64 dy_stride, const REAL* __restrict__ x, i64 x_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    const i64 r = blockIdx.x / (u32)tiles;
    const u32 tile = blockIdx.x % (u32)tiles;
    if (r < R) {
        weight_gradient<Tile32, 1>(dw + r * dw_stride, db == nullptr ? nullptr : db + r * db_stride,
            {dy + r * dy_stride, K, N, K}, {x + r * x_stride, D, N, D}, tile, (u32)tiles_j);
    }
}

KERNEL(dense_weight_gradient_tf32_tile64)(
    REAL* __restrict__ dw, i64 dw_stride, REAL* __restrict__ db, i64 db_stride,
    const REAL* __restrict__ dy, i64 dy_stride, const REAL* __restrict__ x, i64 x_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    const i64 r = blockIdx.x / (u32)tiles;
    const u32 tile = blockIdx.x % (u32)tiles;
    if (r < R) {
        weight_gradient<Tile64, 1>(dw + r * dw_stride, db == nullptr ? nullptr : db + r * db_stride,
            {dy + r * dy_stride, K, N, K}, {x + r * x_stride, D, N, D}, tile, (u32)tiles_j);
    }
}

KERNEL(dense_weight_gradient_tf32x3_tile32)(
    REAL* __restrict__ dw, i64 dw_stride, REAL* __restrict__ db, i64 db_stride,
    const REAL* __restrict__ dy, i64 dy_stride, const REAL* __restrict__ x, i64 x_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    const i64 r = blockIdx.x / (u32)tiles;
    const u32 tile = blockIdx.x % (u32)tiles;
    if (r < R) {
        weight_gradient<Tile32, 3>(dw + r * dw_stride, db == nullptr ? nullptr : db + r * db_stride,
            {dy + r * dy_stride, K, N, K}, {x + r * x_stride, D, N, D}, tile, (u32)tiles_j);
    }
}

KERNEL(dense_weight_gradient_tf32x3_tile64)(
    REAL* __restrict__ dw, i64 dw_stride, REAL* __restrict__ db, i64 db_stride,
    const REAL* __restrict__ dy, i64 dy_stride, const REAL* __restrict__ x, i64 x_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    const i64 r = blockIdx.x / (u32)tiles;
    const u32 tile = blockIdx.x % (u32)tiles;
    if (r < R) {
        weight_gradient<Tile64, 3>(dw + r * dw_stride, db == nullptr ? nullptr : db + r * db_stride,
            {dy + r * dy_stride, K, N, K}, {x + r * x_stride, D, N, D}, tile, (u32)tiles_j);
    }
}
#endif
