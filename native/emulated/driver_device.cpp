// driver_device.cpp: start-up, version, the one device and its attributes. The figures are those of an H200.
#include <cstdio>
#include <cstring>

#include "driver.h"
#include "memory.h"

using namespace emulated;

namespace {

bool started = false;

constexpr int DRIVER_VERSION = 12060;
const char* const DEVICE_NAME = "Rectifier emulated device";

struct Attribute {
    int id;
    int value;
};

constexpr Attribute ATTRIBUTES[] = {
    {1, 1024},        // threads per block
    {2, 1024},        // block x
    {3, 1024},        // block y
    {4, 64},          // block z
    {5, 2147483647},  // grid x
    {6, 65535},       // grid y
    {7, 65535},       // grid z
    {8, 49152},       // shared memory per block
    {9, 65536},       // constant memory
    {10, 32},         // warp
    {11, 2147483647}, // pitch
    {12, 65536},      // registers per block
    {13, 1980000},    // clock, kHz
    {14, 512},        // texture alignment
    {15, 1},          // overlap of copies
    {16, 132},        // multiprocessors
    {19, 1},          // host memory can be mapped
    {31, 1},          // concurrent kernels
    {36, 3201000},    // memory clock, kHz
    {37, 6144},       // memory bus, bits
    {38, 62914560},   // L2, bytes
    {39, 2048},       // threads per multiprocessor
    {40, 3},          // copy engines
    {41, 1},          // unified addresses
    {75, 9},          // compute capability
    {76, 0},
    {78, 1},          // stream priorities
    {79, 1},          // L1 caches global
    {80, 1},          // and local loads
    {81, 233472},     // shared memory per multiprocessor
    {82, 65536},      // registers per multiprocessor
    {97, 232448},     // shared memory per block on request
    {106, 32},        // blocks per multiprocessor
    {111, 1024},      // shared memory reserved per block
    {115, 1},         // memory pools
};
constexpr int LAST_ATTRIBUTE = 147;

CUresult attribute(int* value, int id) {
    if (value == nullptr || id < 1 || id > LAST_ATTRIBUTE) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    *value = 0; // an ability that the emulated device lacks
    for (const Attribute& known : ATTRIBUTES) {
        if (known.id == id) {
            *value = known.value;
        }
    }
    return CUDA_SUCCESS;
}

template <class Body>
CUresult device_call(CUdevice device, Body body) {
    return driver_call(Needs::INITIALISED, [&] { return device == 0 ? body() : CUDA_ERROR_INVALID_DEVICE; });
}

const char* name_of(int code) {
    switch (code) {
#define EMULATED_CODE(name, number, text) \
    case number: \
        return #name;
        EMULATED_CODES(EMULATED_CODE)
#undef EMULATED_CODE
        default:
            return nullptr;
    }
}

const char* text_of(int code) {
    switch (code) {
#define EMULATED_CODE(name, number, text) \
    case number: \
        return text;
        EMULATED_CODES(EMULATED_CODE)
#undef EMULATED_CODE
        default:
            return nullptr;
    }
}

} // namespace

namespace emulated {

bool initialised() { return started; }

std::mutex& Guard::mutex() {
    static auto* instance = new std::mutex;
    return *instance;
}

} // namespace emulated

EXPORT CUresult cuInit(unsigned flags) {
    return driver_call(Needs::NOTHING, [&] {
        started = started || flags == 0;
        return flags == 0 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
    });
}

EXPORT CUresult cuDriverGetVersion(int* version) {
    return driver_call(Needs::NOTHING, [&] {
        *version = DRIVER_VERSION;
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuGetErrorName(int code, const char** name) {
    *name = name_of(code);
    return *name == nullptr ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

EXPORT CUresult cuGetErrorString(int code, const char** text) {
    *text = text_of(code);
    return *text == nullptr ? CUDA_ERROR_INVALID_VALUE : CUDA_SUCCESS;
}

EXPORT CUresult cuDeviceGetCount(int* count) {
    return driver_call(Needs::INITIALISED, [&] {
        *count = 1;
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuDeviceGet(CUdevice* device, int ordinal) {
    return device_call(ordinal, [&] {
        *device = 0;
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuDeviceGetName(char* name, int length, CUdevice device) {
    return device_call(device, [&] {
        std::snprintf(name, static_cast<size_t>(length), "%s", DEVICE_NAME);
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuDeviceGetUuid(void* uuid, CUdevice device) {
    return device_call(device, [&] {
        std::memcpy(uuid, "emulated device", 16);
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuDeviceGetPCIBusId(char* id, int length, CUdevice device) {
    return device_call(device, [&] {
        std::snprintf(id, static_cast<size_t>(length), "0000:00:00.0");
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuDeviceTotalMem_v2(size_t* bytes, CUdevice device) {
    return device_call(device, [&] {
        *bytes = memory().limit();
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuDeviceGetAttribute(int* value, int id, CUdevice device) {
    return device_call(device, [&] { return attribute(value, id); });
}

EXPORT CUresult cuDeviceComputeCapability(int* major, int* minor, CUdevice device) {
    return device_call(device, [&] {
        *major = 9;
        *minor = 0;
        return CUDA_SUCCESS;
    });
}
