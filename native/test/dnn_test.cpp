// dnn_test.cpp: the cuDNN double on emulated device memory.
#include <cmath>
#include <cstdlib>
#include <string>

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

template <class T>
T* pointer(DeviceArray<T>& array) {
    return reinterpret_cast<T*>(array.address());
}

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
    CHECK(cudnn().function<int()>("cudnnConvolutionForward")() == NOT_SUPPORTED); // known by name only
}

TEST(symbols_have_the_version_that_jcudnn_asks_for) {
    CHECK(cudnn().has_version("cudnnActivationForward", "libcudnn.so.9"));
    CHECK(cudnn().function<size_t()>("cudnnGetVersion")() == 90500);
}

int main() { return check::run_all(); }
