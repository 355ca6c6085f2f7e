// dense.cu: replica-batched affine maps y = x w^T + b and their gradients, with what follows them at once.
//
//     forward          y [R,N,K] = b + x w^T        2 R N K D flops; with a mask: y = max(y, 0) and its gates
//     input gradient   dx[R,N,D] = dy w             2 R N K D; with a mask: dx = 0 where the gate is closed
//     weight gradient  dw[R,K,D] = dy^T x           2 R N K D; with db: the bias gradient from the same dy
//     bias gradient    db[R,K]   = sum_n dy         R N K
//
// Layout. x [R,N,D], w [R,K,D] (one row per unit, as in a PyTorch Linear), y and dy [R,N,K], all row-major; each pointer
// comes with its replica stride, 0 where all replicas share one array. Null where there is none: bias, mask, db. A mask is
// one bit per output (gates.cuh).
//
// Threads. Every product comes in four sizes, chosen by the host:
//
//     small    one thread per output, several replicas per block (blockDim = (lanes, rows) of reduce.cuh): products of a
//              few hundred outputs, where a tile would be mostly empty. Operands come through L1. A warp holds 32
//              neighbouring outputs, so its ballot is a word of the mask.
//     tile32   a block makes 32 x 32 outputs of one replica, 2 x 2 per thread, slabs of 16 along the sum
//     tile64   64 x 64, 4 x 4 per thread, slabs of 16
//     tile128  128 x 128, 8 x 8 per thread, slabs of 8
//
// Bytes. An ideal product reads both operands and writes the output once. A tile of side S reads each operand about
// extent / S times over, mostly from L2: 2 S flops per element read, 32 (tile32) to 128 (tile128). What is fused takes no
// pass of its own: a mask costs its 1/8 byte per output, where relu and relu_backward read and write the array once more, and a
// bias gradient costs its K numbers, where dense_bias_gradient reads dy once more.
//
// Determinism. Every output is one chain of fused multiply-adds in the order of the sum, starting at the bias, in the
// element type (dense_tile.cuh): the same bits in all four sizes, for every R, alone or among others, with or without a
// mask. The bias gradient adds the 8 partial chains of a column (n = l, l + 8, ...) in order, fused or not.
#include "column_sums.cuh"
#include "gates.cuh"

typedef Tile<2, 16> Tile32;
typedef Tile<4, 16> Tile64;
typedef Tile<8, 8> Tile128;

// One tile of a forward product; mask null: no ReLU.
template <int T, int DEPTH>
__device__ inline void forward_tile(REAL* __restrict__ y, u32* mask, const Operand& x, const Operand& w,
                                    const REAL* __restrict__ bias, const Place<T>& at,
                                    typename Tile<T, DEPTH>::Slab& left, typename Tile<T, DEPTH>::Slab& right,
                                    TileGates<Place<T>::SIDE>& gates) {
    REAL acc[T][T];
    begin(acc, bias, at);
    add_products<DEPTH, true, true>(acc, x, w, at, left, right, Unseen());
    if (mask == nullptr) {
        put(y, acc, at);
        return;
    }
    rectify(acc, gates);
    put(y, acc, at);
    __syncthreads();
    store_gates(mask, at, gates);
}

// One tile of the gradient of a layer's inputs; mask null: as it is.
template <int T, int DEPTH>
__device__ inline void input_gradient_tile(REAL* __restrict__ dx, const u32* __restrict__ mask, const Operand& dy,
                                           const Operand& w, const Place<T>& at, typename Tile<T, DEPTH>::Slab& left,
                                           typename Tile<T, DEPTH>::Slab& right) {
    REAL acc[T][T];
    begin<T>(acc, nullptr, at);
    add_products<DEPTH, true, false>(acc, dy, w, at, left, right, Unseen());
    if (mask != nullptr) {
        gate(acc, mask, at);
    }
    put(dx, acc, at);
}

// One tile of the gradient of a layer's weights; the first of a row of tiles sees to db, if that is wanted.
template <int T, int DEPTH>
__device__ inline void weight_gradient_tile(REAL* __restrict__ dw, REAL* __restrict__ db, const Operand& dy,
                                            const Operand& x, const Place<T>& at, typename Tile<T, DEPTH>::Slab& left,
                                            typename Tile<T, DEPTH>::Slab& right,
                                            typename ColumnSums<T, DEPTH>::Chains& chains) {
    const ColumnSums<T, DEPTH> sums = {db != nullptr && at.tile_j == 0 ? chains : nullptr};
    REAL acc[T][T];
    begin<T>(acc, nullptr, at);
    sums.begin();
    add_products<DEPTH, false, false>(acc, dy, x, at, left, right, sums);
    put(dw, acc, at);
    sums.put(db, at.tile_i, at.height);
}

KERNEL(dense_forward_small)(
    REAL* __restrict__ y, i64 y_stride, u32* __restrict__ mask, i64 mask_stride, const REAL* __restrict__ x, i64 x_stride,
    const REAL* __restrict__ w, i64 w_stride, const REAL* __restrict__ bias, i64 bias_stride,
    i64 R, i64 N, i64 K, i64 D, i32 chunks) {
    const i64 r = row_of(chunks);
    const i64 e = chunk_of(chunks) * blockDim.x + threadIdx.x;
    if (r >= R) {
        return;
    }
    REAL value = 0;
    if (e < N * K) {
        const i64 i = e / K, j = e % K;
        const REAL start = bias == nullptr ? (REAL)0 : bias[r * bias_stride + j];
        value = dot_product<true, true>({x + r * x_stride, N, D, D}, {w + r * w_stride, K, D, D}, i, j, start);
    }
    const u32 gates = __ballot_sync(FULL_WARP, value > 0);
    if (mask != nullptr) {
        value = value <= 0 ? (REAL)0 : value; // a NaN fails the comparison and stays
    }
    if (e < N * K) {
        y[r * y_stride + e] = value;
    }
    if (mask != nullptr && e < N * K && e % WARP == 0) {
        mask[r * mask_stride + e / WARP] = gates;
    }
}

KERNEL(dense_forward_tile32)(
    REAL* __restrict__ y, i64 y_stride, u32* __restrict__ mask, i64 mask_stride, const REAL* __restrict__ x, i64 x_stride,
    const REAL* __restrict__ w, i64 w_stride, const REAL* __restrict__ bias, i64 bias_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    __shared__ Tile32::Slab left, right;
    __shared__ TileGates<Tile32::SIDE> gates;
    const i64 r = blockIdx.x / (u32)tiles;
    const Operand examples = {x + r * x_stride, N, D, D}, units = {w + r * w_stride, K, D, D};
    if (r < R) {
        forward_tile<2, 16>(y + r * y_stride, mask == nullptr ? nullptr : mask + r * mask_stride, examples, units,
            bias == nullptr ? nullptr : bias + r * bias_stride,
            Place<2>(examples, units, blockIdx.x % (u32)tiles, (u32)tiles_j), left, right, gates);
    }
}

KERNEL(dense_forward_tile64)(
    REAL* __restrict__ y, i64 y_stride, u32* __restrict__ mask, i64 mask_stride, const REAL* __restrict__ x, i64 x_stride,
    const REAL* __restrict__ w, i64 w_stride, const REAL* __restrict__ bias, i64 bias_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    __shared__ Tile64::Slab left, right;
    __shared__ TileGates<Tile64::SIDE> gates;
    const i64 r = blockIdx.x / (u32)tiles;
    const Operand examples = {x + r * x_stride, N, D, D}, units = {w + r * w_stride, K, D, D};
    if (r < R) {
        forward_tile<4, 16>(y + r * y_stride, mask == nullptr ? nullptr : mask + r * mask_stride, examples, units,
            bias == nullptr ? nullptr : bias + r * bias_stride,
            Place<4>(examples, units, blockIdx.x % (u32)tiles, (u32)tiles_j), left, right, gates);
    }
}

KERNEL(dense_forward_tile128)(
    REAL* __restrict__ y, i64 y_stride, u32* __restrict__ mask, i64 mask_stride, const REAL* __restrict__ x, i64 x_stride,
    const REAL* __restrict__ w, i64 w_stride, const REAL* __restrict__ bias, i64 bias_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    __shared__ Tile128::Slab left, right;
    __shared__ TileGates<Tile128::SIDE> gates;
    const i64 r = blockIdx.x / (u32)tiles;
    const Operand examples = {x + r * x_stride, N, D, D}, units = {w + r * w_stride, K, D, D};
    if (r < R) {
        forward_tile<8, 8>(y + r * y_stride, mask == nullptr ? nullptr : mask + r * mask_stride, examples, units,
            bias == nullptr ? nullptr : bias + r * bias_stride,
            Place<8>(examples, units, blockIdx.x % (u32)tiles, (u32)tiles_j), left, right, gates);
    }
}

KERNEL(dense_input_gradient_small)(
    REAL* __restrict__ dx, i64 dx_stride, const REAL* __restrict__ dy, i64 dy_stride,
    const REAL* __restrict__ w, i64 w_stride, const u32* __restrict__ mask, i64 mask_stride,
    i64 R, i64 N, i64 K, i64 D, i32 chunks) {
    const i64 r = row_of(chunks);
    const i64 e = chunk_of(chunks) * blockDim.x + threadIdx.x;
    if (r < R && e < N * D) {
        const i64 i = e / D, j = e % D;
        const bool open = mask == nullptr || (mask[r * mask_stride + e / WARP] >> (e % WARP) & 1u) != 0;
        dx[r * dx_stride + e] =
            open ? dot_product<true, false>({dy + r * dy_stride, N, K, K}, {w + r * w_stride, D, K, D}, i, j, 0) : (REAL)0;
    }
}

KERNEL(dense_input_gradient_tile32)(
    REAL* __restrict__ dx, i64 dx_stride, const REAL* __restrict__ dy, i64 dy_stride,
    const REAL* __restrict__ w, i64 w_stride, const u32* __restrict__ mask, i64 mask_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    __shared__ Tile32::Slab left, right;
    const i64 r = blockIdx.x / (u32)tiles;
    const Operand signals = {dy + r * dy_stride, N, K, K}, inputs = {w + r * w_stride, D, K, D};
    if (r < R) {
        input_gradient_tile<2, 16>(dx + r * dx_stride, mask == nullptr ? nullptr : mask + r * mask_stride, signals,
            inputs, Place<2>(signals, inputs, blockIdx.x % (u32)tiles, (u32)tiles_j), left, right);
    }
}

KERNEL(dense_input_gradient_tile64)(
    REAL* __restrict__ dx, i64 dx_stride, const REAL* __restrict__ dy, i64 dy_stride,
    const REAL* __restrict__ w, i64 w_stride, const u32* __restrict__ mask, i64 mask_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    __shared__ Tile64::Slab left, right;
    const i64 r = blockIdx.x / (u32)tiles;
    const Operand signals = {dy + r * dy_stride, N, K, K}, inputs = {w + r * w_stride, D, K, D};
    if (r < R) {
        input_gradient_tile<4, 16>(dx + r * dx_stride, mask == nullptr ? nullptr : mask + r * mask_stride, signals,
            inputs, Place<4>(signals, inputs, blockIdx.x % (u32)tiles, (u32)tiles_j), left, right);
    }
}

KERNEL(dense_input_gradient_tile128)(
    REAL* __restrict__ dx, i64 dx_stride, const REAL* __restrict__ dy, i64 dy_stride,
    const REAL* __restrict__ w, i64 w_stride, const u32* __restrict__ mask, i64 mask_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    __shared__ Tile128::Slab left, right;
    const i64 r = blockIdx.x / (u32)tiles;
    const Operand signals = {dy + r * dy_stride, N, K, K}, inputs = {w + r * w_stride, D, K, D};
    if (r < R) {
        input_gradient_tile<8, 8>(dx + r * dx_stride, mask == nullptr ? nullptr : mask + r * mask_stride, signals,
            inputs, Place<8>(signals, inputs, blockIdx.x % (u32)tiles, (u32)tiles_j), left, right);
    }
}

// Behind the K D weights, where db is wanted, a thread per bias.
KERNEL(dense_weight_gradient_small)(
    REAL* __restrict__ dw, i64 dw_stride, REAL* __restrict__ db, i64 db_stride,
    const REAL* __restrict__ dy, i64 dy_stride, const REAL* __restrict__ x, i64 x_stride,
    i64 R, i64 N, i64 K, i64 D, i32 chunks) {
    const i64 r = row_of(chunks);
    const i64 e = chunk_of(chunks) * blockDim.x + threadIdx.x;
    if (r < R && e < K * D) {
        const i64 i = e / D, j = e % D;
        dw[r * dw_stride + e] =
            dot_product<false, false>({dy + r * dy_stride, K, N, K}, {x + r * x_stride, D, N, D}, i, j, 0);
    } else if (r < R && db != nullptr && e < K * D + K) {
        db[r * db_stride + e - K * D] = column_total(dy + r * dy_stride, N, K, e - K * D);
    }
}

KERNEL(dense_weight_gradient_tile32)(
    REAL* __restrict__ dw, i64 dw_stride, REAL* __restrict__ db, i64 db_stride,
    const REAL* __restrict__ dy, i64 dy_stride, const REAL* __restrict__ x, i64 x_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    __shared__ Tile32::Slab left, right;
    __shared__ ColumnSums<2, 16>::Chains chains;
    const i64 r = blockIdx.x / (u32)tiles;
    const Operand signals = {dy + r * dy_stride, K, N, K}, inputs = {x + r * x_stride, D, N, D};
    if (r < R) {
        weight_gradient_tile<2, 16>(dw + r * dw_stride, db == nullptr ? nullptr : db + r * db_stride, signals, inputs,
            Place<2>(signals, inputs, blockIdx.x % (u32)tiles, (u32)tiles_j), left, right, chains);
    }
}

KERNEL(dense_weight_gradient_tile64)(
    REAL* __restrict__ dw, i64 dw_stride, REAL* __restrict__ db, i64 db_stride,
    const REAL* __restrict__ dy, i64 dy_stride, const REAL* __restrict__ x, i64 x_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    __shared__ Tile64::Slab left, right;
    __shared__ ColumnSums<4, 16>::Chains chains;
    const i64 r = blockIdx.x / (u32)tiles;
    const Operand signals = {dy + r * dy_stride, K, N, K}, inputs = {x + r * x_stride, D, N, D};
    if (r < R) {
        weight_gradient_tile<4, 16>(dw + r * dw_stride, db == nullptr ? nullptr : db + r * db_stride, signals, inputs,
            Place<4>(signals, inputs, blockIdx.x % (u32)tiles, (u32)tiles_j), left, right, chains);
    }
}

KERNEL(dense_weight_gradient_tile128)(
    REAL* __restrict__ dw, i64 dw_stride, REAL* __restrict__ db, i64 db_stride,
    const REAL* __restrict__ dy, i64 dy_stride, const REAL* __restrict__ x, i64 x_stride,
    i64 R, i64 N, i64 K, i64 D, i32 tiles, i32 tiles_j) {
    __shared__ Tile128::Slab left, right;
    __shared__ ColumnSums<8, 8>::Chains chains;
    const i64 r = blockIdx.x / (u32)tiles;
    const Operand signals = {dy + r * dy_stride, K, N, K}, inputs = {x + r * x_stride, D, N, D};
    if (r < R) {
        weight_gradient_tile<8, 8>(dw + r * dw_stride, db == nullptr ? nullptr : db + r * db_stride, signals, inputs,
            Place<8>(signals, inputs, blockIdx.x % (u32)tiles, (u32)tiles_j), left, right, chains);
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
