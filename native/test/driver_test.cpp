// driver_test.cpp: the driver API around the kernels: contexts, memory, copies, limits, injected errors, images,
// graphs.
#include <cmath>
#include <cstdlib>
#include <cstring>

#include "check.h"
#include "driver_api.h"

namespace {

constexpr int INVALID_VALUE = 1;
constexpr int OUT_OF_MEMORY = 2;
constexpr int INVALID_CONTEXT = 201;
constexpr int INVALID_HANDLE = 400;
constexpr int ILLEGAL_ADDRESS = 700;

} // namespace

TEST(a_call_before_init_is_refused) { // must stand first: nothing ends the initialisation
    int count = 0;
    CHECK(cuDeviceGetCount(&count) == 3);
    CHECK(cuInit(0) == 0 && cuDeviceGetCount(&count) == 0 && count == 1);
}

TEST(the_device_says_what_it_is) {
    char name[64];
    int value = 0;
    CHECK(cuDeviceGetName(name, sizeof name, 0) == 0 && std::strstr(name, "emulated") != nullptr);
    CHECK(cuDeviceGetAttribute(&value, 10, 0) == 0 && value == 32);
    CHECK(cuDeviceGetAttribute(&value, 75, 0) == 0 && value == 9);
    CHECK(cuDeviceGetAttribute(&value, 16, 0) == 0 && value == 132);
    CHECK(cuDeviceGetAttribute(&value, 95, 0) == 0 && value == 0); // no cooperative launch
    CHECK(cuDeviceGetAttribute(&value, 100000, 0) == INVALID_VALUE);
    CHECK(cuDeviceGetName(name, sizeof name, 1) == 101);
}

TEST(codes_have_names) {
    const char* text = nullptr;
    CHECK(cuGetErrorName(700, &text) == 0 && std::strcmp(text, "CUDA_ERROR_ILLEGAL_ADDRESS") == 0);
    CHECK(cuGetErrorString(2, &text) == 0 && std::strcmp(text, "out of memory") == 0);
    CHECK(cuGetErrorName(12345, &text) == INVALID_VALUE);
}

TEST(memory_needs_a_context) {
    uintptr_t address = 0;
    CHECK(cuMemAlloc_v2(&address, 16) == INVALID_CONTEXT);
    void* context = nullptr;
    CHECK(cuDevicePrimaryCtxRetain(&context, 0) == 0 && cuCtxSetCurrent(context) == 0);
    CHECK(cuMemAlloc_v2(&address, 16) == 0 && cuMemFree_v2(address) == 0);
    CHECK(cuDevicePrimaryCtxRelease_v2(0) == 0);
    CHECK(cuMemAlloc_v2(&address, 16) == INVALID_CONTEXT);
    CHECK(cuCtxPopCurrent_v2(&context) == 0);
    CHECK(cuDevicePrimaryCtxRelease_v2(0) == INVALID_CONTEXT);
}

TEST(live_bytes_and_allocations_are_counted) {
    Context context;
    uint64_t before = rectifier_emulated_live_objects();
    uintptr_t address = 0;
    size_t available = 0;
    size_t total = 0;
    void* stream = nullptr;
    CHECK(rectifier_emulated_live_bytes() == 0 && rectifier_emulated_live_allocations() == 0);
    CHECK(cuMemAlloc_v2(&address, 1000) == 0 && cuStreamCreate(&stream, 0) == 0);
    CHECK(rectifier_emulated_live_bytes() == 1000 && rectifier_emulated_live_allocations() == 1);
    CHECK(cuMemGetInfo_v2(&available, &total) == 0 && total - available == 1000);
    CHECK(rectifier_emulated_live_objects() == before + 1);
    CHECK(cuMemFree_v2(address) == 0 && cuStreamDestroy_v2(stream) == 0);
    CHECK(rectifier_emulated_live_bytes() == 0 && rectifier_emulated_live_objects() == before);
}

TEST(a_context_takes_its_memory_with_it) {
    {
        Context context;
        uintptr_t address = 0;
        CHECK(cuMemAlloc_v2(&address, 1000) == 0);
    }
    CHECK(rectifier_emulated_live_bytes() == 0);
}

TEST(new_and_freed_memory_reads_as_nan) {
    Context context;
    DeviceArray<float> floats(7);
    DeviceArray<double> doubles(3);
    bool poisoned = true;
    for (float value : floats.values()) {
        poisoned = poisoned && std::isnan(value);
    }
    for (double value : doubles.values()) {
        poisoned = poisoned && std::isnan(value);
    }
    CHECK(poisoned);
}

TEST(freeing_twice_or_inside_is_refused) {
    Context context;
    uintptr_t address = 0;
    CHECK(cuMemAlloc_v2(&address, 64) == 0);
    CHECK(cuMemFree_v2(address + 8) == INVALID_VALUE);
    CHECK(cuMemFree_v2(address) == 0);
    CHECK(cuMemFree_v2(address) == INVALID_VALUE);
    CHECK(cuMemFree_v2(0) == 0);
}

TEST(a_copy_outside_an_allocation_is_refused) {
    Context context;
    DeviceArray<char> x(100);
    char host[200] = {};
    CHECK(cuMemcpyHtoD_v2(x.address(), host, 100) == 0);
    CHECK(cuMemcpyHtoD_v2(x.address() + 1, host, 100) == INVALID_VALUE);
    CHECK(cuMemcpyDtoH_v2(host, x.address(), 101) == INVALID_VALUE);
    CHECK(cuMemcpyDtoH_v2(host, reinterpret_cast<uintptr_t>(host), 1) == INVALID_VALUE);
    CHECK(cuMemcpyDtoD_v2(x.address(), x.address() + 50, 51) == INVALID_VALUE);
    CHECK(cuMemsetD8_v2(x.address(), 1, 101) == INVALID_VALUE);
    CHECK(cuMemsetD32_v2(x.address() + 2, 1, 1) == INVALID_VALUE);
}

TEST(copies_and_fills_move_the_right_bytes) {
    Context context;
    DeviceArray<int> x(std::vector<int>{1, 2, 3, 4});
    DeviceArray<int> y(4);
    CHECK(cuMemsetD32_v2(y.address(), 9, 4) == 0);
    CHECK(cuMemcpyDtoD_v2(y.address() + 4, x.address(), 8) == 0);
    CHECK(cuMemsetD8_v2(y.address() + 12, 1, 4) == 0);
    CHECK(y.values() == (std::vector<int>{9, 1, 2, 0x01010101}));
}

TEST(an_overrun_shows_at_free_and_synchronize) {
    for (int at_free = 0; at_free < 2; at_free++) {
        Context context;
        uintptr_t address = 0;
        CHECK(cuMemAlloc_v2(&address, 10) == 0);
        reinterpret_cast<char*>(address)[10] = 0;
        CHECK((at_free != 0 ? cuMemFree_v2(address) : cuCtxSynchronize()) == ILLEGAL_ADDRESS);
        CHECK(cuCtxSynchronize() == ILLEGAL_ADDRESS); // sticky
    }
    Context context; // and gone with the context
    CHECK(cuCtxSynchronize() == 0);
}

TEST(a_write_into_freed_memory_shows_when_the_context_ends) {
    void* context = nullptr;
    uintptr_t address = 0;
    CHECK(cuCtxCreate_v2(&context, 0, 0) == 0);
    CHECK(cuMemAlloc_v2(&address, 100) == 0 && cuMemFree_v2(address) == 0);
    reinterpret_cast<char*>(address)[50] = 1;
    CHECK(cuCtxDestroy_v2(context) == ILLEGAL_ADDRESS);
    CHECK(cuCtxCreate_v2(&context, 0, 0) == 0 && cuCtxSynchronize() == 0 && cuCtxDestroy_v2(context) == 0);
}

TEST(memory_runs_out_at_the_limit) {
    Context context;
    size_t limit = 0;
    CHECK(cuDeviceTotalMem_v2(&limit, 0) == 0 && limit == 64 << 20); // set by test.sh
    uintptr_t first = 0;
    uintptr_t second = 0;
    CHECK(cuMemAlloc_v2(&first, limit - 10) == 0);
    CHECK(cuMemAlloc_v2(&second, 11) == OUT_OF_MEMORY);
    CHECK(cuMemAlloc_v2(&second, SIZE_MAX) == OUT_OF_MEMORY);
    CHECK(cuMemAlloc_v2(&second, 10) == 0);
    CHECK(cuMemAlloc_v2(&second, 0) == INVALID_VALUE);
    CHECK(cuCtxSynchronize() == 0); // not sticky
}

TEST(the_nth_call_fails_as_ordered_and_does_nothing) {
    Context context;
    uintptr_t address = 0;
    rectifier_emulated_fail_at(3, 999);
    uint64_t calls = rectifier_emulated_calls();
    CHECK(cuCtxSynchronize() == 0);
    CHECK(cuCtxSynchronize() == 0);
    CHECK(cuMemAlloc_v2(&address, 10) == 999);
    CHECK(cuMemAlloc_v2(&address, 10) == 0);
    CHECK(rectifier_emulated_calls() - calls == 4 && rectifier_emulated_live_allocations() == 1);
}

TEST(an_injected_error_that_loses_the_context_sticks_until_it_ends) {
    {
        Context context;
        rectifier_emulated_fail_at(1, ILLEGAL_ADDRESS);
        CHECK(cuCtxSynchronize() == ILLEGAL_ADDRESS);
        CHECK(cuCtxSynchronize() == ILLEGAL_ADDRESS);
    }
    Context context;
    CHECK(cuCtxSynchronize() == 0);
    rectifier_emulated_fail_at(1, OUT_OF_MEMORY);
    CHECK(cuCtxSynchronize() == OUT_OF_MEMORY);
    CHECK(cuCtxSynchronize() == 0); // the context lives on
}

TEST(wrong_images_names_and_handles_are_refused) {
    Context context;
    void* module = nullptr;
    void* function = nullptr;
    CHECK(cuModuleLoadData(&module, "something else") == 200);
    CHECK(cuModuleLoadData(&module, "RECTIFIER-EMULATED nothing_f32") == 200);
    CHECK(cuModuleLoadData(&module, "RECTIFIER-EMULATED kernels_f64") == 0);
    CHECK(cuModuleGetFunction(&function, module, "axpy_f32") == 500); // of the other file
    CHECK(cuModuleGetFunction(&function, module, "axpy_f64") == 0);
    CHECK(cuModuleUnload(module) == 0 && cuModuleUnload(module) == INVALID_HANDLE);
    CHECK(cuLaunchKernel(function, 1, 1, 1, 1, 1, 1, 0, nullptr, nullptr, nullptr) == INVALID_HANDLE);
    CHECK(cuModuleLoad(&module, "a file") == 801); // known by name only
}

TEST(geometry_outside_the_limits_is_refused) {
    Context context;
    TestKernel kernel("touch_shared");
    int index = 0;
    void* parameters[] = {&index};
    auto launch = [&](unsigned grid_y, unsigned block_x, unsigned block_z, unsigned shared) {
        return cuLaunchKernel(
            kernel.function(), 1, grid_y, 1, block_x, 1, block_z, shared, nullptr, parameters, nullptr);
    };
    CHECK(launch(1, 32, 1, 16) == 0);
    CHECK(launch(0, 32, 1, 16) == INVALID_VALUE);
    CHECK(launch(65536, 32, 1, 16) == INVALID_VALUE);
    CHECK(launch(1, 1025, 1, 16) == INVALID_VALUE);
    CHECK(launch(1, 32, 33, 16) == INVALID_VALUE);
    CHECK(launch(1, 1, 65, 16) == INVALID_VALUE);
    CHECK(launch(1, 32, 1, 49153) == INVALID_VALUE);
    CHECK(cuFuncSetAttribute(kernel.function(), 8, 232448) == 0 && launch(1, 32, 1, 232448) == 0);
    CHECK(cuFuncSetAttribute(kernel.function(), 8, 232449) == INVALID_VALUE);
    parameters[0] = nullptr;
    CHECK(launch(1, 32, 1, 16) == INVALID_VALUE);
}

TEST(a_captured_stream_replays_its_work) {
    Context context;
    TestKernel axpy("axpy");
    DeviceArray<float> x(std::vector<float>(10, 1.0f));
    DeviceArray<float> y(std::vector<float>(10, 0.0f));
    void *stream = nullptr, *graph = nullptr, *executable = nullptr;
    int n = 10;
    float a = 2;
    size_t nodes = 0;
    CHECK(cuStreamCreate(&stream, 1) == 0 && cuStreamBeginCapture_v2(stream, 0) == 0);
    CHECK(axpy.launch(1, 32, {y.parameter(), x.parameter(), &n, &a}, 0, stream) == 0);
    a = 100; // the graph has its own copy of the arguments
    CHECK(cuMemsetD32Async(x.address(), 0, 1, stream) == 0);
    CHECK(cuStreamEndCapture(stream, &graph) == 0 && cuGraphGetNodes(graph, nullptr, &nodes) == 0 && nodes == 2);
    CHECK(y.values()[0] == 0);
    CHECK(cuGraphInstantiateWithFlags(&executable, graph, 0) == 0 && cuGraphDestroy(graph) == 0);
    for (int i = 0; i < 3; i++) {
        CHECK(cuGraphLaunch(executable, stream) == 0);
    }
    CHECK(y.values()[0] == 2 && y.values()[9] == 6);
    CHECK(cuGraphExecDestroy(executable) == 0 && cuStreamDestroy_v2(stream) == 0);
}

TEST(what_a_capture_forbids_spoils_it) {
    Context context;
    void *stream = nullptr, *graph = nullptr;
    uintptr_t address = 0;
    int status = 0;
    CHECK(cuStreamCreate(&stream, 0) == 0 && cuStreamBeginCapture_v2(stream, 0) == 0);
    CHECK(cuMemAlloc_v2(&address, 10) == 900);
    CHECK(cuStreamIsCapturing(stream, &status) == 0 && status == 2);
    CHECK(cuStreamEndCapture(stream, &graph) == 901 && graph == nullptr);
    CHECK(cuStreamEndCapture(stream, &graph) == 903);
    CHECK(cuMemAlloc_v2(&address, 10) == 0);
    CHECK(cuStreamDestroy_v2(stream) == 0);
}

TEST(a_copy_that_waits_for_all_streams_spoils_a_capture) {
    Context context;
    DeviceArray<float> y(std::vector<float>(10, 0.0f));
    void *stream = nullptr, *graph = nullptr;
    float value = 1;
    CHECK(cuStreamCreate(&stream, 0) == 0 && cuStreamBeginCapture_v2(stream, 1) == 0);
    CHECK(cuMemcpyHtoD_v2(y.address(), &value, sizeof value) == 906);
    CHECK(cuStreamEndCapture(stream, &graph) == 901 && graph == nullptr);
    CHECK(cuStreamDestroy_v2(stream) == 0);
}

TEST(a_capture_ends_with_its_context) {
    void* stream = nullptr;
    uintptr_t address = 0;
    {
        Context context;
        CHECK(cuStreamCreate(&stream, 0) == 0 && cuStreamBeginCapture_v2(stream, 1) == 0);
    }
    Context context;
    CHECK(cuMemAlloc_v2(&address, 10) == 0);
    CHECK(cuStreamDestroy_v2(stream) == 0);
}

TEST(events_measure_between_records) {
    Context context;
    void *first = nullptr, *second = nullptr;
    float milliseconds = -1;
    CHECK(cuEventCreate(&first, 0) == 0 && cuEventCreate(&second, 0) == 0);
    CHECK(cuEventRecord(first, nullptr) == 0);
    CHECK(cuEventElapsedTime(&milliseconds, first, second) == INVALID_HANDLE);
    CHECK(cuEventRecord(second, nullptr) == 0);
    CHECK(cuEventElapsedTime(&milliseconds, first, second) == 0 && milliseconds >= 0);
    CHECK(cuEventDestroy_v2(first) == 0 && cuEventDestroy_v2(second) == 0);
    CHECK(cuEventDestroy_v2(second) == INVALID_HANDLE);
}

TEST(occupancy_counts_threads_and_shared_memory) {
    Context context;
    TestKernel kernel("sum");
    int blocks = 0;
    CHECK(cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel.function(), 256, 0) == 0 && blocks == 8);
    CHECK(cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel.function(), 32, 0) == 0 && blocks == 32);
    CHECK(cuOccupancyMaxActiveBlocksPerMultiprocessor(&blocks, kernel.function(), 32, 100000) == 0 && blocks == 2);
}

int main() { return check::run_all(); }
