// launch.h: one kernel launch: checks of geometry and arguments, then block after block in an order shuffled by the
// seed.
#pragma once

#include "device_vectors.h"
#include "driver_codes.h"
#include "registry.h"

namespace emulated {

struct Launch {
    const Module* module;
    const Kernel* kernel;
    dim3 grid;
    dim3 block;
    unsigned shared_bytes;
    Arguments arguments;
};

// What cuLaunchKernel says at once: grid, block and dynamic shared memory within the device's limits.
CUresult check_geometry(const Launch& launch, unsigned dynamic_shared_limit);

// Runs all blocks. A fault is described on standard error and remembered as the context's sticky error.
CUresult run(const Launch& launch);

} // namespace emulated
