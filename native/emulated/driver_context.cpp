// driver_context.cpp: contexts: the primary one, counted, and those made by cuCtxCreate; each thread has a stack of
// them.
#include "driver.h"
#include "memory.h"

using namespace emulated;

namespace {

struct Context {
    unsigned flags = 0;
};

Handles<Context>& contexts() {
    static auto* instance = new Handles<Context>;
    return *instance;
}

void* primary = nullptr;
unsigned primary_flags = 0;
int primary_users = 0;
thread_local std::vector<void*> stack;

void* top() { return stack.empty() || !contexts().find(stack.back()) ? nullptr : stack.back(); }

// A context takes its memory with it, and the error that a fault left behind.
CUresult end(void* context) {
    if (contexts().remove(context) != CUDA_SUCCESS) {
        return CUDA_ERROR_INVALID_CONTEXT;
    }
    CUresult late_writes = memory().empty_quarantine(); // before this context's own memory goes there
    memory().release_all_of(reinterpret_cast<uintptr_t>(context));
    end_captures_of(reinterpret_cast<uintptr_t>(context));
    clear_sticky_error();
    return late_writes;
}

CUresult end_primary() {
    void* context = primary;
    primary = nullptr;
    primary_users = 0;
    return context == nullptr ? CUDA_SUCCESS : end(context);
}

CUresult synchronise() {
    if (CUresult refused = refusal_while_capturing()) {
        return refused;
    }
    std::string fault = memory().damage();
    return fault.empty() ? CUDA_SUCCESS : report(CUDA_ERROR_ILLEGAL_ADDRESS, "synchronize: " + fault);
}

} // namespace

namespace emulated {

uintptr_t current_context() { return reinterpret_cast<uintptr_t>(top()); }

size_t live_contexts() { return contexts().size(); }

} // namespace emulated

EXPORT CUresult cuCtxCreate_v2(CUcontext* context, unsigned flags, CUdevice device) {
    return driver_call(Needs::INITIALISED, [&] {
        if (device != 0) {
            return CUDA_ERROR_INVALID_DEVICE;
        }
        *context = contexts().add(std::make_shared<Context>(Context{flags}));
        stack.push_back(*context);
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuCtxDestroy_v2(CUcontext context) {
    return driver_call(Needs::INITIALISED, [&] {
        if (!stack.empty() && stack.back() == context) {
            stack.pop_back();
        }
        return end(context);
    });
}

EXPORT CUresult cuCtxPushCurrent_v2(CUcontext context) {
    return driver_call(Needs::INITIALISED, [&] {
        if (!contexts().find(context)) {
            return CUDA_ERROR_INVALID_CONTEXT;
        }
        stack.push_back(context);
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuCtxPopCurrent_v2(CUcontext* context) {
    return driver_call(Needs::INITIALISED, [&] {
        if (stack.empty()) {
            return CUDA_ERROR_INVALID_CONTEXT;
        }
        if (context != nullptr) {
            *context = stack.back();
        }
        stack.pop_back();
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuCtxSetCurrent(CUcontext context) {
    return driver_call(Needs::INITIALISED, [&] {
        if (context != nullptr && !contexts().find(context)) {
            return CUDA_ERROR_INVALID_CONTEXT;
        }
        if (!stack.empty()) {
            stack.pop_back();
        }
        if (context != nullptr) {
            stack.push_back(context);
        }
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuCtxGetCurrent(CUcontext* context) {
    return driver_call(Needs::INITIALISED, [&] {
        *context = top();
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuCtxGetDevice(CUdevice* device) {
    return driver_call(Needs::CONTEXT, [&] {
        *device = 0;
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuCtxGetApiVersion(CUcontext, unsigned* version) {
    return driver_call(Needs::INITIALISED, [&] {
        *version = 3020; // what real drivers answer since the _v2 functions came
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuCtxGetStreamPriorityRange(int* least, int* greatest) {
    return driver_call(Needs::CONTEXT, [&] {
        *least = 0;
        *greatest = -5;
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuCtxSynchronize() {
    return driver_call(Needs::CONTEXT, [] { return synchronise(); });
}

EXPORT CUresult cuDevicePrimaryCtxRetain(CUcontext* context, CUdevice device) {
    return driver_call(Needs::INITIALISED, [&] {
        if (device != 0) {
            return CUDA_ERROR_INVALID_DEVICE;
        }
        if (primary == nullptr) {
            primary = contexts().add(std::make_shared<Context>());
        }
        primary_users++;
        *context = primary;
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuDevicePrimaryCtxRelease_v2(CUdevice device) {
    return driver_call(Needs::INITIALISED, [&] {
        if (device != 0 || primary_users == 0) {
            return device != 0 ? CUDA_ERROR_INVALID_DEVICE : CUDA_ERROR_INVALID_CONTEXT;
        }
        return --primary_users == 0 ? end_primary() : CUDA_SUCCESS;
    });
}

EXPORT CUresult cuDevicePrimaryCtxReset_v2(CUdevice device) {
    return driver_call(Needs::INITIALISED, [&] {
        return device == 0 ? end_primary() : CUDA_ERROR_INVALID_DEVICE;
    });
}

EXPORT CUresult cuDevicePrimaryCtxSetFlags_v2(CUdevice device, unsigned flags) {
    return driver_call(Needs::INITIALISED, [&] {
        primary_flags = flags;
        return device == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
    });
}

EXPORT CUresult cuDevicePrimaryCtxGetState(CUdevice device, unsigned* flags, int* active) {
    return driver_call(Needs::INITIALISED, [&] {
        *flags = primary_flags;
        *active = primary != nullptr ? 1 : 0;
        return device == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_DEVICE;
    });
}
