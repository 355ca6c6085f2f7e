// operand.cuh: one operand as a product sees it.
#pragma once

#include "common.cuh"

// `extent` along its own index m, `depth` along the sum k. Contiguous along k: element (m, k) at m * pitch + k; contiguous
// along its own index: at k * pitch + m. Which of the two, a product knows when it is compiled.
struct Operand {
    const REAL* data;
    i64 extent;
    i64 depth;
    i64 pitch; // elements from one row of memory to the next
};
