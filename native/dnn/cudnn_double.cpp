// cudnn_double.cpp: of cuDNN 9 what comparisons of ReLU and batch normalisation need: handles, packed tensors of four extents,
// activations, and the training mode of spatial batch normalisation, summed in double.
// The codes of cuDNN 9 are not those of earlier versions.
#include <algorithm>
#include <cmath>
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
constexpr int SPATIAL = 1;

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
    size_t examples = 0, channels = 0, places = 0;

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

// f(i) for each element of channel c.
template <class F>
void each_of(const Tensor& x, size_t c, F f) {
    for (size_t n = 0; n < x.examples; n++) {
        for (size_t s = 0; s < x.places; s++) {
            f((n * x.channels + c) * x.places + s);
        }
    }
}

template <class T>
struct NormForward {
    Tensor shape;
    const T *x, *scale, *shift;
    T *y, *mean, *root;
    double eps;

    void operator()() const {
        const double values = double(shape.examples * shape.places);
        for (size_t c = 0; c < shape.channels; c++) {
            double sum = 0, squares = 0;
            each_of(shape, c, [&](size_t i) { sum += x[i]; });
            const double centre = sum / values;
            each_of(shape, c, [&](size_t i) { squares += (x[i] - centre) * (x[i] - centre); });
            const double s = 1 / std::sqrt(squares / values + eps);
            each_of(shape, c, [&](size_t i) { y[i] = T((x[i] - centre) * s * scale[c] + shift[c]); });
            mean[c] = T(centre);
            root[c] = T(s);
        }
    }
};

template <class T>
struct NormBackward {
    Tensor shape;
    const T *x, *dy, *scale, *mean, *root;
    T *dx, *dscale, *dshift;

    void operator()() const {
        const double values = double(shape.examples * shape.places);
        for (size_t c = 0; c < shape.channels; c++) {
            const double centre = mean[c], s = root[c];
            double sum = 0, product = 0;
            each_of(shape, c, [&](size_t i) {
                sum += dy[i];
                product += dy[i] * ((x[i] - centre) * s);
            });
            each_of(shape, c, [&](size_t i) {
                const double xhat = (x[i] - centre) * s;
                dx[i] = T(scale[c] * s * (dy[i] - sum / values - xhat * product / values));
            });
            dscale[c] = T(product);
            dshift[c] = T(sum);
        }
    }
};

template <class WORK>
int enqueued(const Handle& handle, WORK work) {
    return blas::enqueue(handle.stream, work) == blas::CUBLAS_STATUS_SUCCESS ? SUCCESS : EXECUTION_FAILED;
}

// Whether the tensors are blocks of one shape beside channels of theirs, and the mode is known.
Status norm_checked(const Handle* handle, int mode, std::initializer_list<const Tensor*> blocks, const Tensor* channels) {
    if (!lives(handle)) {
        return NOT_INITIALIZED;
    }
    const Tensor* first = *blocks.begin();
    for (const Tensor* block : blocks) {
        if (!lives(block) || !alike(*block, *first) || block->channels != first->channels) {
            return BAD_PARAM;
        }
    }
    if (!lives(channels) || channels->type != first->type || channels->size != first->channels) {
        return BAD_PARAM;
    }
    return mode == SPATIAL ? SUCCESS : NOT_SUPPORTED;
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
    tensor->examples = size_t(n);
    tensor->channels = size_t(c);
    tensor->places = size_t(h) * size_t(w);
    tensor->size = tensor->examples * tensor->channels * tensor->places;
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

// Running moments are not kept here: null alone is taken.
EXPORT int cudnnBatchNormalizationForwardTraining(
    Handle* handle, int mode, const void*, const void*, const Tensor* x_is, const void* x, const Tensor* y_is, void* y,
    const Tensor* channels, const void* scale, const void* shift, double, void* running_mean, void* running_variance,
    double eps, void* mean, void* root) {
    if (Status status = norm_checked(handle, mode, {x_is, y_is}, channels); status != SUCCESS) {
        return status;
    }
    if (running_mean != nullptr || running_variance != nullptr) {
        return NOT_SUPPORTED;
    }
    if (!on_device({x_is->extent(x), y_is->extent(y), channels->extent(scale), channels->extent(shift),
                    channels->extent(mean), channels->extent(root)})) {
        return EXECUTION_FAILED;
    }
    if (x_is->type == FLOAT) {
        return enqueued(*handle, NormForward<float>{*x_is, (const float*)x, (const float*)scale, (const float*)shift,
                                                    (float*)y, (float*)mean, (float*)root, eps});
    }
    return enqueued(*handle, NormForward<double>{*x_is, (const double*)x, (const double*)scale, (const double*)shift,
                                                 (double*)y, (double*)mean, (double*)root, eps});
}

EXPORT int cudnnBatchNormalizationBackward(
    Handle* handle, int mode, const void*, const void*, const void*, const void*, const Tensor* x_is, const void* x,
    const Tensor* dy_is, const void* dy, const Tensor* dx_is, void* dx, const Tensor* channels, const void* scale,
    void* dscale, void* dshift, double, const void* mean, const void* root) {
    if (Status status = norm_checked(handle, mode, {x_is, dy_is, dx_is}, channels); status != SUCCESS) {
        return status;
    }
    if (!on_device({x_is->extent(x), dy_is->extent(dy), dx_is->extent(dx), channels->extent(scale),
                    channels->extent(dscale), channels->extent(dshift), channels->extent(mean), channels->extent(root)})) {
        return EXECUTION_FAILED;
    }
    if (x_is->type == FLOAT) {
        return enqueued(*handle, NormBackward<float>{*x_is, (const float*)x, (const float*)dy, (const float*)scale,
                                                     (const float*)mean, (const float*)root, (float*)dx, (float*)dscale,
                                                     (float*)dshift});
    }
    return enqueued(*handle, NormBackward<double>{*x_is, (const double*)x, (const double*)dy, (const double*)scale,
                                                  (const double*)mean, (const double*)root, (double*)dx,
                                                  (double*)dscale, (double*)dshift});
}
