// random.cu: fills from counter-based streams: normal, uniform, integers, masks.
//
//     normal    out = mean + deviation z          uniform   out = low + (high - low) u          integers  0 .. bound - 1
//     keep      bit i of a mask = word i < threshold, for dropout
//
// Philox4x32-10 (philox.cuh): counter (i / 4, replica, step), key from the stream; element i takes output word i % 4, normals
// the pairs (0,1) and (2,3) by Box-Muller. All arithmetic is fp32 with correctly rounded operations, F64 arrays receive the
// fp32 values widened: the same bits on a GPU, in the emulated driver and in Java.
//
// Layout. out [R, ...], `size` elements per replica; streams I64 [R, 2] = (key, replica). With a clock, `step` counts from it.
// Threads. Rows of reduce.cuh; each thread makes one group of four neighbouring elements (its counter), 64-bit offsets;
// keep: each thread makes one word of the mask, eight groups.
// Bytes and flops. Writes w bytes per element; ~ 25 integer operations (uniform) and ~ 45 fp32 ones (normal) per element; a mask 1/8 byte.
// Determinism. An element depends on (key, replica, step, i) alone.
#include "philox.cuh"
#include "reduce.cuh"

constexpr int GROUP = 4; // elements per counter

struct Group {
    PhiloxWords words;
    i64 first;  // its first element
    i32 count;  // elements of the replica from there, at most 4; 0: nothing to do
};

__device__ inline Group group_of(const i64* streams, i64 streams_stride, i64 r, i64 R, i64 size, i32 chunks, i64 step) {
    const i64 group = chunk_of(chunks) * blockDim.x + threadIdx.x;
    const i64 first = group * GROUP;
    if (r >= R || first >= size) {
        return {{{0, 0, 0, 0}}, 0, 0};
    }
    const u64 key = (u64)streams[r * streams_stride];
    const u32 replica = (u32)streams[r * streams_stride + 1];
    return {philox(key, replica, (u64)step, (u32)group), first, (i32)min((i64)GROUP, size - first)};
}

KERNEL(normal)(REAL* __restrict__ out, i64 out_stride, const i64* __restrict__ streams, i64 streams_stride,
               const i64* __restrict__ clock, i64 clock_stride, i64 R, i64 size, i32 chunks, i64 step, double mean,
               double deviation) {
    const i64 r = row_of(chunks);
    const i64 now = now_of(clock, clock_stride, r, step);
    const Group g = group_of(streams, streams_stride, r, R, size, chunks, now);
    if (g.count == 0) {
        return;
    }
    float z[GROUP];
    normals_of(g.words.word[0], g.words.word[1], z[0], z[1]);
    normals_of(g.words.word[2], g.words.word[3], z[2], z[3]);
#pragma unroll
    for (int k = 0; k < GROUP; k++) {
        if (k < g.count) {
            out[r * out_stride + g.first + k] = (REAL)fma((float)deviation, z[k], (float)mean);
        }
    }
}

KERNEL(uniform)(REAL* __restrict__ out, i64 out_stride, const i64* __restrict__ streams, i64 streams_stride,
                const i64* __restrict__ clock, i64 clock_stride, i64 R, i64 size, i32 chunks, i64 step, double low,
                double high) {
    const i64 r = row_of(chunks);
    const i64 now = now_of(clock, clock_stride, r, step);
    const Group g = group_of(streams, streams_stride, r, R, size, chunks, now);
    const float width = (float)(high - low);
#pragma unroll
    for (int k = 0; k < GROUP; k++) {
        if (k < g.count) {
            out[r * out_stride + g.first + k] = (REAL)fma(width, uniform_of(g.words.word[k]), (float)low);
        }
    }
}

KERNEL(integers)(i32* __restrict__ out, i64 out_stride, const i64* __restrict__ streams, i64 streams_stride,
                 const i64* __restrict__ clock, i64 clock_stride, i64 R, i64 size, i32 chunks, i64 step, i32 bound) {
    const i64 r = row_of(chunks);
    const i64 now = now_of(clock, clock_stride, r, step);
    const Group g = group_of(streams, streams_stride, r, R, size, chunks, now);
#pragma unroll
    for (int k = 0; k < GROUP; k++) {
        if (k < g.count) {
            out[r * out_stride + g.first + k] = integer_of(g.words.word[k], bound);
        }
    }
}

KERNEL(keep)(u32* __restrict__ mask, i64 mask_stride, const i64* __restrict__ streams, i64 streams_stride,
             const i64* __restrict__ clock, i64 clock_stride, i64 R, i64 size, i32 chunks, i64 step, i64 threshold) {
    const i64 r = row_of(chunks);
    const i64 word = chunk_of(chunks) * blockDim.x + threadIdx.x;
    if (r >= R || word * WARP >= size) {
        return;
    }
    const u64 key = (u64)streams[r * streams_stride];
    const u32 replica = (u32)streams[r * streams_stride + 1];
    const u64 now = (u64)now_of(clock, clock_stride, r, step);
    u32 bits = 0;
#pragma unroll
    for (int first = 0; first < WARP; first += GROUP) {
        const PhiloxWords drawn = philox(key, replica, now, (u32)((word * WARP + first) / GROUP));
#pragma unroll
        for (int k = 0; k < GROUP; k++) {
            bits |= (u32)((i64)drawn.word[k] < threshold) << (first + k);
        }
    }
    const i64 rest = size - word * WARP;
    mask[r * mask_stride + word] = rest < WARP ? bits & ((1u << rest) - 1) : bits;
}
