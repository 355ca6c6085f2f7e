// resolve.cpp: finds the functions of the library behind a forwarder. Compiled once per forwarder, with
//   FORWARD_TO        soname of the library behind, for example "libcublas.so.13"
//   FORWARD_VARIABLE  environment variable that may name its file
//   FORWARD_MISSING   status that an entry point returns which the library behind has not
//   FORWARD_ABSENT    status that every entry point returns where there is no library behind
#include <dlfcn.h>

#include <atomic>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <initializer_list>

extern "C" {
extern std::atomic<void*> forward_table[] __attribute__((visibility("hidden")));
extern const char* const forward_names[] __attribute__((visibility("hidden")));
__attribute__((visibility("hidden"))) void* forward_resolve(long entry);
}

namespace {

int status_missing() { return FORWARD_MISSING; }
int status_absent() { return FORWARD_ABSENT; }
const char* text_absent() { return "no text: " FORWARD_TO " is not there"; }

// The three entry points of cuBLAS and NVRTC that return a text and not a status.
bool returns_text(const char* name) {
    for (const char* known : {"cublasGetStatusName", "cublasGetStatusString", "nvrtcGetErrorString"}) {
        if (std::strcmp(name, known) == 0) {
            return true;
        }
    }
    return false;
}

void* open_target() {
    const char* chosen = std::getenv(FORWARD_VARIABLE);
    void* library = dlopen(chosen != nullptr && *chosen != '\0' ? chosen : FORWARD_TO, RTLD_NOW | RTLD_LOCAL);
    if (library == nullptr) {
        std::fprintf(stderr,
                     "rectifier: the forwarder to " FORWARD_TO " cannot open it (%s); put it on the library path or "
                     "let " FORWARD_VARIABLE " name its file\n",
                     dlerror());
    }
    return library;
}

void* target() {
    static void* library = open_target();
    return library;
}

} // namespace

void* forward_resolve(long entry) {
    const char* name = forward_names[entry];
    void* library = target();
    void* found = library == nullptr ? nullptr : dlsym(library, name);
    if (found == nullptr && returns_text(name)) {
        found = reinterpret_cast<void*>(&text_absent);
    } else if (found == nullptr) {
        found = reinterpret_cast<void*>(library == nullptr ? &status_absent : &status_missing);
    }
    forward_table[entry].store(found, std::memory_order_release);
    return found;
}
