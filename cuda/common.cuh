// common.cuh: what every kernel file shares: element type, entry names, integer types, dynamic shared memory.
//
// One source, two element types, three compilers. Every .cu file is compiled once with RECTIFIER_F32 and once with
// RECTIFIER_F64 defined, by nvcc (ahead of time), by NVRTC (at first use) and, with RECTIFIER_HOST, by the host C++
// compiler for the emulated driver of native/. So kernel code uses no C++ standard library and no host call.
//
// Axes: R replica, N example, D input, W width (units), K output, P parameter. Arrays are row-major, R leads. A pointer to
// a per-replica array comes with its replica stride in elements; stride 0 means «one array shared by all replicas».
//
// Arithmetic: all compilers run with contraction off (--fmad=false, -ffp-contract=off). A fused multiply-add is written as
// fma(a, b, c) where it is wanted, so a kernel has the same bits on a GPU, in the emulated driver and in Java's Math.fma.
#pragma once

#if defined(RECTIFIER_HOST)
#include "emulated_device.h" // __global__, threadIdx, __syncthreads, warp votes and shuffles as fibres (native/)
#else
#define DYNAMIC_SHARED(type, name) \
    extern __shared__ __align__(16) unsigned char dynamic_shared_bytes[]; \
    type* name = reinterpret_cast<type*>(dynamic_shared_bytes)
#endif

#if defined(RECTIFIER_F64)
typedef double REAL;
#define NAME(stem) stem##_f64
#elif defined(RECTIFIER_F32)
typedef float REAL;
#define NAME(stem) stem##_f32
#else
#error "define RECTIFIER_F32 or RECTIFIER_F64"
#endif

// Every kernel runs in blocks of at most this many threads, so the compiler may give each up to 255 registers. A file
// whose blocks are smaller says so before it includes this.
#if defined(RECTIFIER_BLOCK)
constexpr int BLOCK = RECTIFIER_BLOCK;
#else
constexpr int BLOCK = 256;
#endif

// And as few registers as let so many blocks live on a multiprocessor; a file that wants it says so before.
#if defined(RECTIFIER_BLOCKS)
#define BOUNDS __launch_bounds__(BLOCK, RECTIFIER_BLOCKS)
#else
#define BOUNDS __launch_bounds__(BLOCK)
#endif

// Entry point `<stem>_f32` or `<stem>_f64`. Parameter order: outputs, inputs, sizes (R first), scalars.
#if defined(RECTIFIER_HOST)
#define KERNEL(stem) extern "C" __global__ void NAME(stem)
#else
#define KERNEL(stem) extern "C" __global__ void BOUNDS NAME(stem)
#endif

typedef int i32;
typedef unsigned int u32;
typedef long long i64;
typedef unsigned long long u64;

constexpr int WARP = 32;             // lanes of a warp, on every architecture so far
constexpr u32 FULL_WARP = 0xffffffffu; // all lanes take part in a vote or shuffle

// The step that replica r is at: `step`, or, in recorded work, so many after the one on its clock (stride 0: one for all).
__device__ inline i64 now_of(const i64* clock, i64 clock_stride, i64 r, i64 step) {
    return clock == nullptr ? step : clock[r * clock_stride] + step;
}

// False for NaN and the infinities.
__device__ inline bool is_finite(double x) {
    return x - x == 0;
}
