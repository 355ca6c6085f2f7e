// block.h: runs the threads of one block as fibres, one at a time, in an order shuffled by the seed.
//
// A fibre runs thread after thread for as long as none of them waits: a kernel without barriers needs one fibre and no
// switch at all. A thread that must wait keeps its fibre; the next ready thread, drawn at random, goes on in its own
// fibre or begins in a free one. When nobody is ready and somebody waits, the block hangs: that is reported.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "device_sync.h"
#include "device_vectors.h"
#include "fibre.h"
#include "warp.h"

namespace emulated {

constexpr int MAX_THREADS = 1024;

class BlockRunner {
  public:
    using Body = void (*)(const void* arguments);

    BlockRunner();

    void seed(uint64_t seed);
    void shape(dim3 block);

    // Runs one block. An empty text is success; else it says what went wrong, with thread and place.
    std::string run(Body body, const void* arguments);

    // Called by the running thread.
    int barrier(const Site& site, bool predicate);
    unsigned long long exchange(const WarpCall& call);
    int lane() const { return running_ % WARP_LANES; }
    int threads() const { return static_cast<int>(threads_.size()); }

    // Ends the running block because its thread touched this address; called on a stack of the fault's own.
    [[noreturn]] void fail_at_address(uintptr_t address);
    bool in_kernel() const { return current_ != &main_; }
    bool touched_no_memory() const { return touched_no_memory_; } // what made the last block fail

    uint64_t random();

  private:
    enum class State { READY, AT_BARRIER, IN_WARP, ENDED };

    struct Thread {
        uint3 index;
        State state;
        Fibre* fibre; // null before its start and after its end
        Site site;    // where it waits
    };

    static void enter_loop();
    void loop();
    void end_running_thread();
    void begin_block();
    int draw();
    void make_ready(int thread);
    void release_warp(Warp& warp, const WarpCall& call);
    void wait(State state, const Site& site);
    void make_running(int thread);
    void hand_over(int thread);
    Fibre* free_fibre();
    [[noreturn]] void fail(std::string text);
    std::string divergence(const Site& site) const;
    std::string wrong_mask(const WarpCall& call) const;
    std::string wrong_address(uintptr_t address) const;
    std::string hang() const;
    std::string describe(int thread) const;
    std::string name(int thread) const;

    std::vector<Thread> threads_;
    std::vector<Warp> warps_;
    std::vector<int> ready_;
    std::vector<std::unique_ptr<Fibre>> fibres_;
    std::vector<Fibre*> free_;
    Fibre main_;
    Fibre* current_ = &main_;
    int running_ = 0;
    int ended_ = 0;
    int arrived_ = 0;
    int predicates_ = 0;
    int barrier_result_ = 0;
    Site barrier_site_{};
    Body body_ = nullptr;
    const void* arguments_ = nullptr;
    std::string failure_;
    bool touched_no_memory_ = false;
    uint64_t random_ = 0;
};

BlockRunner& block_runner();

} // namespace emulated
