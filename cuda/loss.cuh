// loss.cuh: what the kernels of losses share: their codes, NaN, and sums over the lanes of one example.
#pragma once

#include "reduce.cuh"

// Codes of the elementwise losses (2: hinge).
constexpr i32 SQUARED = 0;
constexpr i32 LOGISTIC = 1;

// Made at compile time; the header that defines NAN is not there for NVRTC.
#define NOT_A_NUMBER __longlong_as_double(0x7ff8000000000000LL)

// Largest output of an example, over its `group` lanes; NaN stays behind (unusable catches it).
__device__ inline double group_max(double value, i32 group) {
    for (int distance = group / 2; distance > 0; distance /= 2) {
        const double other = __shfl_xor_sync(FULL_WARP, value, distance);
        value = other > value ? other : value;
    }
    return value;
}

__device__ inline double group_sum(double value, i32 group) {
    for (int distance = group / 2; distance > 0; distance /= 2) {
        value += __shfl_xor_sync(FULL_WARP, value, distance);
    }
    return value;
}
