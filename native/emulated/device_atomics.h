// device_atomics.h: integer atomics. Plain read-modify-write, because only one thread of a grid runs at a time and it
// is replaced only where it waits. There are no float atomics: their order would change the bits of a result.
#pragma once

namespace emulated {

template <class T, class Change>
static inline T read_modify_write(T* address, Change change) {
    volatile T* cell = address; // a value must not stay in a register between two atomics
    T old = *cell;
    *cell = change(old);
    return old;
}

} // namespace emulated

#define EMULATED_ATOMIC(name, type, expression) \
    static inline type name(type* address, type value) { \
        return emulated::read_modify_write(address, [value](type old) -> type { return expression; }); \
    }
#define EMULATED_ATOMICS(type) \
    EMULATED_ATOMIC(atomicExch, type, (static_cast<void>(old), value)) \
    EMULATED_ATOMIC(atomicOr, type, old | value) \
    EMULATED_ATOMIC(atomicAnd, type, old & value) \
    EMULATED_ATOMIC(atomicXor, type, old ^ value) \
    EMULATED_ATOMIC(atomicMax, type, old > value ? old : value) \
    EMULATED_ATOMIC(atomicMin, type, old < value ? old : value) \
    static inline type atomicCAS(type* address, type compare, type value) { \
        return emulated::read_modify_write( \
            address, [compare, value](type old) -> type { return old == compare ? value : old; }); \
    }

EMULATED_ATOMICS(int)
EMULATED_ATOMICS(unsigned)
EMULATED_ATOMICS(unsigned long long)
EMULATED_ATOMIC(atomicAdd, unsigned, old + value)
EMULATED_ATOMIC(atomicSub, unsigned, old - value)
EMULATED_ATOMIC(atomicAdd, unsigned long long, old + value)
EMULATED_ATOMIC(atomicAdd, int, static_cast<int>(static_cast<unsigned>(old) + static_cast<unsigned>(value)))
EMULATED_ATOMIC(atomicSub, int, static_cast<int>(static_cast<unsigned>(old) - static_cast<unsigned>(value)))

#undef EMULATED_ATOMIC
#undef EMULATED_ATOMICS
