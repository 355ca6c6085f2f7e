// tensor_core.cuh: TF32 numbers, and one product of 16 x 8 x 8 of them by the tensor core of a warp.
//
// TF32 has fp32's exponent and 10 bits of mantissa, so two of them have an exact product in fp32. Rounding is to the nearest,
// ties away from zero; an infinity stays, a NaN stays one, and from 2^128 (1 - 2^-12) on the nearest is infinity.
//
// Fragments. A warp holds A [16, 8], B [8, 8], C [16, 8] in pieces; with g = lane / 4 and t = lane % 4 a lane has
//
//     A    at[0] (g, t)    at[1] (g + 8, t)    at[2] (g, t + 4)    at[3] (g + 8, t + 4)
//     B    at[0] (t, g)    at[1] (t + 4, g)
//     C    at[0] (g, 2 t)  at[1] (g, 2 t + 1)  at[2] (g + 8, 2 t)  at[3] (g + 8, 2 t + 1)
//
// Order. The host body adds to c the products k = 0, 1 ... 7, one fused multiply-add each: the order of the CPU engine. What
// the hardware does in there NVIDIA does not say; measured on older devices (Fasi, Higham, Mikaitis, Pranesh 2021), it aligns
// the addends and cuts them off, keeping 24 bits or more. It is the same on every call, and other bits than the host's.
//
// Before sm_80 there is none of this: the host refuses, and a launch that came through all the same traps.
#pragma once

#include "common.cuh"

constexpr int CORE_ROWS = 16, CORE_COLUMNS = 8, CORE_DEPTH = 8;

#if !defined(RECTIFIER_HOST) && defined(__CUDA_ARCH__) && __CUDA_ARCH__ < 800
#define NO_TENSOR_CORE
#endif

struct FragmentA {
    float at[4];
};

struct FragmentB {
    float at[2];
};

struct FragmentC {
    float at[4];
};

constexpr u32 TF32_BITS = 0xffffe000u;

// x rounded to TF32; the 13 bits below are 0, so that x - tf32(x) may be asked for.
__device__ inline float tf32(float x) {
#if defined(RECTIFIER_HOST)
    return x == x ? __uint_as_float((__float_as_uint(x) + 0x1000u) & TF32_BITS) : x;
#elif defined(NO_TENSOR_CORE)
    __trap();
    return x;
#else
    u32 rounded;
    asm("cvt.rna.tf32.f32 %0, %1;" : "=r"(rounded) : "f"(x));
    return __uint_as_float(rounded & TF32_BITS);
#endif
}

#if defined(RECTIFIER_HOST)
struct WarpFragments {
    FragmentA a[WARP];
    FragmentB b[WARP];
};
#endif

// c = c + a b. All lanes of the warp take part.
__device__ inline void multiply_add(FragmentC& c, const FragmentA& a, const FragmentB& b) {
#if defined(RECTIFIER_HOST)
    __shared__ WarpFragments warps[BLOCK / WARP];
    WarpFragments& warp = warps[threadIdx.x / WARP];
    const int lane = (int)threadIdx.x % WARP, g = lane / 4, t = lane % 4;
    warp.a[lane] = a;
    warp.b[lane] = b;
    __syncwarp();
    for (int i = 0; i < 4; i++) {
        const int column = 2 * t + i % 2;
        for (int k = 0; k < CORE_DEPTH; k++) {
            const float left = warp.a[4 * g + k % 4].at[i / 2 + k / 4 * 2];
            c.at[i] = fma(left, warp.b[4 * column + k % 4].at[k / 4], c.at[i]);
        }
    }
    __syncwarp();
#elif defined(NO_TENSOR_CORE)
    __trap();
#else
    const u32 *left = reinterpret_cast<const u32*>(a.at), *right = reinterpret_cast<const u32*>(b.at);
    asm volatile("mma.sync.aligned.m16n8k8.row.col.f32.tf32.tf32.f32 {%0, %1, %2, %3}, {%4, %5, %6, %7}, {%8, %9}, "
                 "{%0, %1, %2, %3};"
                 : "+f"(c.at[0]), "+f"(c.at[1]), "+f"(c.at[2]), "+f"(c.at[3])
                 : "r"(left[0]), "r"(left[1]), "r"(left[2]), "r"(left[3]), "r"(right[0]), "r"(right[1]));
#endif
}
