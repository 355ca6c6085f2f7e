// resident_rows.cu: which rows of a set the replicas take at each step of a stretch, as data.RowNumbers has them.
//
//     sequential        row = place                        place = (step mod epoch) N + n, epoch = ceil(M / N) steps
//     with replacement  row = word_n M 2^-32               words of the block (key, id, step)
//     permuted          row = a keyed Feistel permutation of place, key from (key, id, epoch number)     M above 4096
//     shuffled          row = order[place]                 Fisher and Yates by the words of (key, id, epoch number)
//
// Integers alone, so host and device have the same rows; data.Permutation and data.Shuffle are the same text in Java and
// name the sources. Change both or neither.
//
// Layout. rows I32 [R, steps taken]; streams I64 [R, 2] = (key, id). `taken` examples of each step, N or what is left of an
// epoch. Shared memory: 2 bytes for each of 4096 places, and the words of 128.
// Threads. resident_rows: rows of reduce.cuh, a thread per number. resident_shuffle: a warp per replica and epoch; all lanes
// make words, one lane exchanges places.
// Bytes and flops. Writes 4 bytes a number; ~ 25 integer operations with replacement, ~ 150 permuted; a shuffle is one chain
// of some 60 cycles an example, beside that of other replicas and epochs.
// Determinism. A number depends on (key, id, step, n) and M, N alone.
#include "philox.cuh"
#include "reduce.cuh"

constexpr i32 SEQUENTIAL = 0, WITH_REPLACEMENT = 1; // 2: PERMUTED
constexpr i32 LARGEST = 4096;                       // set that is shuffled whole
constexpr i32 ROUNDS = 12;
constexpr u64 GOLDEN = 0x9E3779B97F4A7C15ull;

__device__ inline u64 mix(u64 z) {
    z = (z ^ (z >> 30)) * 0xBF58476D1CE4E5B9ull;
    z = (z ^ (z >> 27)) * 0x94D049BB133111EBull;
    return z ^ (z >> 31);
}

// The key of one epoch of one replica.
__device__ inline u64 epoch_key(u64 key, i64 id, i64 epoch) {
    return mix(mix(mix(key + GOLDEN) ^ (u64)id) + GOLDEN * (u64)(epoch + 1));
}

__device__ inline u32 network(i32 bits, u64 key, u32 value) {
    const i32 low_bits = (bits + 1) / 2;
    const u32 low_mask = (1u << low_bits) - 1, high_mask = (1u << (bits - low_bits)) - 1;
    u32 low = value & low_mask, high = value >> low_bits;
    for (i32 round = 0; round < ROUNDS; round += 2) {
        low ^= (u32)mix(key + GOLDEN * (u64)round + high) & low_mask;
        high ^= (u32)mix(key + GOLDEN * (u64)(round + 1) + low) & high_mask;
    }
    return high << low_bits | low;
}

// Image of i among n.
__device__ inline i32 permuted(i32 n, u64 key, i32 i) {
    i32 bits = 1;
    while (((i64)1 << bits) < n) {
        bits++;
    }
    u32 image = (u32)i;
    do {
        image = network(bits, key, image);
    } while (image >= (u32)n);
    return (i32)image;
}

KERNEL(resident_rows)(i32* __restrict__ rows, i64 rows_stride, const i64* __restrict__ streams, i64 streams_stride, i64 R,
                      i64 size, i32 chunks, i64 first, i32 rule, i32 M, i32 N, i32 taken) {
    const i64 r = row_of(chunks), i = chunk_of(chunks) * blockDim.x + threadIdx.x;
    if (r >= R || i >= size) {
        return;
    }
    const u64 key = (u64)streams[r * streams_stride];
    const i64 id = streams[r * streams_stride + 1], step = first + i / taken, n = i % taken;
    i32* row = rows + r * rows_stride + i;
    if (rule == WITH_REPLACEMENT) {
        const PhiloxWords group = philox(key, (u32)id, (u64)step, (u32)(n / 4));
        const u32 even = (n & 2) == 0 ? group.word[0] : group.word[2], odd = (n & 2) == 0 ? group.word[1] : group.word[3];
        *row = integer_of((n & 1) == 0 ? even : odd, M);
        return;
    }
    const i64 steps_an_epoch = ((i64)M + N - 1) / N;
    const i32 place = (i32)(step % steps_an_epoch * N + n);
    *row = rule == SEQUENTIAL ? place : permuted(M, epoch_key(key, id, step / steps_an_epoch), place);
}

KERNEL(resident_shuffle)(i32* __restrict__ rows, i64 rows_stride, const i64* __restrict__ streams, i64 streams_stride,
                         i64 R, i64 epochs, i64 first, i64 steps, i32 M, i32 N, i32 taken) {
    __shared__ unsigned short order[LARGEST];
    __shared__ u32 words[4 * WARP];
    const i64 r = blockIdx.x / epochs, steps_an_epoch = ((i64)M + N - 1) / N;
    if (r >= R) {
        return;
    }
    const i64 epoch = first / steps_an_epoch + blockIdx.x % epochs;
    const u64 key = (u64)streams[r * streams_stride];
    const u32 id = (u32)streams[r * streams_stride + 1];
    for (i32 from = 0; from < M; from += 4 * WARP) {
        const PhiloxWords group = philox(key, id, (u64)epoch, (u32)(from / 4) + threadIdx.x);
        for (i32 q = 0; q < 4; q++) {
            words[4 * threadIdx.x + q] = group.word[q];
        }
        __syncwarp();
        for (i32 i = from; threadIdx.x == 0 && i < min(M, from + 4 * WARP); i++) {
            const i32 j = integer_of(words[i - from], i + 1);
            order[i] = order[j];
            order[j] = (unsigned short)i;
        }
        __syncwarp();
    }
    const i64 begin = max(first, epoch * steps_an_epoch), end = min(first + steps, (epoch + 1) * steps_an_epoch);
    for (i64 i = threadIdx.x; i < (end - begin) * taken; i += blockDim.x) {
        const i64 step = begin + i / taken, place = step % steps_an_epoch * N + i % taken;
        rows[r * rows_stride + (step - first) * taken + i % taken] = order[place];
    }
}
