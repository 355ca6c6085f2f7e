// control_jni.cpp: the native half of the test class dev.rectifier.engine.cuda.EmulatedControl. Static methods of plain
// numbers, so neither jni.h nor a JDK is needed: the two leading pointers are the JNI environment and the class.
#include <cstdint>

#include "driver.h"

EXPORT void rectifier_emulated_set_seed(uint64_t seed);
EXPORT void rectifier_emulated_fail_at(uint64_t n, int code);
EXPORT uint64_t rectifier_emulated_calls();
EXPORT uint64_t rectifier_emulated_live_bytes();
EXPORT uint64_t rectifier_emulated_live_allocations();
EXPORT uint64_t rectifier_emulated_live_objects();

#define CONTROL(method) Java_dev_rectifier_engine_cuda_EmulatedControl_##method

EXPORT void CONTROL(seed)(void*, void*, int64_t seed) { rectifier_emulated_set_seed(static_cast<uint64_t>(seed)); }

EXPORT void CONTROL(failAt)(void*, void*, int64_t call, int32_t code) {
    rectifier_emulated_fail_at(static_cast<uint64_t>(call), code);
}

EXPORT int64_t CONTROL(calls)(void*, void*) { return static_cast<int64_t>(rectifier_emulated_calls()); }

EXPORT int64_t CONTROL(liveBytes)(void*, void*) { return static_cast<int64_t>(rectifier_emulated_live_bytes()); }

EXPORT int64_t CONTROL(liveAllocations)(void*, void*) {
    return static_cast<int64_t>(rectifier_emulated_live_allocations());
}

EXPORT int64_t CONTROL(liveObjects)(void*, void*) { return static_cast<int64_t>(rectifier_emulated_live_objects()); }
