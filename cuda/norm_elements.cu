// norm_elements.cu: the elementwise half of batch normalisation in stages; the sums and constants before it: norm.cu.
//
//     norm_forward             y = scale xhat + shift, with a mask max(y, 0) and its gates           2 w bytes per element
//     norm_backward            dx = scale s (g - <g> - xhat <g xhat>); given moments: scale s g      3 w, or 2 w
//     norm_tangent             ty = tscale xhat + scale txhat + tshift                               3 w
//     norm_backward_tangent    tdx, see NormOps; given moments: s (tscale g + scale tg)              5 w, or 3 w
// with a mask 1 bit per element more. Flops: 4, 5, 8 and 18 per element.
//
// Layout. Arrays [R, N, C, S]; table [R, CONSTANTS, C] of norm.cuh; a mask has one bit per element of the replica's block.
//
// Threads. A block runs along a chunk of one replica's block, 256 neighbouring elements at a time, so both layouts are read and
// written in order; a thread knows the channel of its element and steps to the next one without a division. An output may be the
// input it is named with: all loads of a thread stand before its stores, and no other thread touches its elements.
//
// Determinism. Every element on its own; chunks may be cut anywhere.
#include "norm.cuh"

constexpr int STEPS = 4; // elements a thread has in flight

// The elements of this thread, STEPS at a time: at(k), and of(constant, k) of their channels.
struct Run {
    i64 r, i, end;
    Place place;
    const REAL* table;
    u32 channel[STEPS];

    __device__ Run(const REAL* tables, i64 table_stride, i64 size, i64 C, i64 S, i64 chunk_size, i32 chunks)
        : r(row_of(chunks)), i(chunk_of(chunks) * chunk_size + threadIdx.x),
          end(min((chunk_of(chunks) + 1) * chunk_size, size)), place(i, BLOCK, C, S), table(tables + r * table_stride) {
    }

    // False at the end, for all threads of the block at once.
    __device__ bool next() {
        if (i - threadIdx.x >= end) {
            return false;
        }
#pragma unroll
        for (int k = 0; k < STEPS; k++) {
            channel[k] = place.c;
            place.advance();
        }
        return true;
    }

    __device__ void step() {
        i += STEPS * BLOCK;
    }

    __device__ i64 at(int k) const {
        return i + k * BLOCK;
    }

    __device__ bool inside(int k) const {
        return at(k) < end;
    }

    __device__ REAL of(Constant constant, int k) const {
        return table[(i64)constant * place.C + channel[k]];
    }

    __device__ void load(REAL (&values)[STEPS], const REAL* source) const {
#pragma unroll
        for (int k = 0; k < STEPS; k++) {
            values[k] = inside(k) ? source[at(k)] : (REAL)0;
        }
    }

    __device__ REAL standard_of(REAL x, int k) const {
        return standard(x, of(HIGH, k), of(LOW, k), of(ROOT, k));
    }
};

KERNEL(norm_forward)(REAL* y, i64 y_stride, u32* __restrict__ mask, i64 mask_stride, const REAL* x, i64 x_stride,
                     const REAL* __restrict__ table, i64 table_stride, i64 R, i64 N, i64 C, i64 S, i64 chunk_size,
                     i32 chunks) {
    Run run(table, table_stride, N * C * S, C, S, chunk_size, chunks);
    if (run.r >= R) {
        return;
    }
    for (; run.next(); run.step()) {
        REAL value[STEPS];
        run.load(value, x + run.r * x_stride);
#pragma unroll
        for (int k = 0; k < STEPS; k++) {
            const i64 i = run.at(k);
            const REAL z = fma(run.standard_of(value[k], k), run.of(SCALE, k), run.of(SHIFT, k));
            const u32 word = mask == nullptr ? 0u : __ballot_sync(FULL_WARP, run.inside(k) && z > 0);
            if (run.inside(k)) {
                y[run.r * y_stride + i] = mask != nullptr && z <= 0 ? (REAL)0 : z; // a NaN fails the comparison and stays
            }
            if (mask != nullptr && run.inside(k) && i % WARP == 0) {
                mask[run.r * mask_stride + i / WARP] = word;
            }
        }
    }
}

KERNEL(norm_backward)(REAL* dx, i64 dx_stride, const REAL* dy, i64 dy_stride, const u32* __restrict__ mask, i64 mask_stride,
                      const REAL* __restrict__ x, i64 x_stride, const REAL* __restrict__ table, i64 table_stride, i64 R, i64 N,
                      i64 C, i64 S, i64 chunk_size, i32 chunks, i32 given) {
    Run run(table, table_stride, N * C * S, C, S, chunk_size, chunks);
    if (run.r >= R) {
        return;
    }
    for (; run.next(); run.step()) {
        REAL signal[STEPS], value[STEPS] = {};
        run.load(signal, dy + run.r * dy_stride);
        if (given == 0) {
            run.load(value, x + run.r * x_stride);
        }
#pragma unroll
        for (int k = 0; k < STEPS; k++) {
            const i64 i = run.at(k);
            if (!run.inside(k)) {
                continue;
            }
            const bool closed = mask != nullptr && (mask[run.r * mask_stride + i / WARP] >> (i % WARP) & 1u) == 0;
            const REAL g = closed ? (REAL)0 : signal[k], slope = run.of(SLOPE, k);
            dx[run.r * dx_stride + i] =
                given != 0 ? slope * g : slope_of(g, run.standard_of(value[k], k), slope, run.of(FIRST, k), run.of(SECOND, k));
        }
    }
}

// txhat of element k.
__device__ inline REAL moved(const Run& run, REAL tx, REAL xhat, int k, bool given) {
    const REAL root = run.of(ROOT, k);
    return given ? root * tx : root * fma(-xhat, run.of(T_PRODUCT, k), tx - run.of(T_MEAN, k));
}

KERNEL(norm_tangent)(REAL* ty, i64 ty_stride, const REAL* tx, i64 tx_stride, const REAL* __restrict__ x, i64 x_stride,
                     const REAL* __restrict__ table, i64 table_stride, i64 R, i64 N, i64 C, i64 S, i64 chunk_size, i32 chunks,
                     i32 given) {
    Run run(table, table_stride, N * C * S, C, S, chunk_size, chunks);
    if (run.r >= R) {
        return;
    }
    for (; run.next(); run.step()) {
        REAL turned[STEPS], value[STEPS];
        run.load(turned, tx + run.r * tx_stride);
        run.load(value, x + run.r * x_stride);
#pragma unroll
        for (int k = 0; k < STEPS; k++) {
            if (run.inside(k)) {
                const REAL xhat = run.standard_of(value[k], k);
                const REAL still = fma(run.of(T_SCALE, k), xhat, run.of(T_SHIFT, k));
                ty[run.r * ty_stride + run.at(k)] =
                    fma(run.of(SCALE, k), moved(run, turned[k], xhat, k, given != 0), still);
            }
        }
    }
}

// s (tgh - tm1 - txhat m2 - xhat tm2 - s q (gh - m1 - xhat m2)).
__device__ inline REAL turned_slope(const Run& run, REAL g, REAL tgh, REAL xhat, REAL txhat, int k) {
    const REAL second = run.of(SECOND, k);
    const REAL still = fma(-xhat, second, run.of(SCALE, k) * g - run.of(FIRST, k));
    const REAL whole = fma(-xhat, run.of(T_SECOND, k), fma(-txhat, second, tgh - run.of(T_FIRST, k)));
    return run.of(ROOT, k) * fma(-run.of(SLOPE, k), still, whole);
}

KERNEL(norm_backward_tangent)(REAL* tdx, i64 tdx_stride, const REAL* __restrict__ dy, i64 dy_stride, const REAL* tdy,
                              i64 tdy_stride, const REAL* __restrict__ x, i64 x_stride, const REAL* __restrict__ tx,
                              i64 tx_stride, const REAL* __restrict__ table, i64 table_stride, i64 R, i64 N, i64 C, i64 S,
                              i64 chunk_size, i32 chunks, i32 given) {
    Run run(table, table_stride, N * C * S, C, S, chunk_size, chunks);
    if (run.r >= R) {
        return;
    }
    for (; run.next(); run.step()) {
        REAL g[STEPS], tg[STEPS], value[STEPS] = {}, turned[STEPS] = {};
        run.load(g, dy + run.r * dy_stride);
        run.load(tg, tdy + run.r * tdy_stride);
        if (given == 0) {
            run.load(value, x + run.r * x_stride);
            run.load(turned, tx + run.r * tx_stride);
        }
#pragma unroll
        for (int k = 0; k < STEPS; k++) {
            if (!run.inside(k)) {
                continue;
            }
            const REAL tgh = fma(run.of(T_SCALE, k), g[k], run.of(SCALE, k) * tg[k]);
            const REAL xhat = given != 0 ? (REAL)0 : run.standard_of(value[k], k);
            tdx[run.r * tdx_stride + run.at(k)] =
                given != 0 ? run.of(ROOT, k) * tgh
                           : turned_slope(run, g[k], tgh, xhat, moved(run, turned[k], xhat, k, false), k);
        }
    }
}
