// norm_tile.cu: batch normalisation in one pass over memory, where some channels of a replica fit a block's shared memory.
//
//     norm_tile_forward    mean = <x>, variance = <(x - mean)^2>, y = scale xhat + shift, with a mask max(y, 0) and its gates
//                          2 w bytes per element, 10 flops, half of them in fp64
//     norm_tile_backward   dbeta = sum g, dgamma = sum g xhat, dx = scale s (g - <g> - xhat <g xhat>), g = dy, or 0 where the mask is
//                          3 w bytes per element, 12 flops, a third of them in fp64
// with a mask 1 bit per element more. The same in stages: norm.cu and norm_elements.cu.
//
// Layout. Arrays [R, N, C, S]; moments F64 [R, C]. A slab is `slab` neighbouring channels of a replica: N runs of slab S elements. It
// is a whole replica, or begins and ends at words of the mask, so no word has two writers. Shared memory: the slab of x (backward:
// of xhat and of g), then the channels' constants.
//
// Threads. blockDim = (256, 1), a block is a slab. In and out, neighbouring threads have neighbouring elements. In between, a channel
// has T threads, a power of two: they stand together along a plane where there are planes, and one to a row of neighbouring
// channels where there are none, so shared memory is read in order.
//
// Determinism. A thread takes its values in order, eight at a time, and the T threads are merged along a tree; T follows from the
// slab, the slab from N, C, S. Moments as in norm.cu.
#include "norm.cuh"

constexpr int ITEMS = 8; // values a thread has in flight

// Some channels of one replica.
struct Slab {
    i64 r, first; // replica, channel
    int N, S, G;  // examples, places, channels
    i64 pitch;    // elements of an example, in memory

    __device__ Slab(i64 examples, i64 C, i64 places, i32 slab, i32 slabs)
        : r(blockIdx.x / (u32)slabs), first((i64)(blockIdx.x % (u32)slabs) * slab), N((int)examples), S((int)places),
          G((int)min((i64)slab, C - first)), pitch(C * places) {
    }

    __device__ int run() const {
        return G * S;
    }

    __device__ int size() const {
        return N * run();
    }
};

// An element of a slab: place e in shared memory, `source` in the replica's block, channel c of the slab.
struct Cell {
    int e, s, c, S, G, ds, dc;
    i64 source, step, gap;

    __device__ explicit Cell(const Slab& slab) : e((int)threadIdx.x), S(slab.S), G(slab.G) {
        const int run = slab.run(), n = e / run, l = e % run, d = BLOCK % run;
        c = l / S;
        s = l % S;
        dc = d / S;
        ds = d % S;
        source = n * slab.pitch + slab.first * S + l;
        step = BLOCK / run * slab.pitch + d;
        gap = slab.pitch - run;
    }

    __device__ void advance() {
        e += BLOCK;
        s += ds;
        c += dc;
        source += step;
        if (s >= S) {
            s -= S;
            c++;
        }
        if (c >= G) {
            c -= G;
            source += gap;
        }
    }
};

// work(cell, inside) for every element; all lanes of a warp go along.
template <typename WORK>
__device__ inline void each_cell(const Slab& slab, WORK work) {
    Cell cell(slab);
    const int size = slab.size();
    for (int begin = 0; begin < size; begin += BLOCK) {
        work(cell, cell.e < size);
        cell.advance();
    }
}

// The threads of one channel.
struct Share {
    int channel, part, parts, stride;

    // Pass `pass` over the channels, where there are more of them than threads.
    __device__ Share(const Slab& slab, int pass) {
        const int t = (int)threadIdx.x, G = min(slab.G, BLOCK);
        parts = 1;
        while (2 * parts * G <= BLOCK) {
            parts *= 2;
        }
        const bool along = slab.S > 1;
        channel = pass * BLOCK + (along ? t / parts : t % G);
        part = along ? t % parts : t / G;
        stride = along ? 1 : G;
        if (part >= parts || channel >= slab.G) {
            part = parts; // idle
        }
    }
};

// take(sum, places in shared memory, count) for the values of a channel, then done(channel, sum) once per channel.
template <typename T, typename TAKE, typename DONE>
__device__ inline void sum_channels(const Slab& slab, T* shared, TAKE take, DONE done) {
    for (int pass = 0; pass * BLOCK < slab.G; pass++) {
        const Share share(slab, pass);
        T mine = T::none();
        const int values = slab.N * slab.S, dn = share.parts / slab.S, ds = share.parts % slab.S;
        int m = share.part < share.parts ? share.part : values, n = m / slab.S, s = m % slab.S;
        while (m < values) {
            int at[ITEMS], count = 0;
#pragma unroll
            for (int k = 0; k < ITEMS; k++) {
                at[k] = n * slab.run() + share.channel * slab.S + s;
                count += m < values ? 1 : 0;
                m += share.parts;
                n += dn;
                s += ds;
                if (s >= slab.S) {
                    s -= slab.S;
                    n++;
                }
            }
            take(mine, at, count);
        }
        mine = merged_over(mine, shared, share.part, share.parts, share.stride);
        if (share.part == 0) {
            done(share.channel, mine);
        }
    }
    __syncthreads();
}

KERNEL(norm_tile_forward)(REAL* y, i64 y_stride, u32* __restrict__ mask, i64 mask_stride, double* __restrict__ mean,
                          i64 mean_stride, double* __restrict__ variance, i64 variance_stride, const REAL* x, i64 x_stride,
                          const REAL* __restrict__ scale, i64 scale_stride, const REAL* __restrict__ shift, i64 shift_stride,
                          i64 R, i64 N, i64 C, i64 S, i32 slab_channels, i32 slabs, double eps) {
    DYNAMIC_SHARED(REAL, tile);
    __shared__ Spread spreads[BLOCK];
    const Slab slab(N, C, S, slab_channels, slabs);
    if (slab.r >= R) {
        return;
    }
    const int G = slab.G;
    REAL* constants = tile + slab.size();
    const REAL* from = x + slab.r * x_stride;
    each_cell(slab, [&](const Cell& cell, bool inside) {
        if (inside) {
            tile[cell.e] = from[cell.source];
        }
    });
    __syncthreads();
    const auto take = [&](Spread& mine, const int(&at)[ITEMS], int count) {
        REAL values[ITEMS];
#pragma unroll
        for (int k = 0; k < ITEMS; k++) {
            values[k] = k < count ? tile[at[k]] : (REAL)0;
        }
        mine = merged(mine, spread_of(values, count));
    };
    sum_channels(slab, spreads, take, [&](int j, const Spread& all) {
        const i64 c = slab.first + j;
        const double spread = all.m2 / all.n;
        mean[slab.r * mean_stride + c] = all.mean;
        variance[slab.r * variance_stride + c] = spread;
        constants[HIGH * G + j] = high_of(all.mean);
        constants[LOW * G + j] = low_of(all.mean);
        constants[ROOT * G + j] = (REAL)root_of(spread, eps);
        constants[SCALE * G + j] = scale[slab.r * scale_stride + c];
        constants[SHIFT * G + j] = shift[slab.r * shift_stride + c];
    });
    REAL* to = y + slab.r * y_stride;
    u32* gates = mask == nullptr ? nullptr : mask + slab.r * mask_stride;
    each_cell(slab, [&](const Cell& cell, bool inside) {
        const REAL* of = constants + cell.c;
        const REAL xhat = inside ? standard(tile[cell.e], of[HIGH * G], of[LOW * G], of[ROOT * G]) : (REAL)0;
        const REAL z = fma(xhat, of[SCALE * G], of[SHIFT * G]);
        const u32 word = gates == nullptr ? 0u : __ballot_sync(FULL_WARP, inside && z > 0);
        if (inside) {
            to[cell.source] = gates != nullptr && z <= 0 ? (REAL)0 : z; // a NaN fails the comparison and stays
        }
        if (gates != nullptr && inside && cell.source % WARP == 0) {
            gates[cell.source / WARP] = word;
        }
    });
}

// xhat and g of a slab into shared memory; HIGH, LOW, ROOT, SCALE, SLOPE of its channels are there.
__device__ inline void load_pairs(const Slab& slab, REAL* tile, const REAL* constants, const REAL* x, const REAL* dy,
                                  const u32* gates) {
    const int G = slab.G, size = slab.size();
    each_cell(slab, [&](const Cell& cell, bool inside) {
        if (inside) {
            const i64 i = cell.source;
            const REAL* of = constants + cell.c;
            const REAL value = x[i], signal = dy[i];
            const bool open = gates == nullptr || (gates[i / WARP] >> (i % WARP) & 1u) != 0;
            tile[cell.e] = standard(value, of[HIGH * G], of[LOW * G], of[ROOT * G]);
            tile[size + cell.e] = open ? signal : (REAL)0;
        }
    });
    __syncthreads();
}

KERNEL(norm_tile_backward)(REAL* dx, i64 dx_stride, REAL* __restrict__ dscale, i64 dscale_stride, REAL* __restrict__ dshift,
                           i64 dshift_stride, const REAL* dy, i64 dy_stride, const u32* __restrict__ mask, i64 mask_stride,
                           const REAL* __restrict__ x, i64 x_stride, const double* __restrict__ mean, i64 mean_stride,
                           const double* __restrict__ variance, i64 variance_stride, const REAL* __restrict__ scale,
                           i64 scale_stride, i64 R, i64 N, i64 C, i64 S, i32 slab_channels, i32 slabs, double eps) {
    DYNAMIC_SHARED(REAL, tile);
    __shared__ Sums<2> pairs[BLOCK];
    const Slab slab(N, C, S, slab_channels, slabs);
    if (slab.r >= R) {
        return;
    }
    const int G = slab.G, size = slab.size();
    REAL* constants = tile + 2 * size;
    for (int j = (int)threadIdx.x; j < G; j += BLOCK) {
        const i64 c = slab.first + j;
        const double centre = mean[slab.r * mean_stride + c], root = root_of(variance[slab.r * variance_stride + c], eps);
        constants[HIGH * G + j] = high_of(centre);
        constants[LOW * G + j] = low_of(centre);
        constants[ROOT * G + j] = (REAL)root;
        constants[SLOPE * G + j] = (REAL)((double)scale[slab.r * scale_stride + c] * root);
    }
    __syncthreads();
    load_pairs(slab, tile, constants, x + slab.r * x_stride, dy + slab.r * dy_stride,
               mask == nullptr ? nullptr : mask + slab.r * mask_stride);
    const auto take = [&](Sums<2>& mine, const int(&at)[ITEMS], int count) {
#pragma unroll
        for (int k = 0; k < ITEMS; k++) {
            if (k < count) {
                add_product(mine, tile[size + at[k]], tile[at[k]]);
            }
        }
    };
    const double values = (double)N * (double)S;
    sum_channels(slab, pairs, take, [&](int j, const Sums<2>& all) {
        dshift[slab.r * dshift_stride + slab.first + j] = (REAL)all.at[0];
        dscale[slab.r * dscale_stride + slab.first + j] = (REAL)all.at[1];
        constants[FIRST * G + j] = (REAL)(all.at[0] / values);
        constants[SECOND * G + j] = (REAL)(all.at[1] / values);
    });
    REAL* to = dx + slab.r * dx_stride;
    each_cell(slab, [&](const Cell& cell, bool inside) {
        if (inside) {
            const REAL* of = constants + cell.c;
            to[cell.source] = slope_of(tile[size + cell.e], tile[cell.e], of[SLOPE * G], of[FIRST * G], of[SECOND * G]);
        }
    });
}
