// cublas_handle.cpp: handles and their settings. Compiled once per version of the library that is doubled.
#include <memory>
#include <set>

#include "cublas_types.h"

#if !defined(CUBLAS_DOUBLE_VERSION)
#define CUBLAS_DOUBLE_VERSION 120600
#endif

using namespace blas;

namespace {

std::set<const Handle*>& handles() {
    static auto* live = new std::set<const Handle*>;
    return *live;
}

template <class Body>
cublasStatus with(Handle* handle, Body body) {
    if (!is_live(handle)) {
        return CUBLAS_STATUS_NOT_INITIALIZED;
    }
    body(*handle);
    return CUBLAS_STATUS_SUCCESS;
}

} // namespace

namespace blas {

bool is_live(const Handle* handle) { return handles().count(handle) != 0; }

} // namespace blas

EXPORT cublasStatus cublasCreate_v2(Handle** handle) {
    *handle = std::make_unique<Handle>().release(); // owned by whoever called, until cublasDestroy
    handles().insert(*handle);
    return CUBLAS_STATUS_SUCCESS;
}

EXPORT cublasStatus cublasDestroy_v2(Handle* handle) {
    if (handles().erase(handle) == 0) {
        return CUBLAS_STATUS_NOT_INITIALIZED;
    }
    delete handle;
    return CUBLAS_STATUS_SUCCESS;
}

EXPORT cublasStatus cublasGetVersion_v2(Handle* handle, int* version) {
    return with(handle, [&](Handle&) { *version = CUBLAS_DOUBLE_VERSION; });
}

EXPORT cublasStatus cublasSetStream_v2(Handle* handle, void* stream) {
    return with(handle, [&](Handle& h) { h.stream = stream; });
}

EXPORT cublasStatus cublasGetStream_v2(Handle* handle, void** stream) {
    return with(handle, [&](Handle& h) { *stream = h.stream; });
}

EXPORT cublasStatus cublasSetWorkspace_v2(Handle* handle, void*, size_t) {
    return with(handle, [](Handle&) {}); // the double needs none
}

EXPORT cublasStatus cublasSetPointerMode_v2(Handle* handle, int mode) {
    return with(handle, [&](Handle& h) { h.pointer_mode = mode; });
}

EXPORT cublasStatus cublasGetPointerMode_v2(Handle* handle, int* mode) {
    return with(handle, [&](Handle& h) { *mode = h.pointer_mode; });
}

EXPORT cublasStatus cublasSetMathMode(Handle* handle, int mode) {
    return with(handle, [&](Handle& h) { h.math_mode = mode; });
}

EXPORT cublasStatus cublasGetMathMode(Handle* handle, int* mode) {
    return with(handle, [&](Handle& h) { *mode = h.math_mode; });
}

EXPORT cublasStatus cublasSetAtomicsMode(Handle* handle, int mode) {
    return with(handle, [&](Handle& h) { h.atomics_mode = mode; });
}

EXPORT cublasStatus cublasGetAtomicsMode(Handle* handle, int* mode) {
    return with(handle, [&](Handle& h) { *mode = h.atomics_mode; });
}

EXPORT const char* cublasGetStatusName(int status) {
    switch (status) {
        case CUBLAS_STATUS_SUCCESS: return "CUBLAS_STATUS_SUCCESS";
        case CUBLAS_STATUS_NOT_INITIALIZED: return "CUBLAS_STATUS_NOT_INITIALIZED";
        case CUBLAS_STATUS_INVALID_VALUE: return "CUBLAS_STATUS_INVALID_VALUE";
        case CUBLAS_STATUS_EXECUTION_FAILED: return "CUBLAS_STATUS_EXECUTION_FAILED";
        case CUBLAS_STATUS_NOT_SUPPORTED: return "CUBLAS_STATUS_NOT_SUPPORTED";
        default: return "unknown cuBLAS status";
    }
}

EXPORT const char* cublasGetStatusString(int status) { return cublasGetStatusName(status); }
