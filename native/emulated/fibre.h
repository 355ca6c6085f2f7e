// fibre.h: several stacks of execution on one operating-system thread, with an explicit switch between them.
#pragma once

#include <cstddef>

// The portable switch may be asked for on x86-64 too, to test it.
#if !defined(__x86_64__) && !defined(EMULATED_BY_UCONTEXT)
#define EMULATED_BY_UCONTEXT 1
#endif

#if EMULATED_BY_UCONTEXT
#include <ucontext.h>
#endif

#if defined(__SANITIZE_ADDRESS__)
#define EMULATED_UNDER_ASAN 1
#else
#define EMULATED_UNDER_ASAN 0
#endif

namespace emulated {

// One stack and the registers saved on it. Default-constructed, it stands for the thread that calls (it has no own
// stack).
class Fibre {
  public:
    using Entry = void (*)();

    Fibre() = default;
    explicit Fibre(Entry entry);
    ~Fibre();
    Fibre(const Fibre&) = delete;
    Fibre& operator=(const Fibre&) = delete;

    // Forgets what the stack holds: the next switch to it starts at the entry. The entry must never return.
    void restart();

    // Goes from this fibre, the running one, to another. Returns when somebody switches back to this one.
    void switch_to(Fibre& other);

  private:
    static void arrive();
    void announce(Fibre& other);
    void landed();
    void forget_sanitizer_state();

    Entry entry_ = nullptr;
    unsigned char* mapping_ = nullptr; // guard page, then the stack
    size_t colour_ = 0;                // shifts the top, or all stacks would fight for the same cache lines
    void* stack_pointer_ = nullptr;
#if EMULATED_UNDER_ASAN
    void* fake_stack_ = nullptr;
    const void* bottom_ = nullptr;
    size_t bytes_ = 0;
#endif
#if EMULATED_BY_UCONTEXT
    ucontext_t context_;
#endif
};

} // namespace emulated
