// cudnn_double.cpp: of cuDNN 9 what a comparison of ReLU needs: handles, packed tensors of four extents, activations.
// The codes of cuDNN 9 are not those of earlier versions.
#include <algorithm>
#include <initializer_list>
#include <memory>
#include <set>

#include "../blas/driver_link.h"

namespace {

enum Status : int {
    SUCCESS = 0,
    NOT_INITIALIZED = 1001,
    BAD_PARAM = 2000,
    NOT_SUPPORTED = 3000,
    EXECUTION_FAILED = 5000,
};

constexpr int FLOAT = 0;
constexpr int DOUBLE = 1;
constexpr int NCHW = 0;
constexpr int RELU = 1;

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

struct Tensor {
    int type = -1;
    size_t size = 0;

    blas::Operand extent(const void* data) const {
        return {data, size * (type == FLOAT ? sizeof(float) : sizeof(double))};
    }
};

struct Activation {
    int mode = -1;
    bool passes_nan = false;
};

bool alike(const Tensor& a, const Tensor& b) { return a.type == b.type && a.size == b.size && a.type >= 0; }

// out = alpha f(i) + beta out for each element; where beta is 0, out is not read.
template <class T, class F>
Status each(const Handle& handle, size_t size, const void* alpha, const void* beta, void* out, F f) {
    T a = *static_cast<const T*>(alpha);
    T b = *static_cast<const T*>(beta);
    T* target = static_cast<T*>(out);
    cublasStatus status = blas::enqueue(handle.stream, [=] {
        for (size_t i = 0; i < size; i++) {
            target[i] = b == T(0) ? a * f(i) : a * f(i) + b * target[i];
        }
    });
    return status == blas::CUBLAS_STATUS_SUCCESS ? SUCCESS : EXECUTION_FAILED;
}

template <class T>
Status forward(
    const Handle& handle, const Activation& relu, size_t size, const void* alpha, const void* x, const void* beta,
    void* y) {
    const T* values = static_cast<const T*>(x);
    bool passes_nan = relu.passes_nan;
    return each<T>(handle, size, alpha, beta, y, [=](size_t i) {
        T v = values[i];
        return v > T(0) || (passes_nan && v != v) ? v : T(0);
    });
}

template <class T>
Status backward(
    const Handle& handle, size_t size, const void* alpha, const void* y, const void* dy, const void* beta, void* dx) {
    const T* outputs = static_cast<const T*>(y);
    const T* gradient = static_cast<const T*>(dy);
    return each<T>(handle, size, alpha, beta, dx, [=](size_t i) { return outputs[i] > T(0) ? gradient[i] : T(0); });
}

bool on_device(std::initializer_list<blas::Operand> operands) {
    return std::all_of(operands.begin(), operands.end(), blas::in_device_memory);
}

// What both directions ask before they begin.
Status checked(const Handle* handle, const Activation* activation, std::initializer_list<const Tensor*> tensors) {
    if (!lives(handle)) {
        return NOT_INITIALIZED;
    }
    if (!lives(activation)) {
        return BAD_PARAM;
    }
    for (const Tensor* tensor : tensors) {
        if (!lives(tensor) || !alike(*tensor, **tensors.begin())) {
            return BAD_PARAM;
        }
    }
    return activation->mode == RELU ? SUCCESS : NOT_SUPPORTED;
}

} // namespace

EXPORT size_t cudnnGetVersion() { return 90500; }

EXPORT const char* cudnnGetErrorString(int status) {
    switch (status) {
        case SUCCESS: return "CUDNN_STATUS_SUCCESS";
        case NOT_INITIALIZED: return "CUDNN_STATUS_NOT_INITIALIZED";
        case BAD_PARAM: return "CUDNN_STATUS_BAD_PARAM";
        case NOT_SUPPORTED: return "CUDNN_STATUS_NOT_SUPPORTED";
        case EXECUTION_FAILED: return "CUDNN_STATUS_EXECUTION_FAILED";
        default: return "unknown cuDNN status";
    }
}

EXPORT int cudnnCreate(Handle** handle) { return create(handle); }
EXPORT int cudnnDestroy(Handle* handle) { return destroy(handle); }
EXPORT int cudnnCreateTensorDescriptor(Tensor** tensor) { return create(tensor); }
EXPORT int cudnnDestroyTensorDescriptor(Tensor* tensor) { return destroy(tensor); }
EXPORT int cudnnCreateActivationDescriptor(Activation** activation) { return create(activation); }
EXPORT int cudnnDestroyActivationDescriptor(Activation* activation) { return destroy(activation); }

EXPORT int cudnnSetStream(Handle* handle, void* stream) {
    if (!lives(handle)) {
        return NOT_INITIALIZED;
    }
    handle->stream = stream;
    return SUCCESS;
}

EXPORT int cudnnSetTensor4dDescriptor(Tensor* tensor, int format, int type, int n, int c, int h, int w) {
    if (!lives(tensor) || n < 1 || c < 1 || h < 1 || w < 1) {
        return BAD_PARAM;
    }
    if (format != NCHW || (type != FLOAT && type != DOUBLE)) {
        return NOT_SUPPORTED;
    }
    tensor->type = type;
    tensor->size = size_t(n) * size_t(c) * size_t(h) * size_t(w);
    return SUCCESS;
}

EXPORT int cudnnSetActivationDescriptor(Activation* activation, int mode, int nan, double) {
    if (!lives(activation)) {
        return BAD_PARAM;
    }
    activation->mode = mode;
    activation->passes_nan = nan == 1;
    return SUCCESS;
}

EXPORT int cudnnActivationForward(
    Handle* handle, Activation* activation, const void* alpha, const Tensor* x_is, const void* x, const void* beta,
    const Tensor* y_is, void* y) {
    if (Status status = checked(handle, activation, {x_is, y_is}); status != SUCCESS) {
        return status;
    }
    if (!on_device({x_is->extent(x), y_is->extent(y)})) {
        return EXECUTION_FAILED;
    }
    return x_is->type == FLOAT ? forward<float>(*handle, *activation, x_is->size, alpha, x, beta, y)
                               : forward<double>(*handle, *activation, x_is->size, alpha, x, beta, y);
}

EXPORT int cudnnActivationBackward(
    Handle* handle, Activation* activation, const void* alpha, const Tensor* y_is, const void* y, const Tensor* dy_is,
    const void* dy, const Tensor* x_is, const void* x, const void* beta, const Tensor* dx_is, void* dx) {
    if (Status status = checked(handle, activation, {y_is, dy_is, x_is, dx_is}); status != SUCCESS) {
        return status;
    }
    if (!on_device({y_is->extent(y), dy_is->extent(dy), x_is->extent(x), dx_is->extent(dx)})) {
        return EXECUTION_FAILED;
    }
    return y_is->type == FLOAT ? backward<float>(*handle, y_is->size, alpha, y, dy, beta, dx)
                               : backward<double>(*handle, y_is->size, alpha, y, dy, beta, dx);
}
