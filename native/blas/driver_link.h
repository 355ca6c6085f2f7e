// driver_link.h: how the double meets the emulated driver: its memory is checked, its streams keep the work that a
// capture records. Without that driver in the process the work is done at once and unchecked.
#pragma once

#include <cstddef>
#include <functional>

#include "cublas_types.h"

namespace blas {

// One operand, as the smallest stretch of memory that holds it.
struct Operand {
    const void* start;
    size_t bytes;
};

bool in_device_memory(const Operand& operand);

cublasStatus enqueue(void* stream, std::function<void()> work);

} // namespace blas
