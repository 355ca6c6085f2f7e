// norm.cu: statistics, sums and constants of batch normalisation in stages, for blocks of any size. What is then done with every
// element: norm_elements.cu; both at once for small blocks: norm_tile.cu.
//
//     norm_moments, norm_moments_finish   mean = <x>, variance = <(x - mean)^2>                    w bytes per element
//     norm_sums                           sum g, sum g xhat (g = dy, or 0 where the mask is; or tx)  2 w
//     norm_tangent_sums                   and sum tg, sum (tg xhat + g txhat)                        4 w
//     norm_sums_finish                    totals, and what of them is asked for
//     norm_constants                      constants of the channels, in the element type
//     norm_track                          running moments; fp64                                      40 bytes per channel
// xhat = (x - mean) s, s = 1 / sqrt(variance + eps); txhat = s (tx - <tx> - xhat <xhat tx>), given moments: s tx.
// Bytes: as above, each array once. Flops: about 6 in fp64 per element and sum.
//
// Layout. x, y, dx, ... [R, N, C, S]; moments, sums F64 [R, C] and [R, K, C]; scale, shift [R, C]; partial F64 [R, parts, C,
// chunks]; table [R, CONSTANTS, C] in the element type.
//
// Threads. Sums: a block is one replica, some channels and one chunk of their values; all that a thread sees is of one channel.
//     S >= 32      one channel; 256 threads along its values, plane after plane, a warp along a plane
//     else         32 lanes along the columns (channels, places) that stand together in an example, 8 threads along the examples;
//                  where an example is shorter than a warp, as many examples side by side as fit
// so a warp reads neighbouring elements in both layouts. Finish: a warp per channel, lanes along the chunks. Constants and running
// moments: a thread per channel.
//
// Determinism. A thread takes its values in order, eight at a time; threads, then chunks, are merged along fixed trees. All cuts
// follow from N, C, S. Moments: two passes over the eight values in registers, then Chan's merges, so a mean far from 0 costs no
// digits.
#include "norm.cuh"

constexpr int ITEMS = 8; // values a thread has in flight in sums

// The values of a channel that this thread sums. Width: elements that stand together; fold: examples side by side.
struct Walk {
    i64 r, group, chunk, N, C, S, size;
    i32 fold, channels;

    __device__ Walk(i64 examples, i64 planes, i64 places, i32 groups, i32 chunks) : N(examples), C(planes), S(places) {
        r = blockIdx.x / ((u32)groups * (u32)chunks);
        group = blockIdx.x / (u32)chunks % (u32)groups;
        chunk = blockIdx.x % (u32)chunks;
        size = N * C * S;
        const i64 pitch = C * S;
        fold = pitch < WARP ? (i32)(WARP / pitch) : 1;
        channels = S >= WARP ? 1 : (i32)min(C, (i64)WARP / S);
    }

    __device__ bool planes() const {
        return S >= WARP;
    }

    // This lane's column of the channels at hand; not in planes.
    __device__ i64 column() const {
        return group * channels * S + threadIdx.x;
    }

    __device__ bool idle() const {
        const i64 width = fold > 1 ? fold * C * S : min((group + 1) * channels, C) * S;
        return column() >= width;
    }

    // The channel of this thread.
    __device__ i64 channel() const {
        return planes() ? group : column() / S % C;
    }

    // take(places, count) for the elements from `first` to `end` that are this thread's: of the channel's values, or of
    // `fold` examples each.
    template <typename TAKE>
    __device__ void each(i64 chunk_size, TAKE take) const {
        if (planes()) {
            along_planes(chunk * chunk_size, min((chunk + 1) * chunk_size, N * S), take);
        } else if (!idle()) {
            along_examples(chunk * chunk_size, min((chunk + 1) * chunk_size, (N + fold - 1) / fold), take);
        }
    }

    template <typename TAKE>
    __device__ void along_planes(i64 first, i64 end, TAKE take) const {
        i64 m = first + threadIdx.y * WARP + threadIdx.x;
        i64 n = m / S, s = m % S;
        const i64 dn = BLOCK / S, ds = BLOCK % S;
        while (m < end) {
            i64 at[ITEMS];
            int count = 0;
#pragma unroll
            for (int k = 0; k < ITEMS; k++) {
                at[k] = (n * C + group) * S + s;
                count += m < end ? 1 : 0;
                m += BLOCK;
                n += dn;
                s += ds;
                if (s >= S) {
                    s -= S;
                    n++;
                }
            }
            take(at, count);
        }
    }

    template <typename TAKE>
    __device__ void along_examples(i64 first, i64 end, TAKE take) const {
        const i64 pitch = fold * C * S;
        for (i64 row = first + threadIdx.y; row < end; row += ITEMS * ROW_LANES) {
            i64 at[ITEMS];
            int count = 0;
#pragma unroll
            for (int k = 0; k < ITEMS; k++) {
                const i64 n = row + k * ROW_LANES;
                at[k] = n * pitch + column();
                count += n < end && at[k] < size ? 1 : 0;
            }
            if (count > 0) {
                take(at, count);
            }
        }
    }
};

template <typename T>
__device__ inline void put(const T& total, double* partial, i64 c, i64 C, i64 chunk, i64 chunks) {
    for (int k = 0; k < T::PARTS; k++) {
        partial[(k * C + c) * chunks + chunk] = total.part(k);
    }
}

// The totals of this block's channels into `partial`, [PARTS, C, chunks] of the replica.
template <typename T>
__device__ inline void settle(const Walk& walk, T mine, T* shared, double* partial, i64 chunks) {
    const int lane = (int)threadIdx.x, t = (int)threadIdx.y * WARP + lane;
    if (walk.planes()) {
        mine = merged_over(mine, shared, t, BLOCK, 1);
        if (t == 0) {
            put(mine, partial, walk.group, walk.C, walk.chunk, chunks);
        }
        return;
    }
    mine = merged_over(mine, shared, (int)threadIdx.y, ROW_LANES, WARP);
    if (threadIdx.y == 0) {
        shared[lane] = mine;
    }
    __syncthreads();
    const i64 c = walk.group * walk.channels + t;
    if (t >= walk.channels || c >= walk.C) {
        return;
    }
    T total = T::none();
    for (int f = 0; f < walk.fold; f++) {
        for (int s = 0; s < (int)walk.S; s++) {
            total = merged(total, shared[((i64)f * walk.C + t) * walk.S + s]);
        }
    }
    put(total, partial, c, walk.C, walk.chunk, chunks);
}

KERNEL(norm_moments)(double* __restrict__ partial, i64 partial_stride, const REAL* __restrict__ x, i64 x_stride, i64 R,
                     i64 N, i64 C, i64 S, i64 chunk_size, i32 groups, i32 chunks) {
    __shared__ Spread shared[BLOCK];
    const Walk walk(N, C, S, groups, chunks);
    if (walk.r >= R) {
        return;
    }
    const REAL* values = x + walk.r * x_stride;
    Spread mine = Spread::none();
    walk.each(chunk_size, [&](const i64(&at)[ITEMS], int count) {
        REAL taken[ITEMS];
#pragma unroll
        for (int k = 0; k < ITEMS; k++) {
            taken[k] = k < count ? values[at[k]] : (REAL)0;
        }
        mine = merged(mine, spread_of(taken, count));
    });
    settle(walk, mine, shared, partial + walk.r * partial_stride, chunks);
}

// Constants of this thread's channel, from a table [CONSTANTS, C].
struct Column {
    const REAL* table;
    i64 C;

    __device__ REAL operator[](Constant k) const {
        return table[k * C];
    }
};

__device__ inline REAL gated(REAL g, const u32* mask, i64 i) {
    return mask == nullptr || (mask[i / WARP] >> (i % WARP) & 1u) != 0 ? g : (REAL)0;
}

KERNEL(norm_sums)(double* __restrict__ partial, i64 partial_stride, const REAL* __restrict__ g, i64 g_stride,
                  const u32* __restrict__ mask, i64 mask_stride, const REAL* __restrict__ x, i64 x_stride,
                  const REAL* __restrict__ table, i64 table_stride, i64 R, i64 N, i64 C, i64 S, i64 chunk_size, i32 groups,
                  i32 chunks) {
    __shared__ Sums<2> shared[BLOCK];
    const Walk walk(N, C, S, groups, chunks);
    if (walk.r >= R) {
        return;
    }
    const Column of = {table + walk.r * table_stride + min(walk.channel(), C - 1), C};
    const REAL high = of[HIGH], low = of[LOW], root = of[ROOT];
    const u32* gates = mask == nullptr ? nullptr : mask + walk.r * mask_stride;
    Sums<2> mine = Sums<2>::none();
    walk.each(chunk_size, [&](const i64(&at)[ITEMS], int count) {
        REAL signal[ITEMS], value[ITEMS];
#pragma unroll
        for (int k = 0; k < ITEMS; k++) {
            signal[k] = k < count ? g[walk.r * g_stride + at[k]] : (REAL)0;
            value[k] = k < count ? x[walk.r * x_stride + at[k]] : (REAL)0;
        }
#pragma unroll
        for (int k = 0; k < ITEMS; k++) {
            if (k < count) {
                add_product(mine, gated(signal[k], gates, at[k]), standard(value[k], high, low, root));
            }
        }
    });
    settle(walk, mine, shared, partial + walk.r * partial_stride, chunks);
}

// txhat of one element.
__device__ inline REAL moved_of(REAL tx, REAL xhat, REAL root, REAL mean, REAL product, bool given) {
    return given ? root * tx : root * fma(-xhat, product, tx - mean);
}

KERNEL(norm_tangent_sums)(double* __restrict__ partial, i64 partial_stride, const REAL* __restrict__ g, i64 g_stride,
                          const REAL* __restrict__ tg, i64 tg_stride, const REAL* __restrict__ x, i64 x_stride,
                          const REAL* __restrict__ tx, i64 tx_stride, const REAL* __restrict__ table, i64 table_stride,
                          i64 R, i64 N, i64 C, i64 S, i64 chunk_size, i32 groups, i32 chunks, i32 given) {
    __shared__ Sums<4> shared[BLOCK];
    const Walk walk(N, C, S, groups, chunks);
    if (walk.r >= R) {
        return;
    }
    const Column of = {table + walk.r * table_stride + min(walk.channel(), C - 1), C};
    const REAL high = of[HIGH], low = of[LOW], root = of[ROOT];
    const REAL mean = given != 0 ? (REAL)0 : of[T_MEAN], product = given != 0 ? (REAL)0 : of[T_PRODUCT];
    Sums<4> mine = Sums<4>::none();
    walk.each(chunk_size, [&](const i64(&at)[ITEMS], int count) {
#pragma unroll
        for (int k = 0; k < ITEMS; k++) {
            if (k < count) {
                const REAL xhat = standard(x[walk.r * x_stride + at[k]], high, low, root);
                const REAL moved = moved_of(tx[walk.r * tx_stride + at[k]], xhat, root, mean, product, given != 0);
                const double signal = g[walk.r * g_stride + at[k]], turned = tg[walk.r * tg_stride + at[k]];
                mine.at[0] += signal;
                mine.at[1] = fma(signal, (double)xhat, mine.at[1]);
                mine.at[2] += turned;
                mine.at[3] = fma(signal, (double)moved, fma(turned, (double)xhat, mine.at[3]));
            }
        }
    });
    settle(walk, mine, shared, partial + walk.r * partial_stride, chunks);
}

// The chunks of a channel, merged by a warp; all lanes know the result. Every lane holds chunks lane, lane + 32, ...
template <typename T>
__device__ inline T collected(const double* partial, i64 C, i64 chunks, T* shared) {
    T mine = T::none();
    for (i64 chunk = threadIdx.x; chunk < chunks; chunk += WARP) {
        mine = merged(mine, T::of(partial + chunk, C * chunks));
    }
    return merged_over(mine, shared, (int)threadIdx.x, WARP, 1);
}

// blockDim = (32, 8): a warp is a channel (r, c).
KERNEL(norm_moments_finish)(double* __restrict__ mean, i64 mean_stride, double* __restrict__ variance, i64 variance_stride,
                            const double* __restrict__ partial, i64 partial_stride, i64 R, i64 C, i64 chunks) {
    __shared__ Spread shared[BLOCK];
    const i64 row = row_of(1);
    const bool inside = row < R * C;
    const i64 r = inside ? row / C : 0, c = inside ? row % C : 0;
    const Spread all = collected(partial + r * partial_stride + c * chunks, C, chunks, shared);
    if (inside && threadIdx.x == 0) {
        mean[r * mean_stride + c] = all.mean;
        variance[r * variance_stride + c] = all.m2 / all.n;
    }
}

// Totals [K, C]; the last two as shift's and scale's gradient, the first two as means over M, where there is a place for them.
template <int K>
struct Ending {
    double *sums, *mean, *product;
    REAL *scale, *shift;

    __device__ void take(const Sums<K>& all, i64 c, i64 C, double M) const {
        for (int k = 0; k < K; k++) {
            sums[k * C + c] = all.at[k];
        }
        if (scale != nullptr) {
            shift[c] = (REAL)all.at[K - 2];
            scale[c] = (REAL)all.at[K - 1];
        }
        if (mean != nullptr) {
            mean[c] = all.at[0] / M;
            product[c] = all.at[1] / M;
        }
    }
};

template <int K>
__device__ inline void finish(const Ending<K>& end, const double* partial, i64 c, i64 C, i64 M, i64 chunks, Sums<K>* shared,
                              bool inside) {
    const Sums<K> all = collected(partial + c * chunks, C, chunks, shared);
    if (inside && threadIdx.x == 0) {
        end.take(all, c, C, (double)M);
    }
}

KERNEL(norm_sums_finish)(double* __restrict__ sums, i64 sums_stride, double* __restrict__ mean, i64 mean_stride,
                         double* __restrict__ product, i64 product_stride, REAL* __restrict__ scale, i64 scale_stride,
                         REAL* __restrict__ shift, i64 shift_stride, const double* __restrict__ partial, i64 partial_stride,
                         i64 R, i64 C, i64 M, i64 chunks, i32 parts) {
    __shared__ Sums<4> shared[BLOCK];
    const i64 row = row_of(1);
    const bool inside = row < R * C;
    const i64 r = inside ? row / C : 0, c = inside ? row % C : 0;
    double *s = sums + r * sums_stride, *m = mean == nullptr ? nullptr : mean + r * mean_stride, *q = product + r * product_stride;
    REAL *a = scale == nullptr ? nullptr : scale + r * scale_stride, *b = shift + r * shift_stride;
    const double* from = partial + r * partial_stride;
    if (parts == 2) {
        finish<2>({s, m, q, a, b}, from, c, C, M, chunks, reinterpret_cast<Sums<2>*>(shared), inside);
    } else {
        finish<4>({s, m, q, a, b}, from, c, C, M, chunks, shared, inside);
    }
}

KERNEL(norm_constants)(REAL* __restrict__ table, i64 table_stride, const double* __restrict__ mean, i64 mean_stride,
                       const double* __restrict__ variance, i64 variance_stride, const REAL* __restrict__ scale,
                       i64 scale_stride, const REAL* __restrict__ shift, i64 shift_stride, const double* __restrict__ sums,
                       i64 sums_stride, const REAL* __restrict__ t_scale, i64 t_scale_stride,
                       const REAL* __restrict__ t_shift, i64 t_shift_stride, const double* __restrict__ t_mean,
                       i64 t_mean_stride, const double* __restrict__ t_product, i64 t_product_stride, i64 R, i64 C, i64 M,
                       i32 chunks, double eps) {
    const i64 r = row_of(chunks), c = chunk_of(chunks) * blockDim.x + threadIdx.x;
    if (r >= R || c >= C) {
        return;
    }
    REAL* to = table + r * table_stride + c;
    const double centre = mean[r * mean_stride + c], root = root_of(variance[r * variance_stride + c], eps);
    const double gamma = scale[r * scale_stride + c];
    to[HIGH * C] = high_of(centre);
    to[LOW * C] = low_of(centre);
    to[ROOT * C] = (REAL)root;
    to[SCALE * C] = (REAL)gamma;
    to[SHIFT * C] = shift[r * shift_stride + c];
    const bool moves = t_scale != nullptr, turns = t_mean != nullptr;
    const double turn = moves ? (double)t_scale[r * t_scale_stride + c] : 0.0;
    if (moves) {
        to[T_SCALE * C] = (REAL)turn;
        to[T_SHIFT * C] = t_shift[r * t_shift_stride + c];
    }
    const double product = turns ? t_product[r * t_product_stride + c] : 0.0;
    if (turns) {
        to[T_MEAN * C] = (REAL)t_mean[r * t_mean_stride + c];
        to[T_PRODUCT * C] = (REAL)product;
    }
    if (sums != nullptr) {
        const double *total = sums + r * sums_stride + c, values = (double)M;
        to[SLOPE * C] = (REAL)(moves ? root * product : gamma * root);
        to[FIRST * C] = (REAL)(moves ? gamma * total[0] / values : total[0] / values);
        to[SECOND * C] = (REAL)(moves ? gamma * total[C] / values : total[C] / values);
        if (moves) {
            to[T_FIRST * C] = (REAL)((turn * total[0] + gamma * total[2 * C]) / values);
            to[T_SECOND * C] = (REAL)((turn * total[C] + gamma * total[3 * C]) / values);
        }
    }
}

KERNEL(norm_track)(double* __restrict__ mean, i64 mean_stride, double* __restrict__ variance, i64 variance_stride,
                   const double* __restrict__ batch_mean, i64 batch_mean_stride, const double* __restrict__ batch_variance,
                   i64 batch_variance_stride, const i32* __restrict__ cause, i64 cause_stride, i64 R, i64 C, i32 chunks,
                   double momentum, double unbiased) {
    const i64 r = row_of(chunks), c = chunk_of(chunks) * blockDim.x + threadIdx.x;
    if (r >= R || c >= C || cause[r * cause_stride] != 0) {
        return;
    }
    double *m = mean + r * mean_stride + c, *v = variance + r * variance_stride + c;
    *m = fma(momentum, batch_mean[r * batch_mean_stride + c], (1 - momentum) * *m);
    *v = fma(momentum, unbiased * batch_variance[r * batch_variance_stride + c], (1 - momentum) * *v);
}
