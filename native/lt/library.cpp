// library.cpp: see library.h. The file stays loaded when a Library ends: NVIDIA's libraries are not made to be unloaded.
#include "library.h"

#include <dlfcn.h>

namespace lt {

std::unique_ptr<Library> Library::open(const char* path, std::string& why) {
    void* file = dlopen(path, RTLD_NOW | RTLD_LOCAL);
    if (file == nullptr) {
        const char* reason = dlerror();
        why = std::string("cannot be loaded: ") + (reason == nullptr ? path : reason);
        return nullptr;
    }
    std::unique_ptr<Library> library(new Library);
    if (!library->find_functions(file, why)) {
        return nullptr;
    }
    Status status = library->Create(&library->handle_);
    if (status != SUCCESS) {
        library->handle_ = nullptr;
        why = "cublasLtCreate failed with status " + std::to_string(status);
        return nullptr;
    }
    return library;
}

bool Library::find_functions(void* file, std::string& why) {
#define CUBLASLT_FIND(RETURNS, NAME, ARGUMENTS) \
    NAME = reinterpret_cast<RETURNS(*) ARGUMENTS>(dlsym(file, "cublasLt" #NAME)); \
    if (NAME == nullptr) { \
        why = "has no function cublasLt" #NAME; \
        return false; \
    }
    CUBLASLT_FUNCTIONS(CUBLASLT_FIND)
#undef CUBLASLT_FIND
    return true;
}

Library::~Library() {
    if (handle_ != nullptr) {
        Destroy(handle_);
    }
}

} // namespace lt
