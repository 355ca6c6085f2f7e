// cudnn_convolutions.cpp: of cuDNN 9 two-dimensional cross-correlations of packed NCHW tensors and their gradients, in plain
// loops. Stricter than the library where the engine must not go: an algorithm that adds by atomics, a way to round operands of
// floats (the library's default among them), dilation and groups are refused as wrong parameters.
#include <cmath>
#include <cstdint>
#include <cstring>
#include <vector>

#include "dnn_types.h"

namespace dnn {

namespace {

constexpr int CROSS_CORRELATION = 1;
constexpr int FMA_MATH = 3;
constexpr int DETERMINISTIC = 1; // IMPLICIT_PRECOMP_GEMM, BWD_DATA_ALGO_1, BWD_FILTER_ALGO_1
constexpr size_t GIGABYTE = size_t(1) << 30;

struct Filter {
    int type = -1;
    size_t k = 0, c = 0, height = 0, width = 0;

    size_t size() const { return k * c * height * width; }
    blas::Operand extent(const void* data) const { return {data, size() * bytes_of(type)}; }
};

struct Convolution {
    int padding_h = -1, padding_w = -1, stride_h = 0, stride_w = 0;
    int type = -1, math = 0;
};

int64_t runs = 0;

// Everything that says what a convolution is; x and y may be their gradients.
struct Case {
    Tensor x, y;
    Filter w;
    Convolution g;

    size_t row(size_t i, size_t u) const { return i * size_t(g.stride_h) + u - size_t(g.padding_h); }
    size_t column(size_t j, size_t v) const { return j * size_t(g.stride_w) + v - size_t(g.padding_w); }

    // f(place in y, place in x, place in w) for every term; a place left of the plane wraps to a large number.
    template <class F>
    void each_term(F f) const {
        for (size_t n = 0; n < y.examples; n++) {
            for (size_t k = 0; k < w.k; k++) {
                for (size_t i = 0; i < y.height; i++) {
                    for (size_t j = 0; j < y.width; j++) {
                        terms_of(n, k, i, j, f);
                    }
                }
            }
        }
    }

    template <class F>
    void terms_of(size_t n, size_t k, size_t i, size_t j, F f) const {
        const size_t at = ((n * w.k + k) * y.height + i) * y.width + j;
        for (size_t c = 0; c < w.c; c++) {
            for (size_t u = 0; u < w.height; u++) {
                for (size_t v = 0; v < w.width; v++) {
                    const size_t h = row(i, u), q = column(j, v);
                    if (h < x.height && q < x.width) {
                        f(at, ((n * w.c + c) * x.height + h) * x.width + q,
                          ((k * w.c + c) * w.height + u) * w.width + v);
                    }
                }
            }
        }
    }
};

bool output_fits(size_t plane, size_t kernel, int padding, int stride, size_t out) {
    const size_t padded = plane + 2 * size_t(padding);
    return padded >= kernel && (padded - kernel) / size_t(stride) + 1 == out;
}

Status checked(const Handle* handle, const Tensor* x, const Filter* w, const Convolution* g, const Tensor* y, int algorithm) {
    if (!lives(handle)) {
        return NOT_INITIALIZED;
    }
    if (!lives(x) || !lives(w) || !lives(g) || !lives(y) || x->type < 0) {
        return BAD_PARAM;
    }
    const bool types = x->type == y->type && x->type == w->type && x->type == g->type;
    const bool counts = x->examples == y->examples && x->channels == w->c && y->channels == w->k;
    const bool extents = g->stride_h > 0 && output_fits(x->height, w->height, g->padding_h, g->stride_h, y->height) &&
        output_fits(x->width, w->width, g->padding_w, g->stride_w, y->width);
    const bool exact = x->type == DOUBLE || g->math == FMA_MATH;
    return types && counts && extents && exact && algorithm == DETERMINISTIC ? SUCCESS : BAD_PARAM;
}

size_t workspace_of(const Tensor& x) { return planted() == LARGE_WORKSPACE ? GIGABYTE : x.size * bytes_of(x.type); }

int workspace(
    const Handle* handle, const Tensor* x, const Filter* w, const Convolution* g, const Tensor* y, int algorithm,
    size_t* bytes) {
    Status status = checked(handle, x, w, g, y, algorithm);
    if (status == SUCCESS && planted() == UNKNOWN_SHAPE) {
        status = NOT_SUPPORTED;
    }
    if (status == SUCCESS) {
        *bytes = workspace_of(*x);
    }
    return status;
}

template <class T>
T rounded(T value) {
    if (sizeof(T) == sizeof(float) && planted() == ROUNDED) {
        uint32_t bits;
        std::memcpy(&bits, &value, sizeof bits);
        bits = (bits + 0x1000u) & ~0x1fffu;
        std::memcpy(&value, &bits, sizeof bits);
    }
    return value;
}

template <class T>
T image(T value) {
    return planted() == NAN_IS_ZERO && value != value ? T(0) : rounded(value);
}

template <class T>
struct Job {
    Case is;
    const T *first, *second;
    T* out;
    size_t size;
    T alpha, beta;
    Fault wrong;
    char* workspace;
    size_t workspace_bytes;

    template <class SUMS>
    void run(SUMS add_to) const {
        std::memset(workspace, 0xa5, workspace_bytes);
        std::vector<T> sums(size);
        add_to(sums);
        if (planted() == wrong) {
            sums.back() += T(1);
        }
        if (planted() == UNSTEADY && runs % 2 == 0 && sums.front() != std::trunc(sums.front())) {
            sums.front() *= T(1) + (sizeof(T) == sizeof(float) ? T(0x1p-22) : T(0x1p-51));
        }
        for (size_t i = 0; i < size; i++) {
            out[i] = beta == T(0) ? alpha * sums[i] : alpha * sums[i] + beta * out[i];
        }
    }
};

template <class T>
struct Forward : Job<T> {
    void operator()() const {
        this->run([this](std::vector<T>& sums) {
            this->is.each_term([&](size_t y, size_t x, size_t w) {
                sums[y] += image(this->first[x]) * rounded(this->second[w]);
            });
        });
    }
};

template <class T>
struct BackwardData : Job<T> {
    void operator()() const {
        this->run([this](std::vector<T>& sums) {
            this->is.each_term([&](size_t y, size_t x, size_t w) {
                sums[x] += rounded(this->first[y]) * rounded(this->second[w]);
            });
        });
    }
};

template <class T>
struct BackwardFilter : Job<T> {
    void operator()() const {
        this->run([this](std::vector<T>& sums) {
            this->is.each_term([&](size_t y, size_t x, size_t w) {
                sums[w] += rounded(this->first[y]) * image(this->second[x]);
            });
        });
    }
};

Status fails_when_run() {
    switch (planted()) {
        case RUN_NOT_SUPPORTED: return NOT_SUPPORTED;
        case RUN_FAILS: return EXECUTION_FAILED;
        case OUT_OF_MEMORY: return ALLOCATION_FAILED;
        default: return SUCCESS;
    }
}

// What the three calls bring besides their descriptors.
struct Arguments {
    const void *alpha, *first, *second;
    void* workspace;
    size_t workspace_bytes;
    const void* beta;
    void* out;
    blas::Operand reads_first, reads_second, writes;
    Fault wrong;
};

// Asked before it is known whether the descriptor is one.
template <class T>
blas::Operand extent(const T* is, const void* data) {
    return lives(is) ? is->extent(data) : blas::Operand{data, 0};
}

template <template <class> class WORK, class T>
Status run_as(const Handle& handle, const Case& is, const Arguments& a) {
    WORK<T> work;
    static_cast<Job<T>&>(work) = {is, static_cast<const T*>(a.first), static_cast<const T*>(a.second),
        static_cast<T*>(a.out), a.writes.bytes / sizeof(T), *static_cast<const T*>(a.alpha), *static_cast<const T*>(a.beta), a.wrong,
        static_cast<char*>(a.workspace), workspace_of(is.x)};
    return enqueued(handle, work);
}

template <template <class> class WORK>
Status run(
    const Handle* handle, const Tensor* x, const Filter* w, const Convolution* g, const Tensor* y, int algorithm,
    const Arguments& a) {
    if (Status status = checked(handle, x, w, g, y, algorithm); status != SUCCESS) {
        return status;
    }
    if (Status status = fails_when_run(); status != SUCCESS) {
        return status;
    }
    if (a.workspace_bytes < workspace_of(*x)) {
        return BAD_PARAM;
    }
    if (!on_device({a.reads_first, a.reads_second, a.writes, {a.workspace, a.workspace_bytes}})) {
        return EXECUTION_FAILED;
    }
    runs++;
    const Case is = {*x, *y, *w, *g};
    return x->type == FLOAT ? run_as<WORK, float>(*handle, is, a) : run_as<WORK, double>(*handle, is, a);
}

} // namespace

} // namespace dnn

using namespace dnn;

// Convolutions run so far.
EXPORT int64_t rectifier_cudnn_runs() { return runs; }
EXPORT int64_t Java_dev_rectifier_engine_cuda_CuDnnDouble_runs(void*, void*) { return runs; }

EXPORT int cudnnCreateFilterDescriptor(Filter** filter) { return create(filter); }
EXPORT int cudnnDestroyFilterDescriptor(Filter* filter) { return destroy(filter); }
EXPORT int cudnnCreateConvolutionDescriptor(Convolution** convolution) { return create(convolution); }
EXPORT int cudnnDestroyConvolutionDescriptor(Convolution* convolution) { return destroy(convolution); }

EXPORT int cudnnSetFilter4dDescriptor(Filter* filter, int type, int format, int k, int c, int h, int w) {
    if (!lives(filter) || k < 1 || c < 1 || h < 1 || w < 1) {
        return BAD_PARAM;
    }
    if (format != NCHW || (type != FLOAT && type != DOUBLE)) {
        return NOT_SUPPORTED;
    }
    *filter = {type, size_t(k), size_t(c), size_t(h), size_t(w)};
    return SUCCESS;
}

EXPORT int cudnnSetConvolution2dDescriptor(
    Convolution* g, int padding_h, int padding_w, int stride_h, int stride_w, int dilation_h, int dilation_w, int mode,
    int type) {
    if (!lives(g) || padding_h < 0 || padding_w < 0 || stride_h < 1 || stride_w < 1 || dilation_h != 1 || dilation_w != 1 ||
        mode != CROSS_CORRELATION) {
        return BAD_PARAM;
    }
    *g = {padding_h, padding_w, stride_h, stride_w, type, g->math};
    return SUCCESS;
}

EXPORT int cudnnSetConvolutionMathType(Convolution* g, int math) {
    if (!lives(g) || math < 0 || math > FMA_MATH) {
        return BAD_PARAM;
    }
    g->math = math;
    return SUCCESS;
}

EXPORT int cudnnGetConvolutionForwardWorkspaceSize(
    Handle* handle, const Tensor* x, const Filter* w, const Convolution* g, const Tensor* y, int algorithm,
    size_t* bytes) {
    return workspace(handle, x, w, g, y, algorithm, bytes);
}

EXPORT int cudnnGetConvolutionBackwardDataWorkspaceSize(
    Handle* handle, const Filter* w, const Tensor* dy, const Convolution* g, const Tensor* dx, int algorithm,
    size_t* bytes) {
    return workspace(handle, dx, w, g, dy, algorithm, bytes);
}

EXPORT int cudnnGetConvolutionBackwardFilterWorkspaceSize(
    Handle* handle, const Tensor* x, const Tensor* dy, const Convolution* g, const Filter* dw, int algorithm,
    size_t* bytes) {
    return workspace(handle, x, dw, g, dy, algorithm, bytes);
}

EXPORT int cudnnConvolutionForward(
    Handle* handle, const void* alpha, const Tensor* x_is, const void* x, const Filter* w_is, const void* w,
    const Convolution* g, int algorithm, void* room, size_t room_bytes, const void* beta, const Tensor* y_is, void* y) {
    return run<Forward>(handle, x_is, w_is, g, y_is, algorithm,
        {alpha, x, w, room, room_bytes, beta, y, extent(x_is, x), extent(w_is, w), extent(y_is, y), WRONG_FORWARD});
}

EXPORT int cudnnConvolutionBackwardData(
    Handle* handle, const void* alpha, const Filter* w_is, const void* w, const Tensor* dy_is, const void* dy,
    const Convolution* g, int algorithm, void* room, size_t room_bytes, const void* beta, const Tensor* dx_is, void* dx) {
    return run<BackwardData>(handle, dx_is, w_is, g, dy_is, algorithm,
        {alpha, dy, w, room, room_bytes, beta, dx, extent(dy_is, dy), extent(w_is, w), extent(dx_is, dx),
         WRONG_INPUT_GRADIENT});
}

EXPORT int cudnnConvolutionBackwardFilter(
    Handle* handle, const void* alpha, const Tensor* x_is, const void* x, const Tensor* dy_is, const void* dy,
    const Convolution* g, int algorithm, void* room, size_t room_bytes, const void* beta, const Filter* dw_is, void* dw) {
    return run<BackwardFilter>(handle, x_is, dw_is, g, dy_is, algorithm,
        {alpha, dy, x, room, room_bytes, beta, dw, extent(dy_is, dy), extent(x_is, x), extent(dw_is, dw),
         WRONG_WEIGHT_GRADIENT});
}
