// launch.cpp: see launch.h.
#include "launch.h"

#include <cstring>
#include <numeric>

#include "block.h"
#include "control.h"
#include "fault.h"
#include "memory.h"

extern uint3 blockIdx;
extern dim3 blockDim;
extern dim3 gridDim;

namespace emulated {

namespace {

constexpr size_t SHARED_GUARD = 256;
std::vector<unsigned char> dynamic_bytes;
unsigned char* dynamic_start = nullptr;

std::string label(const Launch& launch) {
    return std::string("kernel ") + launch.kernel->name + ", grid " + text(launch.grid) + ", block " +
           text(launch.block);
}

CUresult fault(CUresult code, const Launch& launch, const std::string& what) {
    return report(code, label(launch) + ": " + what);
}

CUresult check_argument(const Launch& launch, size_t index, const Argument& argument) {
    std::string which = "argument " + std::to_string(index);
    if (!argument.is_pointer || argument.value == 0) {
        return CUDA_SUCCESS;
    }
    if (!memory().knows(argument.value)) {
        return fault(CUDA_ERROR_ILLEGAL_ADDRESS, launch,
                     which + " points to no live device memory (wrong order of arguments, or freed?)");
    }
    if (argument.value % argument.alignment != 0) {
        return fault(CUDA_ERROR_MISALIGNED_ADDRESS, launch,
                     which + " is not aligned to " + std::to_string(argument.alignment) + " bytes");
    }
    return CUDA_SUCCESS;
}

CUresult check_guards(const Launch& launch, const std::vector<Argument>& arguments) {
    for (const Argument& argument : arguments) {
        std::string damage = argument.is_pointer ? memory().damage_near(argument.value) : std::string();
        if (!damage.empty()) {
            return fault(CUDA_ERROR_ILLEGAL_ADDRESS, launch, damage);
        }
    }
    return CUDA_SUCCESS;
}

void prepare_shared(const Launch& launch) {
    dynamic_bytes.assign(launch.shared_bytes + 2 * SHARED_GUARD, GUARD_BYTE);
    auto address = reinterpret_cast<uintptr_t>(dynamic_bytes.data());
    dynamic_start = dynamic_bytes.data() + (SHARED_GUARD - address % SHARED_GUARD);
}

void poison_shared(const Launch& launch) {
    poison(launch.module->shared_begin, static_cast<size_t>(launch.module->shared_end - launch.module->shared_begin));
    poison(dynamic_start, launch.shared_bytes);
}

bool dynamic_overrun(const Launch& launch) {
    const unsigned char* end = dynamic_bytes.data() + dynamic_bytes.size();
    for (const unsigned char* at = dynamic_start + launch.shared_bytes; at < end; at++) {
        if (*at != GUARD_BYTE) {
            return true;
        }
    }
    return false;
}

// Visits 0..count-1 in an order drawn from the seed: i -> (first + i * step) mod count, step prime to count.
class BlockOrder {
  public:
    explicit BlockOrder(uint64_t count) : count_(count), next_(block_runner().random() % count) {
        do {
            step_ = 1 + block_runner().random() % count;
        } while (std::gcd(step_, count) != 1);
    }

    uint64_t next() {
        uint64_t block = next_;
        next_ = (next_ + step_) % count_;
        return block;
    }

  private:
    uint64_t count_;
    uint64_t next_;
    uint64_t step_;
};

std::string run_block(const Launch& launch, uint64_t block) {
    blockIdx.x = static_cast<unsigned>(block % launch.grid.x);
    blockIdx.y = static_cast<unsigned>(block / launch.grid.x % launch.grid.y);
    blockIdx.z = static_cast<unsigned>(block / launch.grid.x / launch.grid.y);
    poison_shared(launch);
    std::string failure = block_runner().run(launch.kernel->call, launch.arguments.get());
    if (failure.empty() && dynamic_overrun(launch)) {
        failure = "wrote past its " + std::to_string(launch.shared_bytes) + " bytes of dynamic shared memory";
    }
    return failure;
}

CUresult run_blocks(const Launch& launch) {
    FaultGuard guard;
    BlockOrder order(launch.grid.count());
    for (uint64_t i = 0; i < launch.grid.count(); i++) {
        std::string failure = run_block(launch, order.next());
        if (!failure.empty()) {
            bool no_memory = block_runner().touched_no_memory();
            return fault(no_memory ? CUDA_ERROR_ILLEGAL_ADDRESS : CUDA_ERROR_LAUNCH_FAILED, launch,
                         "block (" + std::to_string(blockIdx.x) + ", " + std::to_string(blockIdx.y) + ", " +
                             std::to_string(blockIdx.z) + "): " + failure);
        }
    }
    return CUDA_SUCCESS;
}

} // namespace

void* dynamic_shared() { return dynamic_start; }

CUresult check_geometry(const Launch& launch, unsigned dynamic_shared_limit) {
    const dim3& g = launch.grid;
    const dim3& b = launch.block;
    bool grid_fits = g.x - 1 < 0x7fffffffu && g.y - 1 < 65535u && g.z - 1 < 65535u;
    bool block_fits = b.x - 1 < 1024u && b.y - 1 < 1024u && b.z - 1 < 64u && b.count() <= MAX_THREADS;
    return grid_fits && block_fits && launch.shared_bytes <= dynamic_shared_limit ? CUDA_SUCCESS
                                                                                   : CUDA_ERROR_INVALID_VALUE;
}

CUresult run(const Launch& launch) {
    std::vector<Argument> arguments = launch.kernel->inspect(launch.arguments.get());
    for (size_t i = 0; i < arguments.size(); i++) {
        if (CUresult wrong = check_argument(launch, i, arguments[i])) {
            return wrong;
        }
    }
    blockDim = launch.block;
    gridDim = launch.grid;
    block_runner().shape(launch.block);
    prepare_shared(launch);
    CUresult result = run_blocks(launch);
    return result != CUDA_SUCCESS ? result : check_guards(launch, arguments);
}

} // namespace emulated
