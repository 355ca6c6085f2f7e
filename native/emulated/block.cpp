// block.cpp: see block.h.
#include "block.h"

#include <cstdio>
#include <cstring>
#include <utility>

uint3 threadIdx;
uint3 blockIdx;
dim3 blockDim;
dim3 gridDim;

namespace emulated {

namespace {

bool same_place(const Site& a, const Site& b) {
    return a.line == b.line && (a.file == b.file || std::strcmp(a.file, b.file) == 0);
}

std::string place(const Site& site) {
    return std::string(site.what) + " at " + site.file + ":" + std::to_string(site.line);
}

std::string hexadecimal(unsigned mask) {
    char text[16];
    std::snprintf(text, sizeof text, "0x%08x", mask);
    return text;
}

} // namespace

BlockRunner& block_runner() {
    static auto* runner = new BlockRunner; // never destroyed: its stacks may outlive every other static
    return *runner;
}

BlockRunner::BlockRunner() {
    seed(1);
    ready_.reserve(MAX_THREADS);
    free_.reserve(MAX_THREADS + 1);
}

void BlockRunner::seed(uint64_t seed) {
    random_ = (seed + 1) * 0x9e3779b97f4a7c15ULL;
    random_ = random_ == 0 ? 1 : random_;
}

// xorshift64*: quick, and any seed gives another order.
uint64_t BlockRunner::random() {
    random_ ^= random_ >> 12;
    random_ ^= random_ << 25;
    random_ ^= random_ >> 27;
    return random_ * 0x2545f4914f6cdd1dULL;
}

void BlockRunner::shape(dim3 block) {
    threads_.resize(block.count());
    warps_.resize((threads_.size() + WARP_LANES - 1) / WARP_LANES);
    size_t i = 0;
    for (unsigned z = 0; z < block.z; z++) {
        for (unsigned y = 0; y < block.y; y++) {
            for (unsigned x = 0; x < block.x; x++) {
                threads_[i++] = Thread{{x, y, z}, State::READY, nullptr, {}};
            }
        }
    }
}

void BlockRunner::begin_block() {
    ended_ = arrived_ = predicates_ = 0;
    ready_.clear();
    for (int i = 0; i < threads(); i++) {
        threads_[i].fibre = nullptr;
        make_ready(i);
    }
    for (size_t i = 0; i < warps_.size(); i++) {
        warps_[i].begin(threads() - static_cast<int>(i) * WARP_LANES);
    }
}

std::string BlockRunner::run(Body body, const void* arguments) {
    body_ = body;
    arguments_ = arguments;
    touched_no_memory_ = false;
    begin_block();
    hand_over(draw());
    if (!failure_.empty()) { // fibres stopped half-way are good again only from their start
        free_.clear();
        for (auto& fibre : fibres_) {
            fibre->restart();
            free_.push_back(fibre.get());
        }
    }
    return std::exchange(failure_, std::string());
}

void BlockRunner::enter_loop() { block_runner().loop(); }

void BlockRunner::loop() {
    for (;;) {
        body_(arguments_);
        end_running_thread();
        if (ready_.empty()) {
            failure_ = ended_ == threads() ? std::string() : hang();
            free_.push_back(current_);
            Fibre* self = current_;
            current_ = &main_;
            self->switch_to(main_);
            continue;
        }
        int next = draw();
        if (threads_[next].fibre == nullptr) {
            make_running(next);
            threads_[next].fibre = current_;
        } else {
            free_.push_back(current_);
            hand_over(next);
        }
    }
}

void BlockRunner::end_running_thread() {
    Thread& thread = threads_[running_];
    thread.state = State::ENDED;
    thread.fibre = nullptr;
    ended_++;
    Warp& warp = warps_[running_ / WARP_LANES];
    warp.leave(lane());
    for (unsigned left = warp.waiting(); left != 0; left &= warp.waiting() & (left - 1)) {
        release_warp(warp, warp.call(__builtin_ctz(left)));
    }
}

int BlockRunner::draw() {
    auto position = static_cast<size_t>((random() >> 32) * ready_.size() >> 32);
    int thread = ready_[position];
    ready_[position] = ready_.back();
    ready_.pop_back();
    return thread;
}

void BlockRunner::make_ready(int thread) {
    threads_[thread].state = State::READY;
    ready_.push_back(thread);
}

void BlockRunner::make_running(int thread) {
    running_ = thread;
    threadIdx = threads_[thread].index;
}

void BlockRunner::hand_over(int thread) {
    Thread& next = threads_[thread];
    if (next.fibre == nullptr) {
        next.fibre = free_fibre();
    }
    Fibre* self = current_;
    current_ = next.fibre;
    make_running(thread);
    if (self != current_) {
        self->switch_to(*current_);
    }
}

Fibre* BlockRunner::free_fibre() {
    if (free_.empty()) {
        fibres_.push_back(std::make_unique<Fibre>(&BlockRunner::enter_loop));
        return fibres_.back().get();
    }
    Fibre* fibre = free_.back();
    free_.pop_back();
    return fibre;
}

void BlockRunner::wait(State state, const Site& site) {
    Thread& thread = threads_[running_];
    thread.state = state;
    thread.site = site;
    if (ready_.empty()) {
        fail(hang());
    }
    hand_over(draw());
}

int BlockRunner::barrier(const Site& site, bool predicate) {
    if (arrived_ == 0) {
        barrier_site_ = site;
    } else if (!same_place(site, barrier_site_)) {
        fail(divergence(site));
    }
    predicates_ += predicate ? 1 : 0;
    if (++arrived_ < threads()) {
        wait(State::AT_BARRIER, site);
        return barrier_result_;
    }
    barrier_result_ = predicates_;
    arrived_ = predicates_ = 0;
    for (int i = 0; i < threads(); i++) {
        if (i != running_) {
            make_ready(i);
        }
    }
    return barrier_result_;
}

unsigned long long BlockRunner::exchange(const WarpCall& call) {
    int own = lane();
    Warp& warp = warps_[running_ / WARP_LANES];
    if ((call.mask >> own & 1u) == 0) {
        fail(wrong_mask(call));
    }
    warp.arrive(own, call);
    release_warp(warp, call);
    if ((warp.waiting() >> own & 1u) != 0) {
        wait(State::IN_WARP, call.site);
    }
    return warp.result(own);
}

void BlockRunner::release_warp(Warp& warp, const WarpCall& call) {
    unsigned lanes = warp.complete(call);
    if (lanes == 0) {
        return;
    }
    int first = running_ / WARP_LANES * WARP_LANES;
    std::string fault = warp.finish(lanes);
    if (!fault.empty()) {
        fault.insert(0, "in the warp of " + name(first) + " ");
        fail(std::move(fault));
    }
    for (; lanes != 0; lanes &= lanes - 1) {
        int thread = first + __builtin_ctz(lanes);
        if (thread != running_) {
            make_ready(thread);
        }
    }
}

// Never returns, so no destructor of the caller runs: the text is taken over, and whoever calls makes it in a function.
void BlockRunner::fail(std::string text) {
    failure_ = std::move(text);
    Fibre* self = current_;
    current_ = &main_;
    self->switch_to(main_);
    __builtin_unreachable();
}

std::string BlockRunner::divergence(const Site& site) const {
    return "divergent barrier: " + name(running_) + " reaches " + place(site) + " while others wait in " +
           place(barrier_site_);
}

std::string BlockRunner::wrong_mask(const WarpCall& call) const {
    return name(running_) + " calls " + place(call.site) + " with mask " + hexadecimal(call.mask) +
           ", which lacks its own lane " + std::to_string(lane());
}

std::string BlockRunner::wrong_address(uintptr_t address) const {
    char text[32];
    std::snprintf(text, sizeof text, "%#llx", static_cast<unsigned long long>(address));
    return name(running_) + " touches address " + text + ", where no memory is (or overflows its stack)";
}

void BlockRunner::fail_at_address(uintptr_t address) {
    touched_no_memory_ = true;
    fail(wrong_address(address));
}

std::string BlockRunner::hang() const {
    constexpr int SHOWN = 4;
    std::string text = "threads wait for others that never come:";
    State previous = State::READY;
    int shown = 0;
    for (int i = 0; i < threads() && shown < SHOWN; i++) {
        const Thread& thread = threads_[i];
        if (i == 0 || thread.state != previous) {
            text += (shown++ == 0 ? " " : "; ") + describe(i);
        }
        previous = thread.state;
    }
    return text + " (" + std::to_string(ended_) + " of " + std::to_string(threads()) + " threads have ended)";
}

std::string BlockRunner::describe(int thread) const {
    const Thread& t = threads_[thread];
    if (t.state == State::ENDED) {
        return name(thread) + " has ended";
    }
    std::string text = name(thread) + " waits in " + place(t.site);
    if (t.state == State::IN_WARP) {
        const Warp& warp = warps_[thread / WARP_LANES];
        text += " with mask " + hexadecimal(warp.call(thread % WARP_LANES).mask);
    }
    return text;
}

std::string BlockRunner::name(int thread) const {
    const uint3& at = threads_[thread].index;
    return "thread (" + std::to_string(at.x) + ", " + std::to_string(at.y) + ", " + std::to_string(at.z) + ")";
}

int block_barrier(const Site& site, bool predicate) { return block_runner().barrier(site, predicate); }
unsigned long long warp_exchange(const WarpCall& call) { return block_runner().exchange(call); }
int lane_of_this_thread() { return block_runner().lane(); }
int threads_of_block() { return block_runner().threads(); }

} // namespace emulated
