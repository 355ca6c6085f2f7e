// cudnn_double.cpp: of cuDNN 9 handles, packed tensors of four extents, activations, the training mode of spatial batch
// normalisation, summed in double, and the sum of a tensor and one per channel. Convolutions: cudnn_convolutions.cpp.
#include <cmath>

#include "dnn_types.h"

namespace dnn {

namespace {

constexpr int RELU = 1;
constexpr int SPATIAL = 1;

struct Activation {
    int mode = -1;
    bool passes_nan = false;
};

Fault planted_fault = NONE;

// out = alpha f(i) + beta out for each element; where beta is 0, out is not read.
template <class T, class F>
Status each(const Handle& handle, size_t size, const void* alpha, const void* beta, void* out, F f) {
    T a = *static_cast<const T*>(alpha);
    T b = *static_cast<const T*>(beta);
    T* target = static_cast<T*>(out);
    return enqueued(handle, [=] {
        for (size_t i = 0; i < size; i++) {
            target[i] = b == T(0) ? a * f(i) : a * f(i) + b * target[i];
        }
    });
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
        for (size_t s = 0; s < x.places(); s++) {
            f((n * x.channels + c) * x.places() + s);
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
        const double values = double(shape.examples * shape.places());
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
        const double values = double(shape.examples * shape.places());
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

template <class T>
Status add(
    const Handle& handle, const Tensor& y, const void* alpha, const void* a, const void* beta, void* target) {
    const T* values = static_cast<const T*>(a);
    const T* present = static_cast<const T*>(target);
    const T times = planted() == WRONG_BIAS ? T(2) : T(1);
    const T scale = *static_cast<const T*>(beta);
    const size_t channels = y.channels, places = y.places();
    const T zero = 0;
    // What is there is added as a term, so that each element is rounded once where both factors are 1.
    return each<T>(handle, y.size, alpha, &zero, target, [=](size_t i) {
        return times * values[i / places % channels] + (scale == T(0) ? T(0) : scale * present[i]);
    });
}

} // namespace

Fault planted() { return planted_fault; }

} // namespace dnn

using namespace dnn;

EXPORT void rectifier_cudnn_plant(int fault) { planted_fault = static_cast<Fault>(fault); }

// The same for the tests' Java class CuDnnDouble.
EXPORT void Java_dev_rectifier_engine_cuda_CuDnnDouble_plant(void*, void*, int32_t fault) { rectifier_cudnn_plant(fault); }

EXPORT size_t cudnnGetVersion() { return 90500; }

EXPORT const char* cudnnGetErrorString(int status) {
    switch (status) {
        case SUCCESS: return "CUDNN_STATUS_SUCCESS";
        case NOT_INITIALIZED: return "CUDNN_STATUS_NOT_INITIALIZED";
        case BAD_PARAM: return "CUDNN_STATUS_BAD_PARAM";
        case NOT_SUPPORTED: return "CUDNN_STATUS_NOT_SUPPORTED";
        case ALLOCATION_FAILED: return "CUDNN_STATUS_INTERNAL_ERROR_DEVICE_ALLOCATION_FAILED";
        case EXECUTION_FAILED: return "CUDNN_STATUS_EXECUTION_FAILED";
        default: return "unknown cuDNN status";
    }
}

EXPORT int cudnnCreate(Handle** handle) { return planted() == NO_HANDLE ? int(NOT_INITIALIZED) : create(handle); }
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
    tensor->height = size_t(h);
    tensor->width = size_t(w);
    tensor->size = tensor->examples * tensor->channels * tensor->places();
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

// c = alpha a + beta c, a one number for each channel of c.
EXPORT int cudnnAddTensor(
    Handle* handle, const void* alpha, const Tensor* a_is, const void* a, const void* beta, const Tensor* c_is, void* c) {
    if (!lives(handle)) {
        return NOT_INITIALIZED;
    }
    if (!lives(a_is) || !lives(c_is) || a_is->type != c_is->type || c_is->type < 0) {
        return BAD_PARAM;
    }
    if (a_is->size != c_is->channels || a_is->channels != c_is->channels) {
        return NOT_SUPPORTED;
    }
    if (!on_device({a_is->extent(a), c_is->extent(c)})) {
        return EXECUTION_FAILED;
    }
    return c_is->type == FLOAT ? add<float>(*handle, *c_is, alpha, a, beta, c)
                               : add<double>(*handle, *c_is, alpha, a, beta, c);
}
