// cublas_api.h: the cuBLAS functions that tests call, taken from a library opened by path.
#pragma once

#include <dlfcn.h>

#include <cstdio>

class Library {
  public:
    explicit Library(const char* path) : handle_(dlopen(path, RTLD_NOW | RTLD_LOCAL)) {
        if (handle_ == nullptr) {
            std::fprintf(stderr, "%s\n", dlerror());
        }
    }
    template <class F>
    F* function(const char* name) const {
        return reinterpret_cast<F*>(dlsym(handle_, name));
    }
    bool has_version(const char* name, const char* version) const { return dlvsym(handle_, name, version) != nullptr; }

  private:
    void* handle_; // stays open: closing a library is not what is tested
};

template <class T>
using Gemm = int(void*, int, int, int, int, int, const T*, const T*, int, const T*, int, const T*, T*, int);
template <class T>
using StridedGemm = int(
    void*, int, int, int, int, int, const T*, const T*, int, long long, const T*, int, long long, const T*, T*, int,
    long long, int);
template <class T>
using Gemv = int(void*, int, int, int, const T*, const T*, int, const T*, int, const T*, T*, int);
template <class T>
using Dot = int(void*, int, const T*, int, const T*, int, T*);
template <class T>
using Axpy = int(void*, int, const T*, const T*, int, T*, int);
using Create = int(void**);
using Destroy = int(void*);
using GetVersion = int(void*, int*);
