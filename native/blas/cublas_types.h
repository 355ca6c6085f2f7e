// cublas_types.h: types and codes of the cuBLAS API, as far as the double needs them, with their published numbers.
#pragma once

#include <algorithm>
#include <initializer_list>

#define EXPORT extern "C" __attribute__((visibility("default")))

namespace blas {

enum cublasStatus : int {
    CUBLAS_STATUS_SUCCESS = 0,
    CUBLAS_STATUS_NOT_INITIALIZED = 1,
    CUBLAS_STATUS_INVALID_VALUE = 7,
    CUBLAS_STATUS_EXECUTION_FAILED = 13,
    CUBLAS_STATUS_NOT_SUPPORTED = 15,
};

enum Transpose : int { AS_IS = 0, TRANSPOSED = 1, CONJUGATED = 2 }; // conjugated is transposed for real numbers

struct Handle {
    void* stream = nullptr;
    int pointer_mode = 0; // 0: scalars in host memory, read at the call; 1: in device memory, read with the work
    int math_mode = 0;
    int atomics_mode = 0;
};

bool is_live(const Handle* handle);

// A scalar argument: its value, or its address where the pointer mode says device.
template <class T>
class Scalar {
  public:
    Scalar(const Handle& handle, const T* address)
        : address_(handle.pointer_mode == 1 ? address : nullptr), value_(address_ == nullptr ? *address : T(0)) {}
    T get() const { return address_ == nullptr ? value_ : *address_; }

  private:
    const T* address_;
    T value_;
};

} // namespace blas

using blas::cublasStatus;
