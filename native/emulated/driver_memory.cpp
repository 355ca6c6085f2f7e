// driver_memory.cpp: allocation, copies and fills. «Asynchronous» ones are done at once, or kept where a stream is
// captured.
#include <cstring>

#include "driver.h"
#include "memory.h"

using namespace emulated;

namespace {

CUresult intact(CUdeviceptr address) {
    std::string fault = memory().damage_near(address);
    return fault.empty() ? CUDA_SUCCESS : report(CUDA_ERROR_ILLEGAL_ADDRESS, "copy: " + fault);
}

CUresult to_device(CUdeviceptr to, const void* from, size_t bytes) {
    if (bytes == 0) {
        return CUDA_SUCCESS;
    }
    if (from == nullptr || !memory().covers(to, bytes)) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    std::memcpy(reinterpret_cast<void*>(to), from, bytes);
    return intact(to);
}

CUresult to_host(void* to, CUdeviceptr from, size_t bytes) {
    if (bytes == 0) {
        return CUDA_SUCCESS;
    }
    if (to == nullptr || !memory().covers(from, bytes)) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    std::memcpy(to, reinterpret_cast<const void*>(from), bytes);
    return intact(from);
}

CUresult within_device(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
    if (bytes == 0) {
        return CUDA_SUCCESS;
    }
    if (!(memory().covers(to, bytes) && memory().covers(from, bytes))) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    std::memmove(reinterpret_cast<void*>(to), reinterpret_cast<const void*>(from), bytes);
    CUresult source = intact(from);
    return source != CUDA_SUCCESS ? source : intact(to);
}

template <class Value>
CUresult fill(CUdeviceptr to, Value value, size_t count) {
    if (to % sizeof(Value) != 0 || !memory().covers(to, count * sizeof(Value))) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    auto* cells = reinterpret_cast<Value*>(to);
    for (size_t i = 0; i < count; i++) {
        cells[i] = value;
    }
    return intact(to);
}

CUresult copy_call(CUstream stream, Operation operation) {
    return driver_call(Needs::CONTEXT, [&] { return enqueue(stream, std::move(operation)); });
}

CUresult allocate(CUdeviceptr* address, size_t bytes) {
    return address == nullptr ? CUDA_ERROR_INVALID_VALUE : memory().allocate(bytes, current_context(), address);
}

CUresult release(CUdeviceptr address) { return address == 0 ? CUDA_SUCCESS : memory().release(address); }

// Allocation and release are not allowed while a capture is under way.
template <class Body>
CUresult eager_call(Body body) {
    return driver_call(Needs::CONTEXT, [&] {
        CUresult refused = refusal_while_capturing();
        return refused != CUDA_SUCCESS ? refused : body();
    });
}

} // namespace

EXPORT CUresult cuMemGetInfo_v2(size_t* available, size_t* total) {
    return driver_call(Needs::CONTEXT, [&] {
        *available = memory().limit() - memory().live_bytes();
        *total = memory().limit();
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuMemAlloc_v2(CUdeviceptr* address, size_t bytes) {
    return eager_call([&] { return allocate(address, bytes); });
}

EXPORT CUresult cuMemFree_v2(CUdeviceptr address) {
    return eager_call([&] { return release(address); });
}

EXPORT CUresult cuMemAllocAsync(CUdeviceptr* address, size_t bytes, CUstream) {
    return eager_call([&] { return allocate(address, bytes); });
}

EXPORT CUresult cuMemFreeAsync(CUdeviceptr address, CUstream) {
    return eager_call([&] { return release(address); });
}

EXPORT CUresult cuMemGetAddressRange_v2(CUdeviceptr* base, size_t* bytes, CUdeviceptr address) {
    return driver_call(Needs::CONTEXT, [&] {
        return memory().range(address, base, bytes) ? CUDA_SUCCESS : CUDA_ERROR_NOT_FOUND;
    });
}

EXPORT CUresult cuMemHostAlloc(void** address, size_t bytes, unsigned) {
    return eager_call([&] { return memory().allocate_host(bytes, address); });
}

EXPORT CUresult cuMemAllocHost_v2(void** address, size_t bytes) {
    return eager_call([&] { return memory().allocate_host(bytes, address); });
}

EXPORT CUresult cuMemFreeHost(void* address) {
    return eager_call([&] { return memory().release_host(address); });
}

EXPORT CUresult cuMemHostGetDevicePointer_v2(CUdeviceptr* device, void* host, unsigned) {
    return driver_call(Needs::CONTEXT, [&] {
        *device = reinterpret_cast<CUdeviceptr>(host);
        return memory().knows(*device) ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
    });
}

EXPORT CUresult cuMemcpyHtoD_v2(CUdeviceptr to, const void* from, size_t bytes) {
    return copy_call(nullptr, [=] { return to_device(to, from, bytes); });
}

EXPORT CUresult cuMemcpyHtoDAsync_v2(CUdeviceptr to, const void* from, size_t bytes, CUstream stream) {
    return copy_call(stream, [=] { return to_device(to, from, bytes); });
}

EXPORT CUresult cuMemcpyDtoH_v2(void* to, CUdeviceptr from, size_t bytes) {
    return copy_call(nullptr, [=] { return to_host(to, from, bytes); });
}

EXPORT CUresult cuMemcpyDtoHAsync_v2(void* to, CUdeviceptr from, size_t bytes, CUstream stream) {
    return copy_call(stream, [=] { return to_host(to, from, bytes); });
}

EXPORT CUresult cuMemcpyDtoD_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes) {
    return copy_call(nullptr, [=] { return within_device(to, from, bytes); });
}

EXPORT CUresult cuMemcpyDtoDAsync_v2(CUdeviceptr to, CUdeviceptr from, size_t bytes, CUstream stream) {
    return copy_call(stream, [=] { return within_device(to, from, bytes); });
}

EXPORT CUresult cuMemsetD8_v2(CUdeviceptr to, unsigned char value, size_t count) {
    return copy_call(nullptr, [=] { return fill(to, value, count); });
}

EXPORT CUresult cuMemsetD8Async(CUdeviceptr to, unsigned char value, size_t count, CUstream stream) {
    return copy_call(stream, [=] { return fill(to, value, count); });
}

EXPORT CUresult cuMemsetD16_v2(CUdeviceptr to, unsigned short value, size_t count) {
    return copy_call(nullptr, [=] { return fill(to, value, count); });
}

EXPORT CUresult cuMemsetD16Async(CUdeviceptr to, unsigned short value, size_t count, CUstream stream) {
    return copy_call(stream, [=] { return fill(to, value, count); });
}

EXPORT CUresult cuMemsetD32_v2(CUdeviceptr to, unsigned value, size_t count) {
    return copy_call(nullptr, [=] { return fill(to, value, count); });
}

EXPORT CUresult cuMemsetD32Async(CUdeviceptr to, unsigned value, size_t count, CUstream stream) {
    return copy_call(stream, [=] { return fill(to, value, count); });
}
