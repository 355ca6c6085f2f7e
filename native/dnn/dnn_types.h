// dnn_types.h: what the double of cuDNN keeps behind its opaque handles, and what its parts ask of one another.
// The codes of cuDNN 9 are not those of earlier versions.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <memory>
#include <set>

#include "../blas/driver_link.h"

namespace dnn {

enum Status : int {
    SUCCESS = 0,
    NOT_INITIALIZED = 1001,
    BAD_PARAM = 2000,
    NOT_SUPPORTED = 3000,
    ALLOCATION_FAILED = 4004, // of device memory
    EXECUTION_FAILED = 5000,
};

constexpr int FLOAT = 0;
constexpr int DOUBLE = 1;
constexpr int NCHW = 0;

// Faults that a test plants (rectifier_cudnn_plant), to see that they are noticed.
enum Fault : int {
    NONE = 0,
    NO_HANDLE = 1,             // cudnnCreate fails
    UNKNOWN_SHAPE = 2,         // a convolution's workspace cannot be asked for
    LARGE_WORKSPACE = 3,       // it is 1 GiB
    RUN_NOT_SUPPORTED = 4,     // a convolution is refused when it is run
    RUN_FAILS = 5,             // it fails
    OUT_OF_MEMORY = 6,         // it finds no device memory
    WRONG_FORWARD = 7,         // its last element is off by one
    WRONG_INPUT_GRADIENT = 8,  // the same
    WRONG_WEIGHT_GRADIENT = 9, // the same
    ROUNDED = 10,              // operands are rounded to ten bits, as in TF32
    UNSTEADY = 11,             // every other call has other bits where numbers are not whole
    NAN_IS_ZERO = 12,          // a NaN among the images is taken for 0
    WRONG_BIAS = 13,           // a tensor is added twice
};
Fault planted();

// Which of the objects of a kind there are; each belongs to whoever had it made, until it is destroyed.
template <class T>
std::set<const T*>& living() {
    static auto* live = new std::set<const T*>;
    return *live;
}

template <class T>
bool lives(const T* object) {
    return living<T>().count(object) != 0;
}

template <class T>
Status create(T** object) {
    *object = std::make_unique<T>().release();
    living<T>().insert(*object);
    return SUCCESS;
}

template <class T>
Status destroy(T* object) {
    if (living<T>().erase(object) == 0) {
        return BAD_PARAM;
    }
    delete object;
    return SUCCESS;
}

struct Handle {
    void* stream = nullptr;
};

inline size_t bytes_of(int type) { return type == FLOAT ? sizeof(float) : sizeof(double); }

struct Tensor {
    int type = -1;
    size_t size = 0;
    size_t examples = 0, channels = 0, height = 0, width = 0;

    size_t places() const { return height * width; }
    blas::Operand extent(const void* data) const { return {data, size * bytes_of(type)}; }
};

inline bool alike(const Tensor& a, const Tensor& b) { return a.type == b.type && a.size == b.size && a.type >= 0; }

template <class WORK>
Status enqueued(const Handle& handle, WORK work) {
    return blas::enqueue(handle.stream, work) == blas::CUBLAS_STATUS_SUCCESS ? SUCCESS : EXECUTION_FAILED;
}

inline bool on_device(std::initializer_list<blas::Operand> operands) {
    return std::all_of(operands.begin(), operands.end(), blas::in_device_memory);
}

} // namespace dnn
