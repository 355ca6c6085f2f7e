// pool.cu: maxima and averages over windows of planes, and what goes back through them.
//
//     pool_max              y = largest of a window, index = its place; the first of equals, a NaN before all numbers
//     pool_max_backward     dx = sum of dy over the windows that cover a place and chose it
//     pool_pick             ty = tx at the places chosen
//     pool_average          y = share * sum of a window             pool_average_backward         dx = share * sum of dy
//     pool_global_average   y = share * sum of a plane              pool_global_average_backward  dx = share * dy
//
// Layout. Large planes [R, planes, height, width], small ones [R, planes, rows, columns], planes = N C; an index is i W + j in
// the large plane. Per replica `..._stride` elements apart (0: shared).
// Threads. Rows of reduce.cuh, one thread an element of the output; global_average: one warp a plane, 8 planes a block.
// Bytes and flops. w bytes an element: pool_max and pool_average read each place once (windows that overlap find it in L1) and
// write w (and 4) bytes a window; backward w (and 4) bytes a window and w a place. A comparison or an fp64 addition for each
// window and place; two to four divisions of 32 bits an element, to know where it is.
// Determinism. No atomics: backward a place gathers from the windows that cover it, row after row, into one fp64 sum. A sum's
// order depends on the window and the sizes of a plane alone; all expressions are those of PoolF32, so the bits are, too.
#include "reduce.cuh"

// Planes and windows, as the host sends them.
struct Windows {
    i32 height, width; // of a large plane
    i32 rows, columns; // of a small plane
    i32 size, stride, padding;
};

// Where an element is: its plane, row and column.
struct Spot {
    i64 plane;
    i32 row, column;
};

__device__ inline Spot spot_of(i64 i, i64 area, i32 width) {
    if (i >> WARP == 0 && area >> WARP == 0) { // divisions of 32 bits where they will do
        const u32 plane = (u32)i / (u32)area, rest = (u32)i % (u32)area;
        return {(i64)plane, (i32)(rest / (u32)width), (i32)(rest % (u32)width)};
    }
    const u32 rest = (u32)(i % area);
    return {i / area, (i32)(rest / (u32)width), (i32)(rest % (u32)width)};
}

// A range of rows or columns, or of windows.
struct Span {
    i32 first, end;
};

// Places of window `o` along a side of `extent` places.
__device__ inline Span places_of(i32 o, i32 extent, const Windows& g) {
    const i32 start = o * g.stride - g.padding;
    return {max(0, start), min(extent, start + g.size)};
}

// Windows, of `count` along a side, that cover place `p`.
__device__ inline Span windows_over(i32 p, i32 count, const Windows& g) {
    const i32 before = p + g.padding - g.size; // the last place a window may begin at and end too early
    return {before < 0 ? 0 : before / g.stride + 1, min(count, (p + g.padding) / g.stride + 1)};
}

// Element of the output this thread makes; its replica's number is row_of(chunks).
__device__ inline i64 element_of(i32 chunks) {
    return chunk_of(chunks) * blockDim.x + threadIdx.x;
}

KERNEL(pool_max)(REAL* __restrict__ y, i64 y_stride, i32* __restrict__ index, i64 index_stride,
                 const REAL* __restrict__ x, i64 x_stride, i64 R, i64 planes, i64 small, i64 large, i32 chunks,
                 i32 height, i32 width, i32 rows, i32 columns, i32 size, i32 stride, i32 padding) {
    const i64 r = row_of(chunks), i = element_of(chunks);
    if (r >= R || i >= planes * small) {
        return;
    }
    const Windows g = {height, width, rows, columns, size, stride, padding};
    const Spot spot = spot_of(i, small, columns);
    const Span down = places_of(spot.row, height, g), across = places_of(spot.column, width, g);
    const REAL* plane = x + r * x_stride + spot.plane * large;
    i32 best = down.first * width + across.first;
    REAL largest = plane[best];
    for (i32 row = down.first; row < down.end; row++) {
        for (i32 column = across.first; column < across.end; column++) {
            const i32 place = row * width + column;
            const REAL value = plane[place];
            if (largest == largest && !(value <= largest)) { // larger, or the first NaN
                best = place;
                largest = value;
            }
        }
    }
    y[r * y_stride + i] = largest;
    index[r * index_stride + i] = best;
}

KERNEL(pool_max_backward)(REAL* __restrict__ dx, i64 dx_stride, const REAL* __restrict__ dy, i64 dy_stride,
                          const i32* __restrict__ index, i64 index_stride, i64 R, i64 planes, i64 small, i64 large,
                          i32 chunks, i32 height, i32 width, i32 rows, i32 columns, i32 size, i32 stride,
                          i32 padding) {
    const i64 r = row_of(chunks), i = element_of(chunks);
    if (r >= R || i >= planes * large) {
        return;
    }
    const Windows g = {height, width, rows, columns, size, stride, padding};
    const Spot spot = spot_of(i, large, width);
    const Span down = windows_over(spot.row, rows, g), across = windows_over(spot.column, columns, g);
    const i32 place = spot.row * width + spot.column;
    const REAL* signal = dy + r * dy_stride + spot.plane * small;
    const i32* chosen = index + r * index_stride + spot.plane * small;
    double sum = 0;
    for (i32 row = down.first; row < down.end; row++) {
        for (i32 column = across.first; column < across.end; column++) {
            const i32 window = row * columns + column;
            if (chosen[window] == place) {
                sum += signal[window];
            }
        }
    }
    dx[r * dx_stride + i] = (REAL)sum;
}

KERNEL(pool_pick)(REAL* __restrict__ ty, i64 ty_stride, const REAL* __restrict__ tx, i64 tx_stride,
                  const i32* __restrict__ index, i64 index_stride, i64 R, i64 planes, i64 small, i64 large,
                  i32 chunks) {
    const i64 r = row_of(chunks), i = element_of(chunks);
    if (r >= R || i >= planes * small) {
        return;
    }
    const i64 plane = i >> WARP == 0 && small >> WARP == 0 ? (i64)((u32)i / (u32)small) : i / small;
    ty[r * ty_stride + i] = tx[r * tx_stride + plane * large + index[r * index_stride + i]];
}

KERNEL(pool_average)(REAL* __restrict__ y, i64 y_stride, const REAL* __restrict__ x, i64 x_stride, i64 R, i64 planes,
                     i64 small, i64 large, i32 chunks, i32 height, i32 width, i32 rows, i32 columns, i32 size,
                     i32 stride, double share) {
    const i64 r = row_of(chunks), i = element_of(chunks);
    if (r >= R || i >= planes * small) {
        return;
    }
    const Windows g = {height, width, rows, columns, size, stride, 0};
    const Spot spot = spot_of(i, small, columns);
    const Span down = places_of(spot.row, height, g), across = places_of(spot.column, width, g);
    const REAL* plane = x + r * x_stride + spot.plane * large;
    double sum = 0;
    for (i32 row = down.first; row < down.end; row++) {
        for (i32 column = across.first; column < across.end; column++) {
            sum += plane[row * width + column];
        }
    }
    y[r * y_stride + i] = (REAL)(sum * share);
}

KERNEL(pool_average_backward)(REAL* __restrict__ dx, i64 dx_stride, const REAL* __restrict__ dy, i64 dy_stride, i64 R,
                              i64 planes, i64 small, i64 large, i32 chunks, i32 height, i32 width, i32 rows,
                              i32 columns, i32 size, i32 stride, double share) {
    const i64 r = row_of(chunks), i = element_of(chunks);
    if (r >= R || i >= planes * large) {
        return;
    }
    const Windows g = {height, width, rows, columns, size, stride, 0};
    const Spot spot = spot_of(i, large, width);
    const Span down = windows_over(spot.row, rows, g), across = windows_over(spot.column, columns, g);
    const REAL* signal = dy + r * dy_stride + spot.plane * small;
    double sum = 0;
    for (i32 row = down.first; row < down.end; row++) {
        for (i32 column = across.first; column < across.end; column++) {
            sum += signal[row * columns + column];
        }
    }
    dx[r * dx_stride + i] = (REAL)(sum * share);
}

KERNEL(pool_global_average)(REAL* __restrict__ y, i64 y_stride, const REAL* __restrict__ x, i64 x_stride, i64 R,
                            i64 planes, i64 large, double share) {
    const i64 row = row_of(1);
    const i64 r = row / planes, plane = row % planes;
    if (r >= R) {
        return;
    }
    const REAL* places = x + r * x_stride + plane * large;
    double sum = 0;
    for (i64 i = threadIdx.x; i < large; i += WARP) {
        sum += places[i];
    }
    sum = warp_sum(sum);
    if (threadIdx.x == 0) {
        y[r * y_stride + plane] = (REAL)(sum * share);
    }
}

KERNEL(pool_global_average_backward)(REAL* __restrict__ dx, i64 dx_stride, const REAL* __restrict__ dy, i64 dy_stride,
                                     i64 R, i64 planes, i64 large, i32 chunks, double share) {
    const i64 r = row_of(chunks), i = element_of(chunks);
    if (r >= R || i >= planes * large) {
        return;
    }
    const i64 plane = i >> WARP == 0 && large >> WARP == 0 ? (i64)((u32)i / (u32)large) : i / large;
    dx[r * dx_stride + i] = (REAL)((double)dy[r * dy_stride + plane] * share);
}
