// emulated_device.h: the CUDA C++ that kernels in cuda/*.cu use, for the host compiler. Included by cuda/common.cuh
// when RECTIFIER_HOST is defined. Every kernel file is compiled inside an unnamed namespace (generate_module.sh), so
// a function or template of one file and element type cannot be taken for that of another.
#pragma once

#if defined(RECTIFIER_LISTING) // only the names of the entry points are wanted: nothing is compiled

#define __global__ RECTIFIER_ENTRY
#define __launch_bounds__(...)
#define DYNAMIC_SHARED(type, name)

#else

#include "device_vectors.h"

#include "device_math.h"

#include "device_sync.h"

#include "device_atomics.h"

#define __global__ __attribute__((used))
#define __device__
#define __host__
#define __constant__
#define __forceinline__ inline __attribute__((always_inline))
#define __launch_bounds__(...)
#define __grid_constant__
#define __align__(bytes) __attribute__((aligned(bytes)))

// One block runs at a time, so static storage serves; collect_shared.sh finds it, and the launcher poisons it before
// each block. «used»: written by threads that the optimiser does not see.
#define __shared__ static __attribute__((used))

#define DYNAMIC_SHARED(type, name) type* name = static_cast<type*>(emulated::dynamic_shared())

// Set by the block runner whenever another thread begins or goes on.
extern uint3 threadIdx;
extern uint3 blockIdx;
extern dim3 blockDim;
extern dim3 gridDim;
constexpr int warpSize = 32;

template <class T>
static inline T __ldg(const T* address) {
    return *address;
}

#endif
