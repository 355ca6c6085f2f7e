// forwarder_test.cpp: the forwarders with the sonames of CUDA 12 reach the functions of the .so.13 doubles, by path
// and by soname, with every argument in its place.
#include <cstdlib>
#include <cstring>
#include <string>
#include <thread>
#include <vector>

#include "check.h"
#include "cublas_api.h"

namespace {

std::string folder() { return std::getenv("NATIVE_UNDER_TEST"); }

const Library& cublas() {
    static Library library((folder() + "/forwarder/libcublas.so.12").c_str());
    return library;
}

const Library& nvrtc() {
    static Library library((folder() + "/forwarder/libnvrtc.so.12").c_str());
    return library;
}

} // namespace

TEST(the_first_call_may_come_from_many_threads) { // stands first: later calls find the table filled
    std::vector<std::thread> threads;
    int versions[8] = {};
    void* handle = nullptr;
    CHECK(cublas().function<Create>("cublasCreate_v2")(&handle) == 0);
    auto version = cublas().function<GetVersion>("cublasGetVersion_v2");
    for (int& each : versions) {
        threads.emplace_back([&] { version(handle, &each); });
    }
    for (std::thread& thread : threads) {
        thread.join();
    }
    bool all = true;
    for (int each : versions) {
        all = all && each == 130000;
    }
    CHECK(all);
    CHECK(cublas().function<Destroy>("cublasDestroy_v2")(handle) == 0);
}

TEST(a_product_goes_through_the_cublas_forwarder) {
    void* handle = nullptr;
    double a[] = {1, 2, 3, 4}, b[] = {5, 6, 7, 8}, c[] = {1, 1, 1, 1}, two = 2, one = 1;
    CHECK(cublas().function<Create>("cublasCreate_v2")(&handle) == 0);
    for (int round = 0; round < 2; round++) { // the first call resolves, the second jumps straight
        double target[] = {c[0], c[1], c[2], c[3]};
        auto gemm = cublas().function<Gemm<double>>("cublasDgemm_v2");
        CHECK(gemm(handle, 0, 1, 2, 2, 2, &two, a, 2, b, 2, &one, target, 2) == 0);
        CHECK(target[0] == 2 * (1 * 5 + 3 * 7) + 1 && target[1] == 2 * (2 * 5 + 4 * 7) + 1);
        CHECK(target[2] == 2 * (1 * 6 + 3 * 8) + 1 && target[3] == 2 * (2 * 6 + 4 * 8) + 1);
    }
    CHECK(cublas().function<Destroy>("cublasDestroy_v2")(handle) == 0);
}

TEST(entries_have_the_versions_of_cuda_12) {
    CHECK(cublas().has_version("cublasSgemm_v2", "libcublas.so.12"));
    CHECK(nvrtc().has_version("nvrtcCompileProgram", "libnvrtc.so.12"));
}

TEST(a_program_goes_through_the_nvrtc_forwarder) {
    int major = 0, minor = -1;
    CHECK(nvrtc().function<int(int*, int*)>("nvrtcVersion")(&major, &minor) == 0 && major == 13 && minor == 0);
    void* program = nullptr;
    using CreateProgram = int(void**, const char*, const char*, int, const char* const*, const char* const*);
    CHECK(nvrtc().function<CreateProgram>("nvrtcCreateProgram")(&program, "kernel", "name", 0, nullptr, nullptr) == 0);
    const char* options[] = {"-a", "-b"};
    CHECK(nvrtc().function<int(void*, int, const char* const*)>("nvrtcCompileProgram")(program, 2, options) == 0);
    char code[100];
    CHECK(nvrtc().function<int(void*, char*)>("nvrtcGetPTX")(program, code) == 0);
    CHECK(std::strcmp(code, "// compiled -a -b\nkernel") == 0);
    CHECK(nvrtc().function<int(void**)>("nvrtcDestroyProgram")(&program) == 0 && program == nullptr);
}

TEST(what_the_library_behind_lacks_answers_not_supported) {
    CHECK(nvrtc().function<int(void*, char*)>("nvrtcGetNVVM")(nullptr, nullptr) == 11);
    CHECK(cublas().function<int()>("cublasZher2k_v2")() == 15);
}

TEST(all_argument_registers_and_the_stack_arrive) {
    Library probe((folder() + "/probe/libprobe.so.1").c_str());
    using Mix = double(
        int, double, int, double, int, double, int, double, int, double, int, double, int, double, int, double, double,
        double, float);
    Mix* mix = probe.function<Mix>("probe_mix");
    double expected = 0;
    for (int i = 0; i < 19; i++) {
        expected = expected * 3 + i + 1;
    }
    for (int round = 0; round < 2; round++) {
        CHECK(mix(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19) == expected);
    }
}

TEST(without_the_library_behind_every_entry_says_so) {
    Library absent((folder() + "/probe/libabsent.so.1").c_str());
    CHECK(absent.function<int()>("probe_mix")() == 77);
    CHECK(std::strstr(absent.function<const char*()>("nvrtcGetErrorString")(), "is not there") != nullptr);
}

int main() { return check::run_all(); }
