// strip.cuh: neighbouring values that are moved together.
#pragma once

#include "common.cuh"

// T neighbouring values: one access of up to 16 bytes, or several.
template <int T>
struct __align__(sizeof(REAL) * T < 16 ? sizeof(REAL) * T : 16) Strip {
    REAL at[T];
};
