// pointwise.cu: ReLU with a one-bit mask, and the moves between buffers.
//
//     relu           y = max(z, 0), mask bit = z > 0        per element 2 w bytes + 1 bit, w = bytes of an element
//     relu_backward  dz = mask ? dy : 0                     2 w bytes + 1 bit, instead of 3 w with z kept
//     gate           y = mask ? factor x : 0                2 w bytes + 1 bit, one flop
//     active_counts  counts[r,w] = sum_n mask[r,n,w]        1 bit per element
//     fill, scale, axpy, copy, gather, transpose            1, 2, 3, 2, 2, 2 accesses of w bytes per element; no flops
//                                                           but one (scale) or two (axpy)
//
// Layout. Blocks of `size` elements per replica, `..._stride` elements apart (0: shared). Bit i of a replica's mask is bit
// i % 32 of word i / 32, i row-major within the block: the order in which a warp's ballot delivers it, so that forward
// and backward touch each word once, and a popcount of whole words counts active units without reading activations.
//
// Threads. blockDim = (lanes, rows), see reduce.cuh; each thread takes ITEMS elements `lanes` apart, so that a warp's
// accesses are contiguous and ITEMS loads are in flight. active_counts: column blocks. transpose: tiles of 32 x 32 through
// shared memory, one column of padding against bank conflicts.
//
// Determinism. Every element is computed by one thread; counts are integers. The same bits whatever R.
//
// In place. Where the contract lets an output be an input, each thread reads an element before it writes it and no other
// thread touches it; those pointers therefore carry no __restrict__, and all loads of a thread are written before its stores,
// or the compiler could not have them in flight together.
//
// Moves (fill, copy, gather, transpose) see elements as WORDs of the same width, so they serve integers as well.
#include "reduce.cuh"

#if defined(RECTIFIER_F64)
typedef u64 WORD;
#else
typedef u32 WORD;
#endif

constexpr int ITEMS = 4; // elements per thread

// Number of the k-th element of this thread within its row.
__device__ inline i64 item(i32 chunks, int k) {
    return (chunk_of(chunks) * ITEMS + k) * blockDim.x + threadIdx.x;
}

KERNEL(relu)(REAL* y, i64 y_stride, u32* __restrict__ mask, i64 mask_stride, const REAL* z, i64 z_stride, i64 R, i64 size,
             i32 chunks) {
    const i64 r = row_of(chunks);
    if (r >= R) {
        return;
    }
    REAL value[ITEMS];
#pragma unroll
    for (int k = 0; k < ITEMS; k++) {
        const i64 i = item(chunks, k);
        value[k] = i < size ? z[r * z_stride + i] : (REAL)0;
    }
#pragma unroll
    for (int k = 0; k < ITEMS; k++) {
        const i64 i = item(chunks, k);
        const u32 word = __ballot_sync(FULL_WARP, value[k] > 0);
        if (i < size) {
            y[r * y_stride + i] = value[k] <= 0 ? (REAL)0 : value[k]; // a NaN fails the comparison and stays
        }
        if (i < size && i % WARP == 0) {
            mask[r * mask_stride + i / WARP] = word;
        }
    }
}

KERNEL(relu_backward)(REAL* dz, i64 dz_stride, const REAL* dy, i64 dy_stride, const u32* __restrict__ mask,
                      i64 mask_stride, i64 R, i64 size, i32 chunks) {
    const i64 r = row_of(chunks);
    if (r >= R) {
        return;
    }
    REAL value[ITEMS];
#pragma unroll
    for (int k = 0; k < ITEMS; k++) {
        const i64 i = item(chunks, k);
        const u32 word = i < size ? mask[r * mask_stride + i / WARP] : 0u;
        value[k] = (word >> (i % WARP) & 1u) != 0 ? dy[r * dy_stride + i] : (REAL)0;
    }
#pragma unroll
    for (int k = 0; k < ITEMS; k++) {
        const i64 i = item(chunks, k);
        if (i < size) {
            dz[r * dz_stride + i] = value[k];
        }
    }
}

KERNEL(gate)(REAL* y, i64 y_stride, const REAL* x, i64 x_stride, const u32* __restrict__ mask, i64 mask_stride, i64 R,
             i64 size, i32 chunks, double factor) {
    const i64 r = row_of(chunks);
    if (r >= R) {
        return;
    }
    REAL value[ITEMS];
#pragma unroll
    for (int k = 0; k < ITEMS; k++) {
        const i64 i = item(chunks, k);
        const u32 word = i < size ? mask[r * mask_stride + i / WARP] : 0u;
        value[k] = (word >> (i % WARP) & 1u) != 0 ? (REAL)factor * x[r * x_stride + i] : (REAL)0;
    }
#pragma unroll
    for (int k = 0; k < ITEMS; k++) {
        const i64 i = item(chunks, k);
        if (i < size) {
            y[r * y_stride + i] = value[k];
        }
    }
}

KERNEL(active_counts)(i32* __restrict__ counts, i64 counts_stride, const u32* __restrict__ mask, i64 mask_stride, i64 R,
                      i64 N, i64 W, i32 chunks) {
    __shared__ i32 partial[BLOCK];
    const i64 r = blockIdx.x / (u32)chunks;
    const i64 w = chunk_of(chunks) * COLUMNS + threadIdx.x;
    i32 count = 0;
    if (r < R && w < W) {
        for (i64 n = threadIdx.y; n < N; n += ROW_LANES) {
            const i64 i = n * W + w;
            count += (i32)(mask[r * mask_stride + i / WARP] >> (i % WARP) & 1u);
        }
    }
    count = column_sum(count, partial);
    if (threadIdx.y == 0 && w < W) {
        counts[r * counts_stride + w] = count;
    }
}

KERNEL(fill)(WORD* __restrict__ y, i64 y_stride, i64 R, i64 size, i32 chunks, i64 bits) {
    const i64 r = row_of(chunks);
    if (r >= R) {
        return;
    }
#pragma unroll
    for (int k = 0; k < ITEMS; k++) {
        const i64 i = item(chunks, k);
        if (i < size) {
            y[r * y_stride + i] = (WORD)bits;
        }
    }
}

KERNEL(scale)(REAL* __restrict__ y, i64 y_stride, i64 R, i64 size, i32 chunks, double a) {
    const i64 r = row_of(chunks);
    if (r >= R) {
        return;
    }
#pragma unroll
    for (int k = 0; k < ITEMS; k++) {
        const i64 i = item(chunks, k);
        if (i < size) {
            y[r * y_stride + i] *= (REAL)a;
        }
    }
}

KERNEL(axpy)(REAL* y, i64 y_stride, const REAL* x, i64 x_stride, i64 R, i64 size, i32 chunks, double a) {
    const i64 r = row_of(chunks);
    if (r >= R) {
        return;
    }
    REAL value[ITEMS];
#pragma unroll
    for (int k = 0; k < ITEMS; k++) {
        const i64 i = item(chunks, k);
        value[k] = i < size ? fma((REAL)a, x[r * x_stride + i], y[r * y_stride + i]) : (REAL)0;
    }
#pragma unroll
    for (int k = 0; k < ITEMS; k++) {
        const i64 i = item(chunks, k);
        if (i < size) {
            y[r * y_stride + i] = value[k];
        }
    }
}

KERNEL(copy)(WORD* y, i64 y_stride, const WORD* x, i64 x_stride, i64 R, i64 size, i32 chunks) {
    const i64 r = row_of(chunks);
    if (r >= R) {
        return;
    }
    WORD value[ITEMS];
#pragma unroll
    for (int k = 0; k < ITEMS; k++) {
        const i64 i = item(chunks, k);
        value[k] = i < size ? x[r * x_stride + i] : (WORD)0;
    }
#pragma unroll
    for (int k = 0; k < ITEMS; k++) {
        const i64 i = item(chunks, k);
        if (i < size) {
            y[r * y_stride + i] = value[k];
        }
    }
}

// A row here is one gathered example (r, n).
// rows [R, slots, slot_size]: those of a step stand in slot step % slots.
KERNEL(gather)(WORD* __restrict__ y, i64 y_stride, const WORD* __restrict__ x, i64 x_stride,
               const i32* __restrict__ rows, i64 rows_stride, const i64* __restrict__ clock, i64 clock_stride, i64 R,
               i64 N, i64 D, i32 chunks, i64 slots, i64 slot_size, i64 step) {
    const i64 row = row_of(chunks);
    const i64 r = row / N, n = row % N;
    if (r >= R) {
        return;
    }
    const i64 slot = slots == 1 ? 0 : now_of(clock, clock_stride, r, step) % slots;
    const i64 from = r * x_stride + (i64)rows[r * rows_stride + slot * slot_size + n] * D;
    const i64 to = r * y_stride + n * D;
#pragma unroll
    for (int k = 0; k < ITEMS; k++) {
        const i64 i = item(chunks, k);
        if (i < D) {
            y[to + i] = x[from + i];
        }
    }
}

// y [J, I] from x [I, J]; a block moves one 32 x 32 tile, 8 rows at a time.
KERNEL(transpose)(WORD* __restrict__ y, i64 y_stride, const WORD* __restrict__ x, i64 x_stride, i64 R, i64 I, i64 J,
                  i32 tiles_i, i32 tiles_j) {
    __shared__ WORD tile[WARP][WARP + 1];
    const u32 tiles = (u32)tiles_i * (u32)tiles_j;
    const i64 r = blockIdx.x / tiles;
    const u32 t = blockIdx.x % tiles;
    const i64 i0 = (i64)(t / (u32)tiles_j) * WARP, j0 = (i64)(t % (u32)tiles_j) * WARP;
    if (r >= R) {
        return;
    }
    for (int row = threadIdx.y; row < WARP; row += ROW_LANES) {
        const i64 i = i0 + row, j = j0 + threadIdx.x;
        if (i < I && j < J) {
            tile[row][threadIdx.x] = x[r * x_stride + i * J + j];
        }
    }
    __syncthreads();
    for (int row = threadIdx.y; row < WARP; row += ROW_LANES) {
        const i64 j = j0 + row, i = i0 + threadIdx.x;
        if (i < I && j < J) {
            y[r * y_stride + j * I + i] = tile[threadIdx.x][row];
        }
    }
}
