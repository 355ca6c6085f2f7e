// memory.cpp: see memory.h.
#include "memory.h"

#include <cstdlib>
#include <cstring>

namespace emulated {

namespace {

constexpr size_t GUARD_BYTES = 1024;
constexpr size_t ALIGNMENT = 512; // what cuMemAlloc gives on current devices
constexpr size_t QUARANTINE_BYTES = 32 << 20;
constexpr size_t DEFAULT_LIMIT = size_t{2} << 30;
constexpr uint32_t POISON = 0x7ff4a5a5u;

size_t rounded(size_t bytes) { return (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT; }

const unsigned char* guard_pattern() {
    static unsigned char pattern[GUARD_BYTES];
    if (pattern[0] == 0) {
        std::memset(pattern, GUARD_BYTE, sizeof pattern);
    }
    return pattern;
}

size_t limit_from_environment() {
    const char* text = std::getenv("RECTIFIER_EMULATED_MEMORY");
    size_t bytes = text == nullptr ? 0 : static_cast<size_t>(std::strtoull(text, nullptr, 10));
    return bytes == 0 ? DEFAULT_LIMIT : bytes;
}

} // namespace

void poison(void* start, size_t bytes) {
    auto* at = static_cast<unsigned char*>(start);
    for (; bytes >= sizeof POISON; bytes -= sizeof POISON, at += sizeof POISON) {
        std::memcpy(at, &POISON, sizeof POISON);
    }
    std::memcpy(at, &POISON, bytes);
}

Memory& memory() {
    static auto* instance = new Memory;
    return *instance;
}

Memory::Memory() : limit_(limit_from_environment()) {}

CUresult Memory::allocate(size_t bytes, uintptr_t owner, uintptr_t* address) {
    if (bytes == 0) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    if (bytes > limit_ || live_bytes_ + bytes > limit_) {
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    // The guard after the data starts right behind the last byte asked for.
    auto* raw = static_cast<unsigned char*>(std::aligned_alloc(ALIGNMENT, rounded(bytes + 2 * GUARD_BYTES)));
    if (raw == nullptr) {
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    unsigned char* data = raw + GUARD_BYTES;
    std::memset(raw, GUARD_BYTE, GUARD_BYTES);
    poison(data, bytes);
    std::memset(data + bytes, GUARD_BYTE, GUARD_BYTES);
    *address = reinterpret_cast<uintptr_t>(data);
    live_[*address] = Block{raw, bytes, ++serial_, owner};
    live_bytes_ += bytes;
    return CUDA_SUCCESS;
}

CUresult Memory::release(uintptr_t address) {
    auto found = live_.find(address);
    if (found == live_.end()) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    Block block = found->second;
    live_.erase(found);
    live_bytes_ -= block.bytes;
    std::string fault = damage(block);
    retire(block);
    return fault.empty() ? CUDA_SUCCESS : report(CUDA_ERROR_ILLEGAL_ADDRESS, "free: " + fault);
}

void Memory::release_all_of(uintptr_t owner) {
    for (auto at = live_.begin(); at != live_.end();) {
        if (at->second.owner == owner) {
            live_bytes_ -= at->second.bytes;
            retire(at->second);
            at = live_.erase(at);
        } else {
            ++at;
        }
    }
}

void Memory::retire(const Block& block) {
    if (block.bytes > QUARANTINE_BYTES) {
        std::free(block.raw);
        return;
    }
    poison(block.raw + GUARD_BYTES, block.bytes);
    quarantine_.push_back(block);
    quarantined_bytes_ += block.bytes;
    while (quarantined_bytes_ > QUARANTINE_BYTES) {
        drop_oldest();
    }
}

CUresult Memory::drop_oldest() {
    Block oldest = quarantine_.front();
    quarantine_.pop_front();
    quarantined_bytes_ -= oldest.bytes;
    std::string fault = late_write(oldest);
    std::free(oldest.raw);
    return fault.empty() ? CUDA_SUCCESS : report(CUDA_ERROR_ILLEGAL_ADDRESS, fault);
}

CUresult Memory::empty_quarantine() {
    CUresult result = CUDA_SUCCESS;
    while (!quarantine_.empty()) {
        CUresult one = drop_oldest();
        result = one != CUDA_SUCCESS ? one : result;
    }
    return result;
}

CUresult Memory::allocate_host(size_t bytes, void** address) {
    *address = std::aligned_alloc(ALIGNMENT, rounded(bytes == 0 ? 1 : bytes));
    if (*address == nullptr) {
        return CUDA_ERROR_OUT_OF_MEMORY;
    }
    poison(*address, bytes);
    host_[reinterpret_cast<uintptr_t>(*address)] = bytes;
    return CUDA_SUCCESS;
}

CUresult Memory::release_host(void* address) {
    if (host_.erase(reinterpret_cast<uintptr_t>(address)) == 0) {
        return CUDA_ERROR_INVALID_VALUE;
    }
    std::free(address);
    return CUDA_SUCCESS;
}

// The allocation that starts at or before the address and reaches it (its end included).
Memory::Blocks::const_iterator Memory::holder(uintptr_t address) const {
    auto after = live_.upper_bound(address);
    if (after == live_.begin()) {
        return live_.end();
    }
    auto found = std::prev(after);
    return address <= found->first + found->second.bytes ? found : live_.end();
}

bool Memory::covers(uintptr_t address, size_t bytes) const {
    auto found = holder(address);
    return found != live_.end() && bytes <= found->first + found->second.bytes - address;
}

bool Memory::knows(uintptr_t address) const {
    if (holder(address) != live_.end()) {
        return true;
    }
    auto after = host_.upper_bound(address);
    return after != host_.begin() && address <= std::prev(after)->first + std::prev(after)->second;
}

bool Memory::range(uintptr_t address, uintptr_t* base, size_t* bytes) const {
    auto found = holder(address);
    if (found == live_.end()) {
        return false;
    }
    *base = found->first;
    *bytes = found->second.bytes;
    return true;
}

std::string Memory::damage_near(uintptr_t address) const {
    auto found = holder(address);
    return found == live_.end() ? std::string() : damage(found->second);
}

std::string Memory::damage() const {
    for (const auto& entry : live_) {
        std::string fault = damage(entry.second);
        if (!fault.empty()) {
            return fault;
        }
    }
    return std::string();
}

std::string Memory::damage(const Block& block) {
    const unsigned char* after = block.raw + GUARD_BYTES + block.bytes;
    bool before_hit = std::memcmp(block.raw, guard_pattern(), GUARD_BYTES) != 0;
    bool after_hit = std::memcmp(after, guard_pattern(), GUARD_BYTES) != 0;
    if (!before_hit && !after_hit) {
        return std::string();
    }
    std::string place = after_hit ? "behind the end" : "before the start";
    return "something wrote " + place + " of device allocation " + std::to_string(block.serial) + " of " +
           std::to_string(block.bytes) + " bytes";
}

std::string Memory::late_write(const Block& block) {
    const unsigned char* data = block.raw + GUARD_BYTES;
    for (size_t i = 0; i < block.bytes; i++) {
        if (data[i] != reinterpret_cast<const unsigned char*>(&POISON)[i % sizeof POISON]) {
            return "something wrote into device allocation " + std::to_string(block.serial) + " of " +
                   std::to_string(block.bytes) + " bytes after it was freed (byte " + std::to_string(i) + ")";
        }
    }
    return std::string();
}

} // namespace emulated
