// registry.cpp: finds a module by name in the generated table of all modules.
#include "registry.h"

namespace emulated {

extern const Module* const all_modules[]; // generated; ends with a null pointer

#if defined(__x86_64__)
extern const bool has_fma;
const bool has_fma = __builtin_cpu_supports("fma") != 0;
#endif

const Module* find_module(const std::string& name) {
    for (const Module* const* at = all_modules; *at != nullptr; at++) {
        if (name == (*at)->name) {
            return *at;
        }
    }
    return nullptr;
}

} // namespace emulated
