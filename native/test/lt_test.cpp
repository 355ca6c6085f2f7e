// lt_test.cpp: native/lt on the cublasLt double and emulated device memory, against products written anew. Whole numbers: every
// order of summation gives the same bits.
#include <cmath>
#include <cstdlib>
#include <limits>
#include <string>

#include "../lt/plan.h"
#include "check.h"
#include "cublas_api.h"
#include "driver_api.h"

namespace {

const char* file() { return std::getenv("CUBLASLT_UNDER_TEST"); }

void plant(int fault) {
    static Library double_(file());
    double_.function<void(int)>("rectifier_cublaslt_plant")(fault);
}

std::unique_ptr<lt::Library> library() {
    std::string why;
    return lt::Library::open(file(), why);
}

template <class T>
std::vector<T> whole_numbers(size_t count, unsigned seed) {
    std::vector<T> values(count);
    for (T& value : values) {
        seed = seed * 1664525u + 1013904223u;
        value = T(int(seed >> 28)) - T(8);
    }
    return values;
}

// y [R, N, W] = bias + x w^T, row-major, as Java asks for it.
lt::Request layer(int64_t r, int64_t n, int64_t w, int64_t d, bool narrow, int64_t epilogue) {
    return {w, n, d, 1, 0, d, d, w, r, w * d, n * d, n * w, w, narrow ? lt::CUDA_R_32F : lt::CUDA_R_64F,
            narrow ? lt::CUBLAS_COMPUTE_32F_PEDANTIC : lt::CUBLAS_COMPUTE_64F_PEDANTIC, epilogue, 1 << 20, 16};
}

template <class T>
struct Layer {
    static constexpr int R = 3, N = 5, W = 128, D = 7;
    std::vector<T> w = whole_numbers<T>(R * W * D, 1), x = whole_numbers<T>(R * N * D, 2), b = whole_numbers<T>(R * W, 3);
    DeviceArray<T> device_w{w}, device_x{x}, device_b{b}, y{R * N * W};
    DeviceArray<uint32_t> mask{R * N * W / 32};
    DeviceArray<char> room{1 << 20};

    lt::Operands operands() const {
        return {0, int64_t(device_w.address()), int64_t(device_x.address()), int64_t(y.address()),
                int64_t(device_b.address()), int64_t(mask.address()), N * W, int64_t(room.address())};
    }

    T sum(int r, int n, int k) const {
        T total = b[size_t(r * W + k)];
        for (int d = 0; d < D; d++) {
            total += x[size_t((r * N + n) * D + d)] * w[size_t((r * W + k) * D + d)];
        }
        return total;
    }

    bool right(bool rectified) const {
        std::vector<T> got = y.values();
        std::vector<uint32_t> bits = mask.values();
        bool all = true;
        for (int i = 0; i < R * N * W; i++) {
            T z = sum(i / (N * W), i / W % N, i % W);
            all = all && got[size_t(i)] == (rectified && z <= 0 ? T(0) : z);
            all = all && (!rectified || (bits[size_t(i / 32)] >> (i % 32) & 1u) == (z > 0 ? 1u : 0u));
        }
        return all;
    }
};

template <class T>
void layers_are_right() {
    Context context;
    auto lt = library();
    Layer<T> layer_of;
    bool narrow = sizeof(T) == 4;
    std::string why;
    auto request = layer(3, 5, 128, 7, narrow, lt::EPILOGUE_RELU_AUX_BIAS);
    auto joined = lt::Plan::make(*lt, request, nullptr, why);
    CHECK(joined != nullptr && joined->workspace_bytes() > 0);
    CHECK(joined->run(layer_of.operands()) == 0 && layer_of.right(true));
    request.epilogue = lt::EPILOGUE_BIAS;
    auto plain = lt::Plan::make(*lt, request, joined.get(), why);
    CHECK(plain != nullptr && plain->workspace_bytes() == joined->workspace_bytes()); // the same algorithm
    CHECK(plain->run(layer_of.operands()) == 0 && layer_of.right(false));
    CHECK(cuCtxSynchronize() == 0);
}

} // namespace

TEST(layers_of_floats) { layers_are_right<float>(); }
TEST(layers_of_doubles) { layers_are_right<double>(); }

TEST(a_bias_gradient_is_summed_beside_the_product) {
    Context context;
    auto lt = library();
    DeviceArray<double> x(std::vector<double>{1, 2, 3, 4, 5, 6}); // [N = 3, D = 2]
    DeviceArray<double> dy(std::vector<double>{1, 0, 2, -1, 0, 3}); // [N = 3, K = 2]
    DeviceArray<double> dw(4), db(2);
    DeviceArray<char> room(1 << 20);
    lt::Request request = {2, 2, 3, 0, 1, 2, 2, 2, 1, 0, 0, 0, 0, lt::CUDA_R_64F, lt::CUBLAS_COMPUTE_64F_PEDANTIC,
                           lt::EPILOGUE_BGRADB, 1 << 20, 16};
    std::string why;
    auto plan = lt::Plan::make(*lt, request, nullptr, why);
    CHECK(plan != nullptr);
    CHECK(plan->run({0, int64_t(x.address()), int64_t(dy.address()), int64_t(dw.address()), int64_t(db.address()), 0, 0,
                     int64_t(room.address())}) == 0);
    CHECK(dw.values() == (std::vector<double>{1 + 6, 2 + 8, -3 + 15, -4 + 18})); // [K, D]
    CHECK(db.values() == (std::vector<double>{3, 2}));
}

TEST(what_the_library_refuses_has_a_reason) {
    Context context;
    auto lt = library();
    std::string why;
    auto odd = layer(1, 5, 127, 7, true, lt::EPILOGUE_RELU_AUX_BIAS); // a mask's row must be a multiple of 128 bits
    CHECK(lt::Plan::make(*lt, odd, nullptr, why) == nullptr && why.find("status 15") != std::string::npos);
    auto unknown = layer(1, 5, 128, 7, true, 7);
    CHECK(lt::Plan::make(*lt, unknown, nullptr, why) == nullptr && why.find("status 15") != std::string::npos);
    auto mixed = layer(1, 5, 128, 7, true, lt::EPILOGUE_BIAS);
    mixed.compute_type = lt::CUBLAS_COMPUTE_64F;
    CHECK(lt::Plan::make(*lt, mixed, nullptr, why) == nullptr && why.find("description") != std::string::npos);
    auto gaps = layer(1, 5, 128, 7, true, lt::EPILOGUE_BIAS);
    gaps.leading_a = 3; // below the rows
    CHECK(lt::Plan::make(*lt, gaps, nullptr, why) == nullptr && why.find("status 7") != std::string::npos);
    plant(5);
    auto good = layer(1, 5, 128, 7, true, lt::EPILOGUE_BIAS);
    auto first = lt::Plan::make(*lt, good, nullptr, why);
    CHECK(first != nullptr && lt::Plan::make(*lt, good, first.get(), why) == nullptr);
    CHECK(why.find("does not serve") != std::string::npos);
    plant(0);
}

TEST(a_library_that_cannot_be_used_says_why) {
    std::string why;
    CHECK(lt::Library::open("/nowhere/libcublasLt.so.12", why) == nullptr && why.find("cannot be loaded") == 0);
    CHECK(lt::Library::open(std::getenv("CUBLAS_UNDER_TEST"), why) == nullptr);
    CHECK(why == "has no function cublasLtGetVersion");
    plant(1);
    CHECK(lt::Library::open(file(), why) == nullptr && why == "cublasLtCreate failed with status 1");
    plant(0);
}

TEST(operands_outside_device_memory_are_refused) {
    Context context;
    auto lt = library();
    Layer<float> layer_of;
    std::string why;
    auto plan = lt::Plan::make(*lt, layer(3, 5, 128, 7, true, lt::EPILOGUE_RELU_AUX_BIAS), nullptr, why);
    std::vector<float> host(3 * 5 * 128);
    lt::Operands operands = layer_of.operands();
    operands.d = int64_t(reinterpret_cast<uintptr_t>(host.data()));
    CHECK(plan->run(operands) == 13);
    operands = layer_of.operands();
    operands.mask += 4; // not at a multiple of 16
    CHECK(plan->run(operands) == 7);
    operands = layer_of.operands();
    operands.bias = 0;
    CHECK(plan->run(operands) == 7);
    operands = layer_of.operands();
    operands.workspace = 0;
    CHECK(plan->run(operands) == 7);
}

TEST(a_nan_stays_one_and_its_gate_is_closed) {
    Context context;
    auto lt = library();
    Layer<float> layer_of;
    std::vector<float> bias(3 * 128, std::numeric_limits<float>::quiet_NaN());
    DeviceArray<float> nans(bias);
    std::string why;
    auto plan = lt::Plan::make(*lt, layer(3, 5, 128, 7, true, lt::EPILOGUE_RELU_AUX_BIAS), nullptr, why);
    lt::Operands operands = layer_of.operands();
    operands.bias = int64_t(nans.address());
    CHECK(plan->run(operands) == 0 && std::isnan(layer_of.y.values()[77]) && layer_of.mask.values()[3] == 0);
}

TEST(a_plan_is_captured_with_its_stream) {
    Context context;
    auto lt = library();
    Layer<float> layer_of;
    std::string why;
    auto plan = lt::Plan::make(*lt, layer(3, 5, 128, 7, true, lt::EPILOGUE_RELU_AUX_BIAS), nullptr, why);
    void *stream = nullptr, *graph = nullptr, *executable = nullptr;
    CHECK(cuStreamCreate(&stream, 1) == 0 && cuStreamBeginCapture_v2(stream, 0) == 0);
    lt::Operands operands = layer_of.operands();
    operands.stream = int64_t(reinterpret_cast<uintptr_t>(stream));
    CHECK(plan->run(operands) == 0);
    CHECK(cuStreamEndCapture(stream, &graph) == 0 && cuGraphInstantiateWithFlags(&executable, graph, 0) == 0);
    CHECK(!layer_of.right(true)); // recorded, not done
    DeviceArray<float> elsewhere(3 * 5 * 128);
    operands.d = int64_t(elsewhere.address());
    operands.stream = 0;
    CHECK(plan->run(operands) == 0); // a plan that points elsewhere now leaves the graph alone
    CHECK(cuGraphLaunch(executable, stream) == 0 && layer_of.right(true));
    CHECK(cuGraphExecDestroy(executable) == 0 && cuGraphDestroy(graph) == 0 && cuStreamDestroy_v2(stream) == 0);
}

int main() { return check::run_all(); }
