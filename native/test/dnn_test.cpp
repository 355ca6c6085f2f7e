// dnn_test.cpp: the cuDNN double on emulated device memory.
#include <cmath>
#include <cstdlib>
#include <string>
#include <utility>

#include "check.h"
#include "cublas_api.h"
#include "driver_api.h"

namespace {

constexpr int FLOAT = 0, DOUBLE = 1, RELU = 1, TANH = 2;
constexpr int NOT_INITIALIZED = 1001, BAD_PARAM = 2000, NOT_SUPPORTED = 3000, EXECUTION_FAILED = 5000;

const Library& cudnn() {
    static Library library(std::getenv("CUDNN_UNDER_TEST"));
    return library;
}

using Forward = int(void*, void*, const void*, void*, const void*, const void*, void*, void*);
using Backward = int(
    void*, void*, const void*, void*, const void*, void*, const void*, void*, const void*, const void*, void*, void*);
using SetTensor = int(void*, int, int, int, int, int, int);
using SetActivation = int(void*, int, int, double);

// One of the library's objects, made and destroyed by functions of these names.
class Object {
  public:
    explicit Object(const std::string& kind) : kind_(kind) {
        cudnn().function<Create>(("cudnnCreate" + kind).c_str())(&it_);
    }
    ~Object() { cudnn().function<Destroy>(("cudnnDestroy" + kind_).c_str())(it_); }
    Object(const Object&) = delete;
    Object& operator=(const Object&) = delete;
    void* get() const { return it_; }

  private:
    std::string kind_;
    void* it_ = nullptr;
};

struct Relu {
    Object handle{""};
    Object tensor{"TensorDescriptor"};
    Object activation{"ActivationDescriptor"};

    Relu(int type, int elements, int nan = 1) {
        cudnn().function<SetTensor>("cudnnSetTensor4dDescriptor")(tensor.get(), 0, type, 1, 1, 1, elements);
        cudnn().function<SetActivation>("cudnnSetActivationDescriptor")(activation.get(), RELU, nan, 0);
    }
    int forward(const void* alpha, const void* x, const void* beta, void* y) const {
        return cudnn().function<Forward>("cudnnActivationForward")(
            handle.get(), activation.get(), alpha, tensor.get(), x, beta, tensor.get(), y);
    }
};

using SetFilter = int(void*, int, int, int, int, int, int);
using SetConvolution = int(void*, int, int, int, int, int, int, int, int);
using SetNumber = int(void*, int);
using WorkspaceSize = int(void*, void*, void*, void*, void*, int, size_t*);
// The three convolutions: factor, descriptor and array twice, descriptor and algorithm, workspace, factor, descriptor and array.
using Convolve = int(
    void*, const void*, void*, const void*, void*, const void*, void*, int, void*, size_t, const void*, void*, void*);
using AddTensor = int(void*, const void*, void*, const void*, const void*, void*, void*);

constexpr int NO_ATOMICS = 1, FMA = 3;

template <class T>
T* pointer(DeviceArray<T>& array) {
    return reinterpret_cast<T*>(array.address());
}

// Two images of 2 x 3 x 4, three kernels of 2 x 2 x 2, stride 2, padding 1: outputs of 2 x 3.
template <class T>
struct Convolutions {
    static constexpr int X = 2 * 2 * 3 * 4, W = 3 * 2 * 2 * 2, Y = 2 * 3 * 2 * 3;
    Object handle{""};
    Object images{"TensorDescriptor"}, outputs{"TensorDescriptor"};
    Object kernels{"FilterDescriptor"};
    Object windows{"ConvolutionDescriptor"};
    T one = 1, zero = 0;
    DeviceArray<T> x{numbers(X, 1)}, w{numbers(W, 2)}, dy{numbers(Y, 3)};
    DeviceArray<T> room{X};
    size_t room_bytes = X * sizeof(T);

    Convolutions() {
        const int type = sizeof(T) == sizeof(float) ? FLOAT : DOUBLE;
        cudnn().function<SetTensor>("cudnnSetTensor4dDescriptor")(images.get(), 0, type, 2, 2, 3, 4);
        cudnn().function<SetTensor>("cudnnSetTensor4dDescriptor")(outputs.get(), 0, type, 2, 3, 2, 3);
        cudnn().function<SetFilter>("cudnnSetFilter4dDescriptor")(kernels.get(), type, 0, 3, 2, 2, 2);
        cudnn().function<SetConvolution>("cudnnSetConvolution2dDescriptor")(windows.get(), 1, 1, 2, 2, 1, 1, 1, type);
        cudnn().function<SetNumber>("cudnnSetConvolutionMathType")(windows.get(), FMA);
    }

    static std::vector<T> numbers(int count, int seed) {
        std::vector<T> all;
        for (int i = 0; i < count; i++) {
            all.push_back(T((i * 7 + seed * 5) % 11 - 5));
        }
        return all;
    }

    int forward(DeviceArray<T>& y, int algorithm = NO_ATOMICS, const T* beta = nullptr) {
        return cudnn().function<Convolve>("cudnnConvolutionForward")(
            handle.get(), &one, images.get(), pointer(x), kernels.get(), pointer(w), windows.get(), algorithm,
            pointer(room), room_bytes, beta == nullptr ? &zero : beta, outputs.get(), pointer(y));
    }
    int backward_data(DeviceArray<T>& dx, int algorithm = NO_ATOMICS) {
        return cudnn().function<Convolve>("cudnnConvolutionBackwardData")(
            handle.get(), &one, kernels.get(), pointer(w), outputs.get(), pointer(dy), windows.get(), algorithm,
            pointer(room), room_bytes, &zero, images.get(), pointer(dx));
    }
    int backward_filter(DeviceArray<T>& dw, int algorithm = NO_ATOMICS) {
        return cudnn().function<Convolve>("cudnnConvolutionBackwardFilter")(
            handle.get(), &one, images.get(), pointer(x), outputs.get(), pointer(dy), windows.get(), algorithm,
            pointer(room), room_bytes, &zero, kernels.get(), pointer(dw));
    }
    int workspace(const char* function, const Object& first, const Object& second, const Object& last, size_t* bytes) {
        return cudnn().function<WorkspaceSize>(function)(
            handle.get(), first.get(), second.get(), windows.get(), last.get(), NO_ATOMICS, bytes);
    }
};

template <class T>
double dot(const std::vector<T>& a, const std::vector<T>& b) {
    double sum = 0;
    for (size_t i = 0; i < a.size(); i++) {
        sum += double(a[i]) * double(b[i]);
    }
    return sum;
}

// One output by hand, and <conv(x, w), dy> = <x, dx> = <w, dw>, exact for whole numbers.
template <class T>
void convolutions_are_right() {
    Context context;
    Convolutions<T> c;
    DeviceArray<T> y(c.Y), dx(c.X), dw(c.W); // poisoned: beta 0 must not read them
    CHECK(c.forward(y) == 0 && c.backward_data(dx) == 0 && c.backward_filter(dw) == 0);
    const std::vector<T> x = c.x.values(), w = c.w.values(), dy = c.dy.values(), out = y.values();
    CHECK(out[0] == x[0] * w[3] + x[12] * w[7]); // the first window meets the corner of both channels alone
    CHECK(dot(out, dy) == dot(x, dx.values()) && dot(out, dy) == dot(w, dw.values()) && dot(out, dy) != 0);
    T two = 2;
    DeviceArray<T> sum(dy);
    CHECK(c.forward(sum, NO_ATOMICS, &two) == 0);
    CHECK(sum.values()[5] == out[5] + 2 * dy[5]);
}

struct Planted {
    explicit Planted(int fault) { cudnn().function<void(int)>("rectifier_cudnn_plant")(fault); }
    ~Planted() { cudnn().function<void(int)>("rectifier_cudnn_plant")(0); }
    Planted(const Planted&) = delete;
    Planted& operator=(const Planted&) = delete;
};

} // namespace

TEST(relu_of_floats_and_of_doubles) {
    Context context;
    Relu floats(FLOAT, 4), doubles(DOUBLE, 2, 0);
    float one = 1, zero = 0;
    DeviceArray<float> x(std::vector<float>{-1, 0, 2, NAN});
    DeviceArray<float> y(4); // poisoned: beta 0 must not read it
    CHECK(floats.forward(&one, pointer(x), &zero, pointer(y)) == 0);
    std::vector<float> out = y.values();
    CHECK(out[0] == 0 && out[1] == 0 && out[2] == 2 && std::isnan(out[3]));
    double two = 2, three = 3;
    DeviceArray<double> v(std::vector<double>{5, NAN});
    DeviceArray<double> w(std::vector<double>{1, 1});
    CHECK(doubles.forward(&two, pointer(v), &three, pointer(w)) == 0); // 2 f(v) + 3 w, NaN not passed on
    CHECK(w.values() == (std::vector<double>{13, 3}));
}

TEST(its_derivative_by_the_outputs) {
    Context context;
    Relu relu(FLOAT, 3);
    float one = 1, zero = 0;
    DeviceArray<float> y(std::vector<float>{0, 3, 0});
    DeviceArray<float> dy(std::vector<float>{7, 8, 9});
    auto backward = cudnn().function<Backward>("cudnnActivationBackward");
    void* t = relu.tensor.get();
    CHECK(backward(relu.handle.get(), relu.activation.get(), &one, t, pointer(y), t, pointer(dy), t, pointer(y), &zero,
                   t, pointer(dy)) == 0);
    CHECK(dy.values() == (std::vector<float>{0, 8, 0}));
}

TEST(wrong_calls_are_refused) {
    Context context;
    Relu relu(FLOAT, 4), longer(FLOAT, 5);
    float one = 1, zero = 0, host[4] = {};
    DeviceArray<float> x(4);
    auto forward = cudnn().function<Forward>("cudnnActivationForward");
    void *t = relu.tensor.get(), *a = relu.activation.get();
    CHECK(forward(nullptr, a, &one, t, pointer(x), &zero, t, pointer(x)) == NOT_INITIALIZED);
    CHECK(forward(relu.handle.get(), t, &one, t, pointer(x), &zero, t, pointer(x)) == BAD_PARAM);
    CHECK(forward(relu.handle.get(), a, &one, t, pointer(x), &zero, longer.tensor.get(), pointer(x)) == BAD_PARAM);
    CHECK(relu.forward(&one, host, &zero, pointer(x)) == EXECUTION_FAILED);
    CHECK(longer.forward(&one, pointer(x), &zero, pointer(x)) == EXECUTION_FAILED); // reaches past its memory
    CHECK(cudnn().function<SetTensor>("cudnnSetTensor4dDescriptor")(t, 0, FLOAT, 1, 1, 1, 0) == BAD_PARAM);
    CHECK(cudnn().function<SetActivation>("cudnnSetActivationDescriptor")(a, TANH, 1, 0) == 0);
    CHECK(relu.forward(&one, pointer(x), &zero, pointer(x)) == NOT_SUPPORTED);
    CHECK(cudnn().function<int()>("cudnnPoolingForward")() == NOT_SUPPORTED); // known by name only
}

TEST(convolutions_of_floats_and_of_doubles) {
    convolutions_are_right<float>();
    convolutions_are_right<double>();
}

TEST(workspaces_are_told_and_wanted) {
    Context context;
    Convolutions<float> c;
    size_t forward = 0, data = 0, filter = 0;
    CHECK(c.workspace("cudnnGetConvolutionForwardWorkspaceSize", c.images, c.kernels, c.outputs, &forward) == 0);
    CHECK(c.workspace("cudnnGetConvolutionBackwardDataWorkspaceSize", c.kernels, c.outputs, c.images, &data) == 0);
    CHECK(c.workspace("cudnnGetConvolutionBackwardFilterWorkspaceSize", c.images, c.outputs, c.kernels, &filter) == 0);
    CHECK(forward == c.room_bytes && data == c.room_bytes && filter == c.room_bytes);
    DeviceArray<float> y(c.Y);
    c.room_bytes--;
    CHECK(c.forward(y) == BAD_PARAM);
    c.room_bytes += 1024;
    CHECK(c.forward(y) == EXECUTION_FAILED); // reaches past its memory
}

TEST(what_the_engine_must_not_ask_of_convolutions_is_refused) {
    Context context;
    Convolutions<float> c;
    DeviceArray<float> y(c.Y), dx(c.X), dw(c.W);
    for (int algorithm : {0, 2, 3, 4, 5, 6, 7}) {
        CHECK(c.forward(y, algorithm) == BAD_PARAM && c.backward_data(dx, algorithm) == BAD_PARAM);
        CHECK(c.backward_filter(dw, algorithm) == BAD_PARAM);
    }
    auto math = cudnn().function<SetNumber>("cudnnSetConvolutionMathType");
    for (int rounding : {0, 1, 2}) {
        CHECK(math(c.windows.get(), rounding) == 0 && c.forward(y) == BAD_PARAM);
    }
    CHECK(math(c.windows.get(), FMA) == 0 && c.forward(y) == 0);
    auto windows = cudnn().function<SetConvolution>("cudnnSetConvolution2dDescriptor");
    CHECK(windows(c.windows.get(), 1, 1, 1, 1, 2, 1, 1, FLOAT) == BAD_PARAM); // dilation
    CHECK(windows(c.windows.get(), 1, 1, 1, 1, 1, 1, 0, FLOAT) == BAD_PARAM); // a flipped kernel
    CHECK(windows(c.windows.get(), 1, 1, 1, 1, 1, 1, 1, FLOAT) == 0 && c.forward(y) == BAD_PARAM); // other outputs
    CHECK(windows(c.windows.get(), 1, 1, 2, 2, 1, 1, 1, DOUBLE) == 0 && c.forward(y) == BAD_PARAM);
    CHECK(windows(nullptr, 1, 1, 2, 2, 1, 1, 1, FLOAT) == BAD_PARAM);
    auto forward = cudnn().function<Convolve>("cudnnConvolutionForward");
    CHECK(forward(nullptr, &c.one, nullptr, nullptr, nullptr, nullptr, nullptr, 1, nullptr, 0, &c.zero, nullptr, nullptr) ==
          NOT_INITIALIZED);
    CHECK(forward(c.handle.get(), &c.one, nullptr, nullptr, nullptr, nullptr, nullptr, 1, nullptr, 0, &c.zero, nullptr,
                  nullptr) == BAD_PARAM);
    CHECK(cudnn().function<SetFilter>("cudnnSetFilter4dDescriptor")(c.kernels.get(), FLOAT, 0, 0, 1, 1, 1) == BAD_PARAM);
}

TEST(a_number_per_channel_is_added) {
    Context context;
    Object handle{""}, block{"TensorDescriptor"}, channels{"TensorDescriptor"};
    auto tensor = cudnn().function<SetTensor>("cudnnSetTensor4dDescriptor");
    tensor(block.get(), 0, FLOAT, 2, 2, 1, 2);
    tensor(channels.get(), 0, FLOAT, 1, 2, 1, 1);
    float one = 1;
    DeviceArray<float> y(std::vector<float>{1, 2, 3, 4, 5, 6, 7, 8});
    DeviceArray<float> b(std::vector<float>{10, 20});
    auto add = cudnn().function<AddTensor>("cudnnAddTensor");
    CHECK(add(handle.get(), &one, channels.get(), pointer(b), &one, block.get(), pointer(y)) == 0);
    CHECK(y.values() == (std::vector<float>{11, 12, 23, 24, 15, 16, 27, 28}));
    CHECK(add(handle.get(), &one, block.get(), pointer(y), &one, block.get(), pointer(y)) == NOT_SUPPORTED);
    CHECK(add(handle.get(), &one, nullptr, pointer(b), &one, block.get(), pointer(y)) == BAD_PARAM);
}

TEST(faults_are_planted) {
    Context context;
    Convolutions<float> c;
    DeviceArray<float> right(c.Y), wrong(c.Y), dx(c.X), dw(c.W);
    CHECK(c.forward(right) == 0);
    for (auto [fault, status] : {std::pair{4, NOT_SUPPORTED}, {5, EXECUTION_FAILED}, {6, 4004}}) {
        Planted planted(fault);
        CHECK(c.forward(wrong) == status && c.backward_data(dx) == status && c.backward_filter(dw) == status);
    }
    Planted planted(7);
    CHECK(c.forward(wrong) == 0 && wrong.values() != right.values());
}

TEST(symbols_have_the_version_that_jcudnn_asks_for) {
    CHECK(cudnn().has_version("cudnnActivationForward", "libcudnn.so.9"));
    CHECK(cudnn().function<size_t()>("cudnnGetVersion")() == 90500);
}

int main() { return check::run_all(); }
