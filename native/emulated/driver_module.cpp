// driver_module.cpp: modules, functions, occupancy and launches. An image is the text "RECTIFIER-EMULATED
// <stem>_<f32|f64>".
#include <algorithm>
#include <cstring>

#include "driver.h"
#include "launch.h"
#include "registry.h"

using namespace emulated;

namespace {

constexpr char IMAGE_PREFIX[] = "RECTIFIER-EMULATED ";
constexpr unsigned DEFAULT_DYNAMIC_SHARED = 49152;
constexpr int MAXIMAL_DYNAMIC_SHARED = 232448;
constexpr int SHARED_PER_MULTIPROCESSOR = 233472;
constexpr int RESERVED_SHARED = 1024;
constexpr int MULTIPROCESSORS = 132;

struct Function {
    const Module* module;
    const Kernel* kernel;
    unsigned dynamic_shared_limit = DEFAULT_DYNAMIC_SHARED;
};

struct LoadedModule {
    const Module* module;
    std::vector<std::unique_ptr<Function>> functions;
};

Handles<LoadedModule>& modules() {
    static auto* instance = new Handles<LoadedModule>;
    return *instance;
}

Function* find_function(CUfunction handle) {
    Function* found = nullptr;
    modules().each([&](LoadedModule& loaded) {
        for (auto& function : loaded.functions) {
            found = function.get() == handle ? function.get() : found;
        }
    });
    return found;
}

CUresult load(CUmodule* module, const void* image) {
    if (module == nullptr || image == nullptr) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    const auto* text = static_cast<const char*>(image);
    const Module* known = std::strncmp(text, IMAGE_PREFIX, sizeof IMAGE_PREFIX - 1) == 0
                              ? find_module(text + sizeof IMAGE_PREFIX - 1)
                              : nullptr;
    if (known == nullptr) {
        return CUDA_ERROR_INVALID_IMAGE;
    }
    auto loaded = std::make_shared<LoadedModule>();
    loaded->module = known;
    for (size_t i = 0; i < known->count; i++) {
        loaded->functions.push_back(std::make_unique<Function>(Function{known, &known->kernels[i]}));
    }
    *module = modules().add(std::move(loaded));
    return CUDA_SUCCESS;
}

CUresult lookup(CUfunction* function, const LoadedModule& loaded, const char* name) {
    for (const auto& candidate : loaded.functions) {
        if (std::strcmp(candidate->kernel->name, name) == 0) {
            *function = candidate.get();
            return CUDA_SUCCESS;
        }
    }
    return CUDA_ERROR_NOT_FOUND;
}

template <class Body>
CUresult function_call(CUfunction handle, Body body) {
    return driver_call(Needs::CONTEXT, [&] {
        Function* function = find_function(handle);
        return function == nullptr ? CUDA_ERROR_INVALID_HANDLE : body(*function);
    });
}

CUresult attribute(int* value, int id, const Function& function) {
    // threads, static shared, constant, local, registers, PTX version, code version, cache, dynamic shared, carve-out
    constexpr int NUMBERS[] = {1024, 0, 0, 0, 32, 90, 90, 0, 0, -1};
    constexpr int DYNAMIC_SHARED_LIMIT = 8;
    if (value == nullptr || id < 0 || id > 9) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    *value = id == DYNAMIC_SHARED_LIMIT ? static_cast<int>(function.dynamic_shared_limit) : NUMBERS[id];
    return CUDA_SUCCESS;
}

CUresult set_attribute(Function& function, int id, int value) {
    constexpr int DYNAMIC_SHARED_LIMIT = 8;
    constexpr int CARVEOUT = 9;
    if (id == DYNAMIC_SHARED_LIMIT && value >= 0 && value <= MAXIMAL_DYNAMIC_SHARED) {
        function.dynamic_shared_limit = static_cast<unsigned>(value);
        return CUDA_SUCCESS;
    }
    return id == CARVEOUT && value >= -1 && value <= 100 ? CUDA_SUCCESS : CUDA_ERROR_INVALID_VALUE;
}

int resident_blocks(int threads, size_t shared) {
    int warps = (threads + 31) / 32;
    int by_shared = static_cast<int>(SHARED_PER_MULTIPROCESSOR / (shared + RESERVED_SHARED));
    return std::min({32, 64 / warps, by_shared});
}

struct Geometry {
    dim3 grid;
    dim3 block;
    unsigned shared_bytes;
};

CUresult launch(const Function& function, const Geometry& geometry, CUstream stream, void** parameters) {
    const Kernel& kernel = *function.kernel;
    bool missing = kernel.parameters != 0 && parameters == nullptr;
    for (size_t i = 0; i < kernel.parameters && !missing; i++) {
        missing = parameters[i] == nullptr;
    }
    if (missing) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    Launch work{function.module,     function.kernel,       geometry.grid,
                geometry.block,      geometry.shared_bytes, nullptr};
    if (CUresult refused = check_geometry(work, function.dynamic_shared_limit)) {
        return refused;
    }
    work.arguments = kernel.copy(parameters);
    return enqueue(stream, [work] { return run(work); });
}

} // namespace

namespace emulated {

size_t live_modules() { return modules().size(); }

} // namespace emulated

EXPORT CUresult cuModuleLoadData(CUmodule* module, const void* image) {
    return driver_call(Needs::CONTEXT, [&] { return load(module, image); });
}

EXPORT CUresult cuModuleLoadDataEx(CUmodule* module, const void* image, unsigned, int*, void**) {
    return driver_call(Needs::CONTEXT, [&] { return load(module, image); });
}

EXPORT CUresult cuModuleLoadFatBinary(CUmodule* module, const void* image) {
    return driver_call(Needs::CONTEXT, [&] { return load(module, image); });
}

EXPORT CUresult cuModuleUnload(CUmodule module) {
    return driver_call(Needs::CONTEXT, [&] { return modules().remove(module); });
}

EXPORT CUresult cuModuleGetFunction(CUfunction* function, CUmodule module, const char* name) {
    return driver_call(Needs::CONTEXT, [&] {
        std::shared_ptr<LoadedModule> loaded = modules().find(module);
        return loaded ? lookup(function, *loaded, name) : CUDA_ERROR_INVALID_HANDLE;
    });
}

EXPORT CUresult cuFuncGetAttribute(int* value, int id, CUfunction function) {
    return function_call(function, [&](Function& found) { return attribute(value, id, found); });
}

EXPORT CUresult cuFuncSetAttribute(CUfunction function, int id, int value) {
    return function_call(function, [&](Function& found) { return set_attribute(found, id, value); });
}

EXPORT CUresult cuFuncSetCacheConfig(CUfunction function, int) {
    return function_call(function, [](Function&) { return CUDA_SUCCESS; });
}

EXPORT CUresult cuOccupancyMaxActiveBlocksPerMultiprocessor(
    int* blocks, CUfunction function, int threads, size_t shared) {
    return function_call(function, [&](Function&) {
        if (threads < 1) {
            return CUDA_ERROR_INVALID_VALUE;
        }
        *blocks = threads > 1024 ? 0 : resident_blocks(threads, shared);
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuOccupancyMaxActiveBlocksPerMultiprocessorWithFlags(
    int* blocks, CUfunction function, int threads, size_t shared, unsigned) {
    return cuOccupancyMaxActiveBlocksPerMultiprocessor(blocks, function, threads, shared);
}

// Without the callback that makes shared memory depend on the block: dynamic shared memory is taken as given.
EXPORT CUresult cuOccupancyMaxPotentialBlockSize(
    int* grid, int* block, CUfunction function, size_t (*)(int), size_t shared, int limit) {
    return function_call(function, [&](Function&) {
        *block = limit > 0 ? std::min(limit, 1024) : 1024;
        *grid = MULTIPROCESSORS * resident_blocks(*block, shared);
        return CUDA_SUCCESS;
    });
}

EXPORT CUresult cuLaunchKernel(
    CUfunction function, unsigned grid_x, unsigned grid_y, unsigned grid_z, unsigned block_x, unsigned block_y,
    unsigned block_z, unsigned shared_bytes, CUstream stream, void** parameters, void** extra) {
    return function_call(function, [&](Function& found) {
        Geometry geometry{{grid_x, grid_y, grid_z}, {block_x, block_y, block_z}, shared_bytes};
        return extra != nullptr ? CUDA_ERROR_NOT_SUPPORTED : launch(found, geometry, stream, parameters);
    });
}
