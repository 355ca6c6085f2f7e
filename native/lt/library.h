// library.h: the host's cublasLt, opened by path, with one handle for the current context.
#pragma once

#include <memory>
#include <string>

#include "cublaslt_api.h"

namespace lt {

class Library {
  public:
    // Opens the file, finds every function and makes a handle; null, and why not, where one of these fails.
    static std::unique_ptr<Library> open(const char* path, std::string& why);

    ~Library();
    Library(const Library&) = delete;
    Library& operator=(const Library&) = delete;

    Opaque handle() const { return handle_; }

#define CUBLASLT_POINTER(RETURNS, NAME, ARGUMENTS) RETURNS(*NAME) ARGUMENTS = nullptr;
    CUBLASLT_FUNCTIONS(CUBLASLT_POINTER)
#undef CUBLASLT_POINTER

  private:
    Library() = default;
    bool find_functions(void* file, std::string& why);

    Opaque handle_ = nullptr;
};

} // namespace lt
