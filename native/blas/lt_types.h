// lt_types.h: what the double of cublasLt keeps behind its opaque handles. Numbers and open structures are those of
// native/lt/cublaslt_api.h; an attribute or value that is not named there is refused.
#pragma once

#include <cstring>
#include <set>

#include "../lt/cublaslt_api.h"
#include "cublas_types.h"

namespace lt_double {

// Faults that a test plants (rectifier_cublaslt_plant), to see that they are noticed.
enum Fault : int {
    NONE = 0,
    NO_HANDLE = 1,        // cublasLtCreate fails
    BITS_TURNED = 2,      // a mask's byte has its first gate in its highest bit
    NAN_IS_ZERO = 3,      // the ReLU takes a NaN for 0
    NO_RELU = 4,          // no algorithm for a ReLU
    NO_SHARED_ORDER = 5,  // an algorithm serves one epilogue alone
    WRONG_BIAS = 6,       // the bias is added twice
    ORDER_BY_EPILOGUE = 7, // sums of one algorithm have another order where an epilogue follows
    RUN_FAILS = 8,        // cublasLtMatmul fails
};
Fault planted();

struct Descriptor {
    int compute_type;
    int scale_type;
    int32_t transpose_a = 0, transpose_b = 0;
    uint32_t epilogue = lt::EPILOGUE_DEFAULT;
    void* bias = nullptr;
    int64_t bias_stride = 0;
    void* mask = nullptr;
    int64_t mask_leading = 0, mask_stride = 0;
};

struct Layout {
    int type;
    uint64_t rows, columns;
    int64_t leading;
    int32_t batches = 1;
    int64_t stride = 0;
};

struct Preference {
    uint64_t workspace = 0;
    uint32_t alignment[4] = {256, 256, 256, 256}; // A, B, C, D
};

struct LtHandle {};

// Objects of one kind that callers hold.
template <class T>
class Live {
  public:
    template <class... Arguments>
    static void* make(Arguments... arguments) {
        T* fresh = new T{arguments...};
        all().insert(fresh);
        return fresh;
    }
    static T* find(void* object) {
        auto* candidate = static_cast<T*>(object);
        return all().count(candidate) != 0 ? candidate : nullptr;
    }
    static cublasStatus end(void* object) {
        T* found = find(object);
        if (found == nullptr) {
            return blas::CUBLAS_STATUS_INVALID_VALUE;
        }
        all().erase(found);
        delete found;
        return blas::CUBLAS_STATUS_SUCCESS;
    }

  private:
    static std::set<T*>& all() {
        static auto* live = new std::set<T*>;
        return *live;
    }
};

// Copies an attribute's value, which must have exactly its type's size.
template <class T>
cublasStatus take(T& into, const void* value, size_t bytes) {
    if (value == nullptr || bytes != sizeof(T)) {
        return blas::CUBLAS_STATUS_INVALID_VALUE;
    }
    std::memcpy(&into, value, bytes);
    return blas::CUBLAS_STATUS_SUCCESS;
}

} // namespace lt_double
