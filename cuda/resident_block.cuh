// resident_block.cuh: the products of one replica, by one block, all operands in shared memory. See resident_block.cu.
//
// Every output is one thread's chain in the order of resident.cuh; a thread owns a small tile of outputs, so that each
// value it reads serves several chains. Where an operand lies along the common axis (rows of x and W forward, of slopes
// downwards) a thread reads V neighbours of that axis from each of its rows; where it lies along its own axis, V
// neighbours of its own. A bare product is taken as fma(a, b, -0), which has the bits of a b.
//
// Tiles are dealt out round robin over rows, not neighbour by neighbour: thread t of a quarter warp then reads row r + t.
#pragma once

#include "resident.cuh"
#include "strip.cuh"

constexpr i32 V = 16 / sizeof(REAL); // values of one access

// One affine map as the block sees it, a table of the plan: places in shared memory, in elements; a pitch is the way from
// one unit's weights, or one example, to the next.
struct Layer {
    i32 in, out;
    i32 home;                    // place of the weights among the P parameters; the biases follow
    i32 weights, pitch, bias;    // bias: -1 without
    i32 below, below_pitch;      // x or f
    i32 above, above_pitch;      // z, or f above
    i32 slopes;                  // d loss / d z, pitch as above
    i32 rectified;               // whether f above is max(z, 0)
    i32 forward, down, gradient; // sizes of tiles: see by_size
};

constexpr i32 LAYER_WORDS = sizeof(Layer) / sizeof(i32);

// Rows first, first + step, ... below extent: those of one thread.
struct Share {
    i32 first, step, extent;
    __device__ bool has(i32 i) const { return first + i * step < extent; }
    __device__ i32 at(i32 i) const { return has(i) ? first + i * step : extent - 1; }
};

__device__ inline i32 ceil_div(i32 a, i32 b) {
    return (a + b - 1) / b;
}

template <int T>
__device__ inline Strip<T> strip(const REAL* at) {
    return *reinterpret_cast<const Strip<T>*>(at);
}

// Tiles of `height` by `width` outputs, walked by the block.
struct Tiling {
    i32 rows, columns, across, count;
    __device__ Tiling(i32 rows_, i32 height, i32 columns_, i32 width) : rows(rows_), columns(columns_) {
        across = ceil_div(columns, width);
        count = across * ceil_div(rows, height);
    }
    __device__ Share down(i32 tile) const { return {tile / across, count / across, rows}; }
    __device__ Share along(i32 tile) const { return {tile % across, across, columns}; }
};

// z += a b over up to V terms from place d on.
template <int I, int J>
__device__ inline void add_terms(REAL (&z)[I][J], const REAL* const (&a)[I], const REAL* const (&b)[J], i32 d, i32 terms) {
    Strip<V> left[I], right[J];
#pragma unroll
    for (int i = 0; i < I; i++) {
        left[i] = strip<V>(a[i] + d);
    }
#pragma unroll
    for (int j = 0; j < J; j++) {
        right[j] = strip<V>(b[j] + d);
    }
#pragma unroll
    for (int q = 0; q < V; q++) {
        if (q < terms) {
#pragma unroll
            for (int i = 0; i < I; i++) {
#pragma unroll
                for (int j = 0; j < J; j++) {
                    z[i][j] = fma(left[i].at[q], right[j].at[q], z[i][j]);
                }
            }
        }
    }
}

// z[n,k] = b[k] + sum_d x[n,d] W[k,d] for `count` examples, then the rectifier.
template <int I, int J>
__device__ inline void forward_tiles(const Layer& layer, REAL* memory, i32 count) {
    const Tiling tiling(count, I, layer.out, J);
    for (i32 tile = threadIdx.x; tile < tiling.count; tile += blockDim.x) {
        const Share examples = tiling.down(tile), units = tiling.along(tile);
        const REAL* x[I];
        const REAL* w[J];
        REAL z[I][J];
#pragma unroll
        for (int j = 0; j < J; j++) {
            w[j] = memory + layer.weights + units.at(j) * layer.pitch;
            const REAL none = layer.in == 1 ? (REAL)-0.0 : (REAL)0;
            const REAL start = layer.bias < 0 ? none : memory[layer.bias + units.at(j)];
#pragma unroll
            for (int i = 0; i < I; i++) {
                z[i][j] = start;
            }
        }
#pragma unroll
        for (int i = 0; i < I; i++) {
            x[i] = memory + layer.below + examples.at(i) * layer.below_pitch;
        }
        i32 d = 0;
        for (; d + V <= layer.in; d += V) {
            add_terms(z, x, w, d, V);
        }
        if (d < layer.in) {
            add_terms(z, x, w, d, layer.in - d);
        }
#pragma unroll
        for (int i = 0; i < I; i++) {
#pragma unroll
            for (int j = 0; j < J; j++) {
                if (examples.has(i) && units.has(j)) {
                    const REAL value = layer.rectified != 0 && z[i][j] <= 0 ? (REAL)0 : z[i][j]; // a NaN stays
                    memory[layer.above + examples.at(i) * layer.above_pitch + units.at(j)] = value;
                }
            }
        }
    }
}

// signal += slopes W over up to V units from k on; Q neighbours at each of J places of a row.
template <int I, int Q, int J>
__device__ inline void add_units(REAL (&signal)[I][J * Q], const REAL* const (&slopes)[I], const REAL* const (&w)[J],
                                 i32 pitch, i32 k, i32 units) {
    Strip<V> slope[I];
#pragma unroll
    for (int i = 0; i < I; i++) {
        slope[i] = strip<V>(slopes[i] + k);
    }
#pragma unroll
    for (int p = 0; p < V; p++) {
        if (p < units) {
#pragma unroll
            for (int j = 0; j < J; j++) {
                const Strip<Q> row = strip<Q>(w[j] + (k + p) * pitch);
#pragma unroll
                for (int i = 0; i < I; i++) {
#pragma unroll
                    for (int q = 0; q < Q; q++) {
                        signal[i][j * Q + q] = fma(slope[i].at[p], row.at[q], signal[i][j * Q + q]);
                    }
                }
            }
        }
    }
}

// Slopes of the layer under this one: sum_k dz[n,k] W[k,d], where the unit was active.
template <int I, int Q, int J>
__device__ inline void down_tiles(const Layer& layer, const Layer& under, REAL* memory, i32 count) {
    const Tiling tiling(count, I, ceil_div(layer.in, Q), J);
    for (i32 tile = threadIdx.x; tile < tiling.count; tile += blockDim.x) {
        const Share examples = tiling.down(tile), groups = tiling.along(tile);
        const REAL* slopes[I];
        const REAL* w[J];
        REAL signal[I][J * Q];
#pragma unroll
        for (int i = 0; i < I; i++) {
            slopes[i] = memory + layer.slopes + examples.at(i) * layer.above_pitch;
#pragma unroll
            for (int q = 0; q < J * Q; q++) {
                signal[i][q] = layer.out == 1 ? (REAL)-0.0 : (REAL)0;
            }
        }
#pragma unroll
        for (int j = 0; j < J; j++) {
            w[j] = memory + layer.weights + groups.at(j) * Q;
        }
        i32 k = 0;
        for (; k + V <= layer.out; k += V) {
            add_units<I, Q, J>(signal, slopes, w, layer.pitch, k, V);
        }
        if (k < layer.out) {
            add_units<I, Q, J>(signal, slopes, w, layer.pitch, k, layer.out - k);
        }
#pragma unroll
        for (int i = 0; i < I; i++) {
#pragma unroll
            for (int j = 0; j < J; j++) {
                if (examples.has(i) && groups.has(j)) {
                    const i32 place = examples.at(i) * layer.below_pitch + groups.at(j) * Q;
                    const Strip<Q> f = strip<Q>(memory + layer.below + place);
                    Strip<Q> result;
#pragma unroll
                    for (int q = 0; q < Q; q++) {
                        result.at[q] = under.rectified == 0 || f.at[q] > 0 ? signal[i][j * Q + q] : (REAL)0;
                    }
                    *reinterpret_cast<Strip<Q>*>(memory + under.slopes + place) = result;
                }
            }
        }
    }
}

// dW[k,d] = start + sum_n dz[n,k] x[n,d], handed to the sink by Q neighbours of a row.
template <int Q, int J, typename Sink>
__device__ inline void gradient_tiles(const Layer& layer, const REAL* memory, i32 count, const Sink& sink) {
    const Tiling tiling(ceil_div(layer.out, Q), J, ceil_div(layer.in, Q), J);
    for (i32 tile = threadIdx.x; tile < tiling.count; tile += blockDim.x) {
        const Share units = tiling.down(tile), inputs = tiling.along(tile);
        Strip<Q> sum[J * Q][J];
#pragma unroll
        for (int k = 0; k < J * Q; k++) {
#pragma unroll
            for (int j = 0; j < J; j++) {
                const i32 unit = min(units.at(k / Q) * Q + k % Q, layer.out - 1);
                sum[k][j] = sink.template start<Q>(layer.weights + unit * layer.pitch + inputs.at(j) * Q);
            }
        }
        const REAL* slopes = memory + layer.slopes;
        const REAL* x = memory + layer.below;
        for (i32 n = 0; n < count; n++, slopes += layer.above_pitch, x += layer.below_pitch) {
            Strip<Q> slope[J], input[J];
#pragma unroll
            for (int j = 0; j < J; j++) {
                slope[j] = strip<Q>(slopes + units.at(j) * Q);
                input[j] = strip<Q>(x + inputs.at(j) * Q);
            }
#pragma unroll
            for (int k = 0; k < J * Q; k++) {
#pragma unroll
                for (int d = 0; d < J * Q; d++) {
                    REAL& slot = sum[k][d / Q].at[d % Q];
                    slot = fma(slope[k / Q].at[k % Q], input[d / Q].at[d % Q], slot);
                }
            }
        }
#pragma unroll
        for (int k = 0; k < J * Q; k++) {
            const i32 unit = units.at(k / Q) * Q + k % Q;
#pragma unroll
            for (int j = 0; j < J; j++) {
                if (units.has(k / Q) && unit < layer.out && inputs.has(j)) {
                    const i32 d = inputs.at(j) * Q, place = layer.weights + unit * layer.pitch + d;
                    sink.settle(place, layer.home + unit * layer.in + d, min(Q, layer.in - d), sum[k][j]);
                }
            }
        }
    }
}

// Sizes of tiles: 0 one output, 1 two by two, 2 four by four. They change no bit.
__device__ inline void forward(const Layer& layer, REAL* memory, i32 count) {
    switch (layer.forward) {
    case 0: forward_tiles<1, 1>(layer, memory, count); break;
    case 1: forward_tiles<2, 2>(layer, memory, count); break;
    default: forward_tiles<4, 4>(layer, memory, count);
    }
}

__device__ inline void down(const Layer& layer, const Layer& under, REAL* memory, i32 count) {
    switch (layer.down) {
    case 0: down_tiles<1, 1, 1>(layer, under, memory, count); break;
    case 1: down_tiles<2, 1, 2>(layer, under, memory, count); break;
    default: down_tiles<4, V, 4 / V>(layer, under, memory, count);
    }
}

template <typename Sink>
__device__ inline void gradient(const Layer& layer, const REAL* memory, i32 count, const Sink& sink) {
    switch (layer.gradient) {
    case 0: gradient_tiles<1, 1>(layer, memory, count, sink); break;
    case 1: gradient_tiles<1, 2>(layer, memory, count, sink); break;
    default: gradient_tiles<V, 4 / V>(layer, memory, count, sink);
    }
    for (i32 k = (i32)(blockDim.x - 1 - threadIdx.x); layer.bias >= 0 && k < layer.out; k += blockDim.x) {
        Strip<1> sum = sink.bias(layer.bias + k);
        for (i32 n = 0; n < count; n++) {
            sum.at[0] = sum.at[0] + memory[layer.slopes + n * layer.above_pitch + k];
        }
        sink.settle(layer.bias + k, layer.home + layer.in * layer.out + k, 1, sum);
    }
}
