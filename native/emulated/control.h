// control.h: what tests steer and read: the seed of the thread order, the error at the n-th driver call, counters.
// The same as exported C functions (rectifier_emulated_*), as JNI entries and, for a start, as environment variables.
#pragma once

#include <cstdint>

#include "driver_codes.h"

namespace emulated {

// Counts a driver call; the code to return at once where an injected error falls due, else CUDA_SUCCESS.
CUresult next_call();

// Returns the code; one after which a GPU's context is lost becomes the sticky error.
CUresult remember_if_fatal(CUresult injected);

// The error that a fault left behind: every later call returns it until the context ends.
CUresult sticky_error();
void clear_sticky_error();

uint64_t live_objects(); // contexts, modules, streams, events, graphs, pinned host allocations

} // namespace emulated
