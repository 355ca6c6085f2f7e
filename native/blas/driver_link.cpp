// driver_link.cpp: see driver_link.h.
#include "driver_link.h"

#include <dlfcn.h>

#include <cstdint>
#include <utility>

namespace blas {

namespace {

using Covers = int (*)(uintptr_t address, size_t bytes);
using Enqueue = int (*)(void* stream, void (*run)(void*), void (*drop)(void*), void* work);
using Work = std::function<void()>;

// The driver that this process has loaded already; a real one has no such function.
void* driver_function(const char* name) {
    static void* driver = dlopen("libcuda.so.1", RTLD_NOW | RTLD_NOLOAD);
    return driver == nullptr ? nullptr : dlsym(driver, name);
}

} // namespace

bool in_device_memory(const Operand& operand) {
    static auto covers = reinterpret_cast<Covers>(driver_function("rectifier_emulated_covers"));
    auto address = reinterpret_cast<uintptr_t>(operand.start);
    return covers == nullptr || operand.bytes == 0 || covers(address, operand.bytes) != 0;
}

cublasStatus enqueue(void* stream, Work work) {
    static auto driver_enqueue = reinterpret_cast<Enqueue>(driver_function("rectifier_emulated_enqueue"));
    if (driver_enqueue == nullptr) {
        work();
        return CUBLAS_STATUS_SUCCESS;
    }
    int code = driver_enqueue(
        stream, [](void* kept) { (*static_cast<Work*>(kept))(); }, [](void* kept) { delete static_cast<Work*>(kept); },
        new Work(std::move(work)));
    return code == 0 ? CUBLAS_STATUS_SUCCESS : CUBLAS_STATUS_EXECUTION_FAILED;
}

} // namespace blas
