// streamed.cu: training of wide two-layer networks in one pass over the weights per step.
//
// y = V max(W x + b, 0) + c. Given the slopes e[n,k] of the loss at the outputs, every hidden unit's gradient needs that
// unit's weights alone. So one sweep takes step t's update and, with the new weights still in hand, step t+1's forward pass:
//
//     z_n = W_u x_n + b_u, s_n = [z_n > 0] sum_k e[n,k] V[k,u]        (again, from the old weights: cheaper than to keep it)
//     dV[k,u] = sum_n e[n,k] a_n,  db_u = sum_n s_n,  dW[u,d] = sum_n s_n x[n,d];  update.cuh's rule
//     partial[g,n,k] = sum over the 32 units of group g of V[k,u] max(W_u x'_n + b_u, 0)
//
// and streamed_outputs adds the groups. Rules with at most one memory (SGD, momentum, Nesterov).
//
// Health. Before a sweep moves anything, streamed_judge bounds the largest new number from the largest old one, the batch
// and the slopes. Where the bound does not exclude an overflow, the check kernels look at every new number first and
// streamed_settle freezes the replica; all others pay nothing.
//
// Layout. weights, state, gradient [R,P] (0.weight [W,D], 0.bias [W], 1.weight [K,W], 1.bias [K]); x, next [R,N,D]; slopes
// [R,N,K]; partial [R,G,N K], G = ceil(W / 32); extremes [R,G,2]: largest |weight|, |memory| of a group; marks I32 [R,3]:
// doubt, a gradient fails, a new number fails.
// Threads. A block = `blockDim.x` units of one replica (32, 64 or 128), thread = unit. Rows come and go through shared memory,
// a warp per row, and lie there with an odd pitch, so that 32 threads on 32 rows meet 32 banks.
// Bytes. 2 w per weight and step (SGD), 4 w with momentum. Flops: 6 N per weight. Up to 16 examples.
// Determinism. Sums over d and n ascending; over units by groups of 32 as a butterfly, groups in fp64 in strands by G alone.
#include "reduce.cuh"
#include "streamed.cuh"

constexpr int STAGE = 1024; // groups that one block of streamed_outputs adds

// The batch into shared memory, example fastest; examples from N on are zeros, which change no sum.
template <int T>
__device__ inline void load_columns(REAL* columns, const REAL* rows, i32 N, i32 width) {
    for (i32 i = threadIdx.x; i < width * T; i += blockDim.x) {
        const i32 n = i % T, at = i / T;
        columns[i] = n < N ? rows[(i64)n * width + at] : (REAL)0;
    }
}

// Rows [first, first + count) between memory and the tile, a warp per row.
template <bool TO_TILE>
__device__ inline void move_rows(REAL* tile, i32 pitch, REAL* rows, i64 count, i32 D) {
    for (i32 row = threadIdx.x / WARP; row < count; row += blockDim.x / WARP) {
        for (i32 d = threadIdx.x % WARP; d < D; d += WARP) {
            if (TO_TILE) {
                tile[row * pitch + d] = rows[(i64)row * D + d];
            } else {
                rows[(i64)row * D + d] = tile[row * pitch + d];
            }
        }
    }
}

// Where a block works.
struct Place {
    i64 r, first, count; // replica, first unit, units
};

__device__ inline Place place_of(i32 tiles, i64 W) {
    const i64 first = (i64)(blockIdx.x % (u32)tiles) * blockDim.x;
    return {blockIdx.x / (u32)tiles, first, min((i64)blockDim.x, W - first)};
}

// Everything a block of a sweep knows.
struct Block {
    Place place;
    Sizes size;
    Network net;
    Move move;
    i32 parts;
    REAL *tile, *state_tile; // rows of this block's units, `pitch` apart; the latter for rules with a memory
    i32 pitch;
    REAL* partial;  // this replica's
    REAL* extremes; // likewise
};

// The group's sums of the unit's contributions to the outputs of the next batch.
template <int T>
__device__ inline void contribute(const Block& block, REAL (&a)[T], i64 unit) {
    const Sizes& size = block.size;
    const bool inside = unit < size.W;
    for (i32 k = 0; k < size.K; k++) {
        const REAL v = inside ? block.net.weights[block.net.at.above + k * size.W + unit] : (REAL)0;
#pragma unroll
        for (int n = 0; n < T; n++) {
            if (n < size.N) {
                const REAL sum = group_sum(inside ? a[n] * v : (REAL)0);
                if (unit % WARP == 0 && inside) {
                    block.partial[(unit / WARP * size.N + n) * size.K + k] = sum;
                }
            }
        }
    }
}

// Largest |parameter| and |memory| of the unit's group; unit 0 answers for the output biases as well.
__device__ inline void note_extremes(const Block& block, i64 unit) {
    const Sizes& size = block.size;
    const Places& at = block.net.at;
    const bool inside = unit < size.W, biased = (block.parts & BIASED) != 0, remembers = block.move.rule != SGD;
    Extreme extreme = {0, 0};
    for (i32 d = 0; inside && d < size.D; d++) {
        const i32 place = (i32)threadIdx.x * block.pitch + d;
        extreme.meet(block.tile[place], remembers ? block.state_tile[place] : (REAL)0);
    }
    for (i32 k = 0; inside && k < size.K; k++) {
        extreme.meet(block.net, at.above + k * size.W + unit, remembers);
    }
    if (inside && biased) {
        extreme.meet(block.net, at.bias + unit, remembers);
    }
    for (i32 k = 0; unit == 0 && biased && k < size.K; k++) {
        extreme.meet(block.net, at.top + k, remembers);
    }
    const REAL weight = group_max(extreme.weight), memory = group_max(extreme.memory);
    if (unit % WARP == 0 && inside) {
        block.extremes[unit / WARP * 2] = weight;
        block.extremes[unit / WARP * 2 + 1] = memory;
    }
}

// The batches, as they lie in memory.
struct Batches {
    const REAL *x, *slopes, *next;
};

// Marks what a step would break, where it was only to be looked at.
__device__ inline void report(const Move& move, i32* mark) {
    if (move.gradient_fails) {
        mark[1] = 1; // whoever writes, writes the same
    }
    if (move.weight_fails) {
        mark[2] = 1;
    }
}

template <int T>
__device__ inline void sweep(Block& block, const Batches& batches, REAL* columns, i32* mark) {
    const Sizes& size = block.size;
    const Place& place = block.place;
    const Columns<T> batch = {columns, columns + size.D * T};
    REAL* following = batch.slopes + size.K * T;
    const bool remembers = block.move.rule != SGD, looks = block.move.commits || block.move.keeps_gradient ||
                                                           (block.parts & CHECK) != 0;
    move_rows<true>(block.tile, block.pitch, block.net.weights + place.first * size.D, place.count, size.D);
    if (remembers) {
        move_rows<true>(block.state_tile, block.pitch, block.net.state + place.first * size.D, place.count, size.D);
    }
    if (looks) {
        load_columns<T>(batch.x, batches.x, size.N, size.D);
        load_columns<T>(batch.slopes, batches.slopes, size.N, size.K);
    }
    if ((block.parts & ADVANCE) != 0) {
        load_columns<T>(following, batches.next, size.N, size.D);
    }
    __syncthreads();
    const i64 unit = place.first + threadIdx.x;
    REAL* row = block.tile + threadIdx.x * block.pitch;
    if (looks && unit < size.W) {
        descend<T>(block.move, block.net, row, block.state_tile + threadIdx.x * block.pitch, batch, size, unit, block.parts);
    }
    if (looks && unit == 0 && (block.parts & BIASED) != 0) {
        descend_top<T>(block.move, block.net, batch, size);
    }
    if ((block.parts & CHECK) != 0) {
        report(block.move, mark);
        return;
    }
    __syncthreads();
    if (block.move.commits) {
        move_rows<false>(block.tile, block.pitch, block.net.weights + place.first * size.D, place.count, size.D);
    }
    if (block.move.commits && remembers) {
        move_rows<false>(block.state_tile, block.pitch, block.net.state + place.first * size.D, place.count, size.D);
    }
    if ((block.parts & ADVANCE) != 0) {
        REAL a[T];
        const bool biased = unit < size.W && (block.parts & BIASED) != 0;
        pre_activations<T>(a, row, following, unit < size.W ? size.D : 0,
                           biased ? block.net.weights[block.net.at.bias + unit] : (REAL)0);
        activate<T>(a, block.parts);
        contribute<T>(block, a, unit);
    }
    note_extremes(block, unit);
}

KERNEL(streamed_sweep)(REAL* weights, i64 weights_stride, REAL* state, i64 state_stride, REAL* gradient,
                       i64 gradient_stride, REAL* partial, i64 partial_stride, REAL* extremes, i64 extremes_stride,
                       i32* marks, i64 marks_stride, const i32* cause, i64 cause_stride,
                       const double* __restrict__ hyper, i64 hyper_stride, const REAL* __restrict__ x, i64 x_stride,
                       const REAL* __restrict__ slopes, i64 slopes_stride, const REAL* __restrict__ next,
                       i64 next_stride, i64 R, i64 N, i64 D, i64 W, i64 K, i32 tiles, i32 parts, i32 rule,
                       double factor, i64 step) {
    DYNAMIC_SHARED(REAL, memory);
    const i64 r = blockIdx.x / (u32)tiles;
    const i32 pitch = (i32)D | 1, rows = (i32)blockDim.x * pitch;
    const bool descends = (parts & DESCEND) != 0, checks = (parts & CHECK) != 0;
    i32* mark = marks + r * marks_stride;
    if (r >= R || (checks && mark[0] == 0)) {
        return;
    }
    Block block = {place_of(tiles, W),
                   {(i32)N, (i32)D, (i32)K, W},
                   {weights + r * weights_stride, state + r * state_stride, gradient + r * gradient_stride,
                    places_of(D, W, K, (parts & BIASED) != 0)},
                   {{}, rule, step, descends && !checks && cause[r * cause_stride] == NONE,
                    descends && !checks && (parts & KEEP_GRADIENT) != 0, false, false},
                   parts,
                   memory,
                   memory + rows,
                   pitch,
                   partial + r * partial_stride,
                   extremes + r * extremes_stride};
    block.move.scalars = scalars_of(hyper + r * hyper_stride, rule, factor, step);
    REAL* columns = memory + (rule == SGD ? 1 : 2) * rows;
    const Batches batches = {x + r * x_stride, slopes + r * slopes_stride, next + r * next_stride};
    if (N <= 1) {
        sweep<1>(block, batches, columns, mark);
    } else if (N <= 4) {
        sweep<4>(block, batches, columns, mark);
    } else if (N <= 8) {
        sweep<8>(block, batches, columns, mark);
    } else {
        sweep<16>(block, batches, columns, mark);
    }
}

// sums[c, j] = sum over the groups of stage c of partial[g, j]: 256 strands in fp64, then lanes_sum.
KERNEL(streamed_sums)(double* __restrict__ sums, i64 sums_stride, const REAL* __restrict__ partial, i64 partial_stride,
                      i64 R, i64 G, i64 J, i32 chunks) {
    __shared__ double warps[WARPS];
    const i64 r = row_of(chunks), chunk = chunk_of(chunks), end = min((chunk + 1) * STAGE, G);
    if (r >= R) {
        return;
    }
    for (i64 j = 0; j < J; j++) {
        double sum = 0;
        for (i64 g = chunk * STAGE + threadIdx.x; g < end; g += blockDim.x) {
            sum += partial[r * partial_stride + g * J + j];
        }
        sum = lanes_sum(sum, warps);
        if (threadIdx.x == 0) {
            sums[r * sums_stride + chunk * J + j] = sum;
        }
    }
}

// y[j] = bias[j mod K] + the stages' sums in order.
KERNEL(streamed_outputs)(REAL* __restrict__ y, i64 y_stride, const double* __restrict__ sums, i64 sums_stride,
                         const REAL* __restrict__ bias, i64 bias_stride, i64 R, i64 J, i64 K, i64 stages) {
    const i64 r = row_of(1);
    for (i64 j = threadIdx.x; r < R && j < J; j += blockDim.x) {
        double sum = 0;
        for (i64 c = 0; c < stages; c++) {
            sum += sums[r * sums_stride + c * J + j];
        }
        y[r * y_stride + j] = (REAL)(bias == nullptr ? sum : sum + (double)bias[r * bias_stride + j % K]);
    }
}

// Largest |a| of a row, or NaN; known to all lanes of the block.
__device__ inline double largest_of(const REAL* a, i64 count, i64 every, double* warps) {
    double largest = 0, bad = 0;
    for (i64 i = threadIdx.x; i < count; i += blockDim.x) {
        const double value = fabs((double)a[i * every]);
        largest = value > largest ? value : largest;
        bad += value - value;
    }
    for (int distance = WARP / 2; distance > 0; distance /= 2) {
        const double other = __shfl_xor_sync(FULL_WARP, largest, distance);
        largest = other > largest ? other : largest;
    }
    bad = lanes_sum(bad, warps);
    if (threadIdx.x % WARP == 0) {
        warps[threadIdx.x / WARP] = largest;
    }
    __syncthreads();
    for (u32 w = 0; w < blockDim.x / WARP; w++) {
        largest = warps[w] > largest ? warps[w] : largest;
    }
    __syncthreads();
    return largest + bad;
}

// A bound of every number that the step makes on its way; see StepBound on the host.
__device__ inline double bound_of(const Scalars& s, double weight, double memory, double input, double slopes, i64 D) {
    const double gradient = slopes * (1 + weight) * (1 + input) * (1 + (double)D) + fabs((double)s.l2) * weight;
    const double moment = fabs((double)s.momentum) * memory + (1 + fabs((double)s.intake)) * gradient;
    const double direction = (1 + fabs((double)s.momentum)) * moment + gradient;
    return direction + fabs((double)s.shrink) * weight + fabs((double)s.rate) * direction;
}

// A replica a block: LOSS where the loss is not finite; doubt where the bound does not exclude an overflow.
KERNEL(streamed_judge)(i32* cause, i64 cause_stride, i64* step_of, i64 step_of_stride, i32* marks, i64 marks_stride,
                       const double* __restrict__ loss, i64 loss_stride, const REAL* __restrict__ extremes,
                       i64 extremes_stride, const double* __restrict__ hyper, i64 hyper_stride,
                       const REAL* __restrict__ x, i64 x_stride, const REAL* __restrict__ slopes, i64 slopes_stride,
                       i64 R, i64 N, i64 D, i64 K, i64 G, i32 rule, double factor, i64 step) {
    __shared__ double warps[WARPS];
    const i64 r = row_of(1);
    if (r >= R) {
        return;
    }
    const REAL* extreme = extremes + r * extremes_stride;
    const double weight = largest_of(extreme, G, 2, warps), memory = largest_of(extreme + 1, G, 2, warps);
    const double input = largest_of(x + r * x_stride, N * D, 1, warps);
    const double slope = (double)(N * K) * largest_of(slopes + r * slopes_stride, N * K, 1, warps);
    if (threadIdx.x != 0) {
        return;
    }
    const Scalars s = scalars_of(hyper + r * hyper_stride, rule, factor, step);
    const double limit = sizeof(REAL) == 4 ? 1e37 : 1e307;
    const bool safe = bound_of(s, weight, memory, input, slope, D) < limit; // not so for a NaN
    const bool moves = cause[r * cause_stride] == NONE, finite = is_finite(loss[r * loss_stride]);
    marks[r * marks_stride] = moves && finite && !safe ? 1 : 0;
    marks[r * marks_stride + 1] = 0;
    marks[r * marks_stride + 2] = 0;
    if (moves && !finite) {
        cause[r * cause_stride] = LOSS;
        step_of[r * step_of_stride] = step;
    }
}

// A replica a thread: freezes what the check found to fail.
KERNEL(streamed_settle)(i32* cause, i64 cause_stride, i64* step_of, i64 step_of_stride, const i32* __restrict__ marks,
                        i64 marks_stride, i64 R, i64 step) {
    const i64 r = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    if (r >= R || marks[r * marks_stride] == 0) {
        return;
    }
    const i32* mark = marks + r * marks_stride;
    if (mark[1] != 0 || mark[2] != 0) {
        cause[r * cause_stride] = mark[1] != 0 ? GRADIENT : WEIGHT;
        step_of[r * step_of_stride] = step;
    }
}
