// control.cpp: see control.h.
#include "control.h"

#include <cstdio>
#include <cstdlib>

#include "block.h"
#include "driver.h"
#include "memory.h"

namespace emulated {

namespace {

struct State {
    uint64_t calls = 0;
    uint64_t fail_in = 0; // calls until the injected error; 0 is none
    CUresult injected = CUDA_SUCCESS;
    CUresult sticky = CUDA_SUCCESS;

    State() {
        const char* at = std::getenv("RECTIFIER_EMULATED_FAIL_AT"); // "n:code"
        char* colon = nullptr;
        if (at != nullptr) {
            fail_in = std::strtoull(at, &colon, 10);
            injected = static_cast<CUresult>(*colon == ':' ? std::atoi(colon + 1) : CUDA_ERROR_UNKNOWN);
        }
        const char* seed = std::getenv("RECTIFIER_EMULATED_SEED");
        if (seed != nullptr) {
            block_runner().seed(std::strtoull(seed, nullptr, 10));
        }
    }
};

State& state() {
    static State instance;
    return instance;
}

} // namespace

CUresult next_call() {
    State& s = state();
    s.calls++;
    if (s.fail_in == 0 || --s.fail_in != 0) {
        return CUDA_SUCCESS;
    }
    return s.injected;
}

CUresult remember_if_fatal(CUresult injected) {
    switch (injected) {
    case CUDA_ERROR_ILLEGAL_ADDRESS:
    case CUDA_ERROR_LAUNCH_TIMEOUT:
    case CUDA_ERROR_ASSERT:
    case CUDA_ERROR_MISALIGNED_ADDRESS:
    case CUDA_ERROR_LAUNCH_FAILED:
        state().sticky = injected;
        break;
    default:
        break;
    }
    return injected;
}

CUresult sticky_error() { return state().sticky; }

void clear_sticky_error() { state().sticky = CUDA_SUCCESS; }

CUresult report(CUresult code, const std::string& what) {
    std::fprintf(stderr, "emulated driver: %s [CUDA error %d]\n", what.c_str(), static_cast<int>(code));
    if (state().sticky == CUDA_SUCCESS) {
        state().sticky = code;
    }
    return code;
}

std::string text(const dim3& size) {
    return std::to_string(size.x) + " x " + std::to_string(size.y) + " x " + std::to_string(size.z);
}

} // namespace emulated

using emulated::Guard;

EXPORT void rectifier_emulated_set_seed(uint64_t seed) {
    Guard hold;
    emulated::block_runner().seed(seed);
}

// The n-th driver call from now on (1 is the next) returns the code and does nothing else; n = 0 takes the order back. A code
// after which a GPU's context is lost also sticks, as it does there.
EXPORT void rectifier_emulated_fail_at(uint64_t n, int code) {
    Guard hold;
    emulated::state().fail_in = n;
    emulated::state().injected = static_cast<emulated::CUresult>(code);
}

EXPORT uint64_t rectifier_emulated_calls() {
    Guard hold;
    return emulated::state().calls;
}

EXPORT uint64_t rectifier_emulated_live_bytes() {
    Guard hold;
    return emulated::memory().live_bytes();
}

EXPORT uint64_t rectifier_emulated_live_allocations() {
    Guard hold;
    return emulated::memory().live_allocations();
}

EXPORT uint64_t rectifier_emulated_live_objects() {
    Guard hold;
    return emulated::live_objects();
}

// For the library doubles, which work on this driver's memory and streams: not driver calls, so not counted.

EXPORT int rectifier_emulated_covers(uintptr_t address, size_t bytes) {
    Guard hold;
    return emulated::memory().covers(address, bytes) ? 1 : 0;
}

// Does run(work) now, or at every launch of the graph that is being captured; drop(work) when it is needed no more.
EXPORT int rectifier_emulated_enqueue(CUstream stream, void (*run)(void*), void (*drop)(void*), void* work) {
    Guard hold;
    std::shared_ptr<void> kept(work, drop);
    return emulated::enqueue(stream, [run, kept] {
        run(kept.get());
        return emulated::CUDA_SUCCESS;
    });
}
