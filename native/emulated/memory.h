// memory.h: device memory: host memory between two guard zones, filled with a pattern that reads as NaN, counted and
// limited. Freed blocks stay poisoned in quarantine for a while, so a late write shows.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <string>

#include "driver_codes.h"

namespace emulated {

constexpr unsigned char GUARD_BYTE = 0xc5;

// Fills with 0x7ff4a5a5: a NaN as float, a signalling NaN as double, an impossible index as integer.
void poison(void* start, size_t bytes);

class Memory {
  public:
    Memory();

    CUresult allocate(size_t bytes, uintptr_t owner, uintptr_t* address);
    CUresult release(uintptr_t address); // ILLEGAL_ADDRESS where its guard zones are damaged (released all the same)
    void release_all_of(uintptr_t owner);
    CUresult empty_quarantine(); // ILLEGAL_ADDRESS where something wrote into a freed block

    // Pinned host memory: known to kernels, neither fenced nor counted as device memory.
    CUresult allocate_host(size_t bytes, void** address);
    CUresult release_host(void* address);

    bool covers(uintptr_t address, size_t bytes) const; // within one live allocation
    bool knows(uintptr_t address) const;                // the same, one past the end included, pinned memory too
    bool range(uintptr_t address, uintptr_t* base, size_t* bytes) const;

    std::string damage_near(uintptr_t address) const; // text about the damaged guard of that allocation, or empty
    std::string damage() const;                       // the same over all allocations and the quarantine

    size_t limit() const { return limit_; }
    size_t live_bytes() const { return live_bytes_; }
    size_t live_allocations() const { return live_.size(); }
    size_t live_host_allocations() const { return host_.size(); }

  private:
    struct Block {
        unsigned char* raw;
        size_t bytes;
        uint64_t serial;
        uintptr_t owner;
    };
    using Blocks = std::map<uintptr_t, Block>;

    Blocks::const_iterator holder(uintptr_t address) const;
    void retire(const Block& block);
    CUresult drop_oldest();
    static std::string damage(const Block& block);
    static std::string late_write(const Block& block);

    Blocks live_;
    std::map<uintptr_t, size_t> host_;
    std::deque<Block> quarantine_;
    size_t quarantined_bytes_ = 0;
    size_t live_bytes_ = 0;
    size_t limit_;
    uint64_t serial_ = 0;
};

Memory& memory();

} // namespace emulated
