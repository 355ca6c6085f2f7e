// device_sync.h: barriers, votes and shuffles. Each wrapper names its own place in the source, so that a report can say
// where a thread waits; the work is done in block.cpp and warp.cpp.
#pragma once

namespace emulated {

struct Site {
    const char* what;
    const char* file;
    int line;
};

enum class WarpOperation { SYNC, VOTE, SHUFFLE };

struct WarpCall {
    Site site;
    WarpOperation operation;
    unsigned mask;
    unsigned long long value; // a vote's 0 or 1, a shuffle's bits
    int source;               // the lane a shuffle reads
};

int block_barrier(const Site& site, bool predicate);   // number of threads of the block whose predicate holds
unsigned long long warp_exchange(const WarpCall& call); // a vote's ballot, the source lane's bits
int lane_of_this_thread();
int threads_of_block();
void* dynamic_shared();

} // namespace emulated

#define EMULATED_SITE const char *file = __builtin_FILE(), int line = __builtin_LINE()
// The optimiser must not carry a shared or global value in a register across a place where another thread runs.
#define EMULATED_FENCE() __asm__ volatile("" ::: "memory")

static inline int emulated_barrier(const char* what, int predicate, const char* file, int line) {
    EMULATED_FENCE();
    int count = emulated::block_barrier(emulated::Site{what, file, line}, predicate != 0);
    EMULATED_FENCE();
    return count;
}

static inline void __syncthreads(EMULATED_SITE) { emulated_barrier("__syncthreads", 0, file, line); }

static inline int __syncthreads_count(int predicate, EMULATED_SITE) {
    return emulated_barrier("__syncthreads_count", predicate, file, line);
}

static inline int __syncthreads_or(int predicate, EMULATED_SITE) {
    return emulated_barrier("__syncthreads_or", predicate, file, line) != 0;
}

static inline int __syncthreads_and(int predicate, EMULATED_SITE) {
    return emulated_barrier("__syncthreads_and", predicate, file, line) == emulated::threads_of_block();
}

static inline unsigned long long emulated_exchange(const emulated::WarpCall& call) {
    EMULATED_FENCE();
    unsigned long long result = emulated::warp_exchange(call);
    EMULATED_FENCE();
    return result;
}

static inline void __syncwarp(unsigned mask = 0xffffffffu, EMULATED_SITE) {
    emulated_exchange({{"__syncwarp", file, line}, emulated::WarpOperation::SYNC, mask, 0, 0});
}

static inline unsigned emulated_vote(const char* what, unsigned mask, int predicate, const char* file, int line) {
    return static_cast<unsigned>(emulated_exchange(
        {{what, file, line}, emulated::WarpOperation::VOTE, mask, predicate != 0 ? 1ULL : 0ULL, 0}));
}

static inline unsigned __ballot_sync(unsigned mask, int predicate, EMULATED_SITE) {
    return emulated_vote("__ballot_sync", mask, predicate, file, line);
}

static inline int __any_sync(unsigned mask, int predicate, EMULATED_SITE) {
    return emulated_vote("__any_sync", mask, predicate, file, line) != 0;
}

static inline int __all_sync(unsigned mask, int predicate, EMULATED_SITE) {
    return emulated_vote("__all_sync", mask, predicate == 0, file, line) == 0;
}

template <class T>
static inline T emulated_shuffle(const char* what, unsigned mask, T value, int source, const char* file, int line) {
    static_assert(sizeof(T) == 4 || sizeof(T) == 8, "a shuffle moves 4 or 8 bytes");
    unsigned long long bits = 0;
    memcpy(&bits, &value, sizeof(T));
    bits = emulated_exchange({{what, file, line}, emulated::WarpOperation::SHUFFLE, mask, bits, source});
    memcpy(&value, &bits, sizeof(T));
    return value;
}

template <class T>
static inline T __shfl_sync(unsigned mask, T value, int source, int width = 32, EMULATED_SITE) {
    int segment = emulated::lane_of_this_thread() & ~(width - 1);
    return emulated_shuffle("__shfl_sync", mask, value, segment | (source & (width - 1)), file, line);
}

template <class T>
static inline T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32, EMULATED_SITE) {
    int lane = emulated::lane_of_this_thread();
    int source = lane - static_cast<int>(delta);
    return emulated_shuffle("__shfl_up_sync", mask, value, source < (lane & ~(width - 1)) ? lane : source, file, line);
}

template <class T>
static inline T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32, EMULATED_SITE) {
    int lane = emulated::lane_of_this_thread();
    int source = lane + static_cast<int>(delta);
    return emulated_shuffle("__shfl_down_sync", mask, value, source > (lane | (width - 1)) ? lane : source, file, line);
}

template <class T>
static inline T __shfl_xor_sync(unsigned mask, T value, int lane_mask, int width = 32, EMULATED_SITE) {
    int lane = emulated::lane_of_this_thread();
    int source = lane ^ lane_mask;
    return emulated_shuffle("__shfl_xor_sync", mask, value, source > (lane | (width - 1)) ? lane : source, file, line);
}

static inline void __threadfence() { EMULATED_FENCE(); }
static inline void __threadfence_block() { EMULATED_FENCE(); }
static inline void __threadfence_system() { EMULATED_FENCE(); }
