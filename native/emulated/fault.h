// fault.h: a kernel that touches unmapped memory or overflows its stack fails its launch, and not the whole process.
#pragma once

namespace emulated {

// While it lives, a SIGSEGV or SIGBUS of this thread inside a kernel ends the running block as a fault. Signals of other
// threads go to the handler that stood before: a Java machine lives by them. Under the address sanitizer, which has its
// own and better report, and off x86-64 Linux it does nothing.
class FaultGuard {
  public:
    FaultGuard();
    ~FaultGuard();
    FaultGuard(const FaultGuard&) = delete;
    FaultGuard& operator=(const FaultGuard&) = delete;
};

} // namespace emulated
