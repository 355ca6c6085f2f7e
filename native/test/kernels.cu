// kernels.cu: kernels that try the emulated device: right ones, and wrong ones that it must notice.
#include "common.cuh"

// y = a x + y
KERNEL(axpy)(REAL* y, const REAL* x, int n, REAL a) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    if (i < n) {
        y[i] = fma(a, x[i], y[i]);
    }
}

// Sum of a block through shared memory. Without the barriers inside the loop the result depends on the order of
// threads.
template <bool BARRIERS>
__device__ void block_sum(REAL* result, const REAL* x) {
    __shared__ REAL partial[256];
    int thread = threadIdx.x;
    partial[thread] = x[blockIdx.x * blockDim.x + thread];
    __syncthreads();
    for (int half = blockDim.x / 2; half > 0; half /= 2) {
        if (thread < half) {
            partial[thread] += partial[thread + half];
        }
        if (BARRIERS) {
            __syncthreads();
        }
    }
    if (thread == 0) {
        result[blockIdx.x] = partial[0];
    }
}

KERNEL(sum)(REAL* result, const REAL* x) { block_sum<true>(result, x); }
KERNEL(sum_without_barrier)(REAL* result, const REAL* x) { block_sum<false>(result, x); }

KERNEL(sum_dynamic)(REAL* result, const REAL* x) {
    DYNAMIC_SHARED(REAL, partial);
    partial[threadIdx.x] = x[threadIdx.x];
    __syncthreads();
    if (threadIdx.x == 0) {
        REAL total = 0;
        for (u32 i = 0; i < blockDim.x; i++) {
            total += partial[i];
        }
        *result = total;
    }
}

// The first barrier's reading of shared memory that nobody has written.
KERNEL(read_unwritten_shared)(REAL* result) {
    __shared__ REAL cell;
    result[threadIdx.x] = cell;
}

// Warp sums by each shuffle; ballots of the odd lanes.
KERNEL(warp_sums)(REAL* by_xor, REAL* by_down, REAL* by_up, const REAL* x) {
    int i = blockIdx.x * blockDim.x + threadIdx.x;
    REAL a = x[i];
    REAL b = a;
    REAL c = a;
    for (int step = WARP / 2; step > 0; step /= 2) {
        a += __shfl_xor_sync(FULL_WARP, a, step);
        b += __shfl_down_sync(FULL_WARP, b, step);
    }
    for (int step = 1; step < WARP; step *= 2) {
        REAL lower = __shfl_up_sync(FULL_WARP, c, step);
        c += (threadIdx.x % WARP >= static_cast<u32>(step)) ? lower : REAL(0);
    }
    by_xor[i] = a;
    by_down[i] = __shfl_sync(FULL_WARP, b, 0);
    by_up[i] = __shfl_sync(FULL_WARP, c, WARP - 1);
}

KERNEL(votes)(u32* ballots, int* any, int* all, int* counts) {
    int i = threadIdx.x;
    bool odd = i % 2 == 1;
    ballots[i] = __ballot_sync(FULL_WARP, odd);
    any[i] = __any_sync(FULL_WARP, i % WARP == 7) + 2 * __any_sync(FULL_WARP, i < 0);
    all[i] = __all_sync(FULL_WARP, i % WARP == 7) + 2 * __all_sync(FULL_WARP, i >= 0);
    counts[i] = __syncthreads_count(odd) + 1000 * __syncthreads_or(i == 3) + 2000 * __syncthreads_and(i >= 0);
}

// Two halves of a warp work with different masks at the same time, in different numbers of steps.
KERNEL(half_warps)(int* result) {
    int lane = threadIdx.x % WARP;
    u32 mask = lane < 16 ? 0x0000ffffu : 0xffff0000u;
    int sum = lane;
    int rounds = lane < 16 ? 1 : 3;
    for (int round = 0; round < rounds; round++) {
        for (int step = 8; step > 0; step /= 2) {
            sum += __shfl_xor_sync(mask, sum, step, 16);
        }
    }
    result[threadIdx.x] = sum;
}

KERNEL(histogram)(u32* bins, u64* total, int* highest, const int* values, int n) {
    for (int i = threadIdx.x; i < n; i += blockDim.x) {
        atomicAdd(&bins[values[i]], 1u);
        atomicAdd(total, u64(values[i]));
        atomicMax(highest, values[i]);
    }
}

KERNEL(indices)(int* result) {
    u32 block = (blockIdx.z * gridDim.y + blockIdx.y) * gridDim.x + blockIdx.x;
    u32 thread = (threadIdx.z * blockDim.y + threadIdx.y) * blockDim.x + threadIdx.x;
    u32 threads = blockDim.x * blockDim.y * blockDim.z;
    result[block * threads + thread] = int(block * threads + thread);
}

// Many parameter types, to see each arrive.
struct Pair {
    int first;
    double second;
};
KERNEL(parameters)(double* result, char c, i64 l, float f, Pair pair, double d, bool flag) {
    result[0] = c;
    result[1] = double(l);
    result[2] = f;
    result[3] = pair.first;
    result[4] = pair.second;
    result[5] = d;
    result[6] = flag;
}

KERNEL(arithmetic)(REAL* result, const REAL* x) {
    result[0] = fma(x[0], x[1], x[2]);
    result[1] = x[0] * x[1] + x[2];
    result[2] = sqrt(x[3]);
    result[3] = fmax(x[0], x[1]);
    result[4] = isfinite(x[4]) ? REAL(1) : REAL(0);
    result[5] = REAL(__popc(0xf0f0u) + __clz(1) + __ffs(8));
    result[6] = REAL(__umulhi(0x80000000u, 6u));
    result[7] = fabs(x[5]);
}

KERNEL(touch)(REAL* x, int index) {
    if (threadIdx.x == 0) {
        x[index] = REAL(1);
    }
}

KERNEL(touch_shared)(int index) {
    DYNAMIC_SHARED(unsigned char, bytes);
    bytes[index] = 1;
}

KERNEL(touch_no_memory)(u64 address) {
    __syncthreads();
    if (threadIdx.x == 7) {
        *reinterpret_cast<volatile REAL*>(address) = REAL(1);
    }
}

// Needs more stack than a thread has.
KERNEL(overflow_stack)(int* result, int n) {
    volatile int big[1 << 18];
    for (int i = 0; i < n; i++) {
        big[i * 1024] = i;
    }
    *result = big[(n - 1) * 1024];
}

KERNEL(exit_before_barrier)(int* result) {
    if (threadIdx.x >= 5) {
        return;
    }
    __syncthreads();
    *result = 1;
}

KERNEL(divergent_barrier)(int* result) {
    if (threadIdx.x % 2 == 0) {
        __syncthreads();
    } else {
        *result = 1;
        __syncthreads();
    }
}

KERNEL(lane_missing)(int* result) {
    if (threadIdx.x != 3) {
        result[threadIdx.x] = __shfl_xor_sync(FULL_WARP, 1, 1);
    } else {
        __syncthreads();
    }
}

KERNEL(read_inactive_lane)(int* result) {
    if (threadIdx.x < 16) {
        result[threadIdx.x] = __shfl_sync(0x0000ffffu, 1, 20);
    }
}

KERNEL(wrong_mask)(int* result) { result[threadIdx.x] = __any_sync(0x0000ffffu, 1); }
