// dense.cu: replica-batched affine maps y = x w^T + b and their gradients.
//
//     forward          y [R,N,K] = b + x w^T        2 R N K D flops
//     input gradient   dx[R,N,D] = dy w             2 R N K D
//     weight gradient  dw[R,K,D] = dy^T x           2 R N K D
//     bias gradient    db[R,K]   = sum_n dy         R N K
//
// Layout. x [R,N,D], w [R,K,D] (one row per unit, as in a PyTorch Linear), y and dy [R,N,K], all row-major; each pointer
// comes with its replica stride, 0 where all replicas share one array. b may be null: no bias.
//
// Threads. Every product comes in four sizes, chosen by the host from N, K, D alone:
//
//     small    one thread per output, several replicas per block (blockDim = (lanes, rows) of reduce.cuh): products of a
//              few hundred outputs, where a tile would be mostly empty. Operands come through L1.
//     tile32   a block makes 32 x 32 outputs of one replica, 2 x 2 per thread, slabs of 16 along the sum
//     tile64   64 x 64, 4 x 4 per thread, slabs of 16
//     tile128  128 x 128, 8 x 8 per thread, slabs of 8
//
// Bytes. An ideal product reads both operands and writes the output once. A tile of side S reads each operand about
// extent / S times over, mostly from L2: 2 S flops per element read, 32 (tile32) to 128 (tile128).
//
// Determinism. Every output is one chain of fused multiply-adds in the order of the sum, starting at the bias, in the
// element type (dense_tile.cuh): the same bits in all four sizes, for every R, alone or among others. The bias gradient
// adds the 8 partial chains of a column (n = l, l + 8, ...) in order.
#include "dense_tile.cuh"
#include "reduce.cuh"

typedef Tile<2, 16> Tile32;
typedef Tile<4, 16> Tile64;
typedef Tile<8, 8> Tile128;

KERNEL(dense_forward_small)(
    REAL* __restrict__ y, i64 y_stride, const REAL* __restrict__ x, i64 x_stride,
    const REAL* __restrict__ w, i64 w_stride, const REAL* __restrict__ bias, i64 bias_stride,
    i64 R, i64 N, i64 K, i64 D, i32 chunks) {
    const i64 r = row_of(chunks);
    const i64 e = chunk_of(chunks) * blockDim.x + threadIdx.x;
    if (r < R && e < N * K) {
        const i64 i = e / K, j = e % K;
        const REAL start = bias == nullptr ? (REAL)0 : bias[r * bias_stride + j];
        y[r * y_stride + e] =
            dot_product<true, true>({x + r * x_stride, N, D, D}, {w + r * w_stride, K, D, D}, i, j, start);
    }
}

KERNEL(dense_forward_tile32)(
    REAL* __restrict__ y, i64 y_stride, const REAL* __restrict__ x, i64 x_stride,
    const REAL* __restrict__ w, i64 w_stride, const REAL* __restrict__ bias, i64 bias_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    __shared__ Tile32::Slab left, right;
    const i64 r = blockIdx.x / (u32)tiles;
    if (r < R) {
        tile_product<2, 16, true, true>(y + r * y_stride, {x + r * x_stride, N, D, D}, {w + r * w_stride, K, D, D},
            bias == nullptr ? nullptr : bias + r * bias_stride, blockIdx.x % (u32)tiles, (u32)tiles_j, left, right);
    }
}

KERNEL(dense_forward_tile64)(
    REAL* __restrict__ y, i64 y_stride, const REAL* __restrict__ x, i64 x_stride,
    const REAL* __restrict__ w, i64 w_stride, const REAL* __restrict__ bias, i64 bias_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    __shared__ Tile64::Slab left, right;
    const i64 r = blockIdx.x / (u32)tiles;
    if (r < R) {
        tile_product<4, 16, true, true>(y + r * y_stride, {x + r * x_stride, N, D, D}, {w + r * w_stride, K, D, D},
            bias == nullptr ? nullptr : bias + r * bias_stride, blockIdx.x % (u32)tiles, (u32)tiles_j, left, right);
    }
}

KERNEL(dense_forward_tile128)(
    REAL* __restrict__ y, i64 y_stride, const REAL* __restrict__ x, i64 x_stride,
    const REAL* __restrict__ w, i64 w_stride, const REAL* __restrict__ bias, i64 bias_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    __shared__ Tile128::Slab left, right;
    const i64 r = blockIdx.x / (u32)tiles;
    if (r < R) {
        tile_product<8, 8, true, true>(y + r * y_stride, {x + r * x_stride, N, D, D}, {w + r * w_stride, K, D, D},
            bias == nullptr ? nullptr : bias + r * bias_stride, blockIdx.x % (u32)tiles, (u32)tiles_j, left, right);
    }
}

KERNEL(dense_input_gradient_small)(
    REAL* __restrict__ dx, i64 dx_stride, const REAL* __restrict__ dy, i64 dy_stride,
    const REAL* __restrict__ w, i64 w_stride,
    i64 R, i64 N, i64 K, i64 D, i32 chunks) {
    const i64 r = row_of(chunks);
    const i64 e = chunk_of(chunks) * blockDim.x + threadIdx.x;
    if (r < R && e < N * D) {
        const i64 i = e / D, j = e % D;
        dx[r * dx_stride + e] =
            dot_product<true, false>({dy + r * dy_stride, N, K, K}, {w + r * w_stride, D, K, D}, i, j, 0);
    }
}

KERNEL(dense_input_gradient_tile32)(
    REAL* __restrict__ dx, i64 dx_stride, const REAL* __restrict__ dy, i64 dy_stride,
    const REAL* __restrict__ w, i64 w_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    __shared__ Tile32::Slab left, right;
    const i64 r = blockIdx.x / (u32)tiles;
    if (r < R) {
        tile_product<2, 16, true, false>(dx + r * dx_stride, {dy + r * dy_stride, N, K, K}, {w + r * w_stride, D, K, D},
            nullptr, blockIdx.x % (u32)tiles, (u32)tiles_j, left, right);
    }
}

KERNEL(dense_input_gradient_tile64)(
    REAL* __restrict__ dx, i64 dx_stride, const REAL* __restrict__ dy, i64 dy_stride,
    const REAL* __restrict__ w, i64 w_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    __shared__ Tile64::Slab left, right;
    const i64 r = blockIdx.x / (u32)tiles;
    if (r < R) {
        tile_product<4, 16, true, false>(dx + r * dx_stride, {dy + r * dy_stride, N, K, K}, {w + r * w_stride, D, K, D},
            nullptr, blockIdx.x % (u32)tiles, (u32)tiles_j, left, right);
    }
}

KERNEL(dense_input_gradient_tile128)(
    REAL* __restrict__ dx, i64 dx_stride, const REAL* __restrict__ dy, i64 dy_stride,
    const REAL* __restrict__ w, i64 w_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    __shared__ Tile128::Slab left, right;
    const i64 r = blockIdx.x / (u32)tiles;
    if (r < R) {
        tile_product<8, 8, true, false>(dx + r * dx_stride, {dy + r * dy_stride, N, K, K}, {w + r * w_stride, D, K, D},
            nullptr, blockIdx.x % (u32)tiles, (u32)tiles_j, left, right);
    }
}

KERNEL(dense_weight_gradient_small)(
    REAL* __restrict__ dw, i64 dw_stride, const REAL* __restrict__ dy, i64 dy_stride,
    const REAL* __restrict__ x, i64 x_stride,
    i64 R, i64 N, i64 K, i64 D, i32 chunks) {
    const i64 r = row_of(chunks);
    const i64 e = chunk_of(chunks) * blockDim.x + threadIdx.x;
    if (r < R && e < K * D) {
        const i64 i = e / D, j = e % D;
        dw[r * dw_stride + e] =
            dot_product<false, false>({dy + r * dy_stride, K, N, K}, {x + r * x_stride, D, N, D}, i, j, 0);
    }
}

KERNEL(dense_weight_gradient_tile32)(
    REAL* __restrict__ dw, i64 dw_stride, const REAL* __restrict__ dy, i64 dy_stride,
    const REAL* __restrict__ x, i64 x_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    __shared__ Tile32::Slab left, right;
    const i64 r = blockIdx.x / (u32)tiles;
    if (r < R) {
        tile_product<2, 16, false, false>(dw + r * dw_stride, {dy + r * dy_stride, K, N, K}, {x + r * x_stride, D, N, D},
            nullptr, blockIdx.x % (u32)tiles, (u32)tiles_j, left, right);
    }
}

KERNEL(dense_weight_gradient_tile64)(
    REAL* __restrict__ dw, i64 dw_stride, const REAL* __restrict__ dy, i64 dy_stride,
    const REAL* __restrict__ x, i64 x_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    __shared__ Tile64::Slab left, right;
    const i64 r = blockIdx.x / (u32)tiles;
    if (r < R) {
        tile_product<4, 16, false, false>(dw + r * dw_stride, {dy + r * dy_stride, K, N, K}, {x + r * x_stride, D, N, D},
            nullptr, blockIdx.x % (u32)tiles, (u32)tiles_j, left, right);
    }
}

KERNEL(dense_weight_gradient_tile128)(
    REAL* __restrict__ dw, i64 dw_stride, const REAL* __restrict__ dy, i64 dy_stride,
    const REAL* __restrict__ x, i64 x_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    __shared__ Tile128::Slab left, right;
    const i64 r = blockIdx.x / (u32)tiles;
    if (r < R) {
        tile_product<8, 8, false, false>(dw + r * dw_stride, {dy + r * dy_stride, K, N, K}, {x + r * x_stride, D, N, D},
            nullptr, blockIdx.x % (u32)tiles, (u32)tiles_j, left, right);
    }
}

KERNEL(dense_bias_gradient)(REAL* __restrict__ db, i64 db_stride, const REAL* __restrict__ dy, i64 dy_stride, i64 R, i64 N,
                            i64 K, i32 chunks) {
    __shared__ REAL partial[BLOCK];
    const i64 r = blockIdx.x / (u32)chunks;
    const i64 k = chunk_of(chunks) * COLUMNS + threadIdx.x;
    REAL sum = 0;
    if (r < R && k < K) {
        for (i64 n = threadIdx.y; n < N; n += ROW_LANES) {
            sum += dy[r * dy_stride + n * K + k];
        }
    }
    sum = column_sum(sum, partial);
    if (threadIdx.y == 0 && k < K) {
        db[r * db_stride + k] = sum;
    }
}

// y[r,n,k] = b[r,k]: where a library product begins that is to add to it. A row here is one example (r, n).
KERNEL(dense_bias_rows)(REAL* __restrict__ y, i64 y_stride, const REAL* __restrict__ bias, i64 bias_stride, i64 R, i64 N,
                        i64 K, i32 chunks) {
    const i64 row = row_of(chunks);
    const i64 r = row / N, n = row % N;
    const i64 k = chunk_of(chunks) * blockDim.x + threadIdx.x;
    if (r < R && k < K) {
        y[r * y_stride + n * K + k] = bias[r * bias_stride + k];
    }
}
