// driver_api.h: the driver functions that tests call, and small owners of a context and of device arrays.
#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <string>
#include <vector>

extern "C" {
int cuInit(unsigned);
int cuDriverGetVersion(int*);
int cuGetErrorName(int, const char**);
int cuGetErrorString(int, const char**);
int cuDeviceGetCount(int*);
int cuDeviceGet(int*, int);
int cuDeviceGetName(char*, int, int);
int cuDeviceGetAttribute(int*, int, int);
int cuDeviceTotalMem_v2(size_t*, int);
int cuCtxCreate_v2(void**, unsigned, int);
int cuCtxDestroy_v2(void*);
int cuCtxGetCurrent(void**);
int cuCtxPopCurrent_v2(void**);
int cuCtxSetCurrent(void*);
int cuCtxSynchronize();
int cuDevicePrimaryCtxRetain(void**, int);
int cuDevicePrimaryCtxRelease_v2(int);
int cuMemAlloc_v2(uintptr_t*, size_t);
int cuMemFree_v2(uintptr_t);
int cuMemGetInfo_v2(size_t*, size_t*);
int cuMemHostAlloc(void**, size_t, unsigned);
int cuMemFreeHost(void*);
int cuMemcpyHtoD_v2(uintptr_t, const void*, size_t);
int cuMemcpyDtoH_v2(void*, uintptr_t, size_t);
int cuMemcpyDtoD_v2(uintptr_t, uintptr_t, size_t);
int cuMemsetD8_v2(uintptr_t, unsigned char, size_t);
int cuMemsetD32_v2(uintptr_t, unsigned, size_t);
int cuMemsetD32Async(uintptr_t, unsigned, size_t, void*);
int cuStreamCreate(void**, unsigned);
int cuStreamDestroy_v2(void*);
int cuStreamSynchronize(void*);
int cuStreamBeginCapture_v2(void*, int);
int cuStreamEndCapture(void*, void**);
int cuStreamIsCapturing(void*, int*);
int cuStreamWaitEvent(void*, void*, unsigned);
int cuGraphInstantiateWithFlags(void**, void*, unsigned long long);
int cuGraphLaunch(void*, void*);
int cuGraphGetNodes(void*, void**, size_t*);
int cuGraphExecDestroy(void*);
int cuGraphDestroy(void*);
int cuEventCreate(void**, unsigned);
int cuEventDestroy_v2(void*);
int cuEventRecord(void*, void*);
int cuEventElapsedTime(float*, void*, void*);
int cuModuleLoadData(void**, const void*);
int cuModuleLoad(void**, const char*);
int cuModuleUnload(void*);
int cuModuleGetFunction(void**, void*, const char*);
int cuFuncGetAttribute(int*, int, void*);
int cuFuncSetAttribute(void*, int, int);
int cuOccupancyMaxActiveBlocksPerMultiprocessor(int*, void*, int, size_t);
int cuLaunchKernel(
    void*, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, unsigned, void*, void**, void**);
void rectifier_emulated_set_seed(uint64_t);
void rectifier_emulated_fail_at(uint64_t, int);
uint64_t rectifier_emulated_calls();
uint64_t rectifier_emulated_live_bytes();
uint64_t rectifier_emulated_live_allocations();
uint64_t rectifier_emulated_live_objects();
}

// A fresh context for one test; its end frees memory and clears a sticky error.
class Context {
  public:
    Context() {
        cuInit(0);
        cuCtxCreate_v2(&handle_, 0, 0);
    }
    ~Context() { cuCtxDestroy_v2(handle_); }
    Context(const Context&) = delete;
    Context& operator=(const Context&) = delete;

  private:
    void* handle_ = nullptr;
};

template <class T>
class DeviceArray {
  public:
    explicit DeviceArray(size_t count) : count_(count) { cuMemAlloc_v2(&address_, count * sizeof(T)); }
    explicit DeviceArray(const std::vector<T>& values) : DeviceArray(values.size()) {
        cuMemcpyHtoD_v2(address_, values.data(), count_ * sizeof(T));
    }
    ~DeviceArray() { cuMemFree_v2(address_); }
    DeviceArray(const DeviceArray&) = delete;
    DeviceArray& operator=(const DeviceArray&) = delete;

    std::vector<T> values() const {
        std::vector<T> host(count_);
        cuMemcpyDtoH_v2(host.data(), address_, count_ * sizeof(T));
        return host;
    }
    uintptr_t address() const { return address_; }
    void* parameter() { return &address_; }

  private:
    size_t count_;
    uintptr_t address_ = 0;
};

// A kernel of native/test/kernels.cu.
class TestKernel {
  public:
    explicit TestKernel(const std::string& stem, const std::string& type = "f32") {
        std::string image = "RECTIFIER-EMULATED kernels_" + type;
        cuModuleLoadData(&module_, image.c_str());
        cuModuleGetFunction(&function_, module_, (stem + "_" + type).c_str());
    }
    ~TestKernel() { cuModuleUnload(module_); }
    TestKernel(const TestKernel&) = delete;
    TestKernel& operator=(const TestKernel&) = delete;

    int launch(
        unsigned blocks, unsigned threads, std::vector<void*> parameters, unsigned shared = 0, void* stream = nullptr) {
        return cuLaunchKernel(function_, blocks, 1, 1, threads, 1, 1, shared, stream, parameters.data(), nullptr);
    }
    void* function() const { return function_; }

  private:
    void* module_ = nullptr;
    void* function_ = nullptr;
};
