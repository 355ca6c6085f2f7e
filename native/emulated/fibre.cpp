// fibre.cpp: stacks are mapped once and reused; the switch is nine instructions on x86-64, swapcontext elsewhere.
#include "fibre.h"

#include <sys/mman.h>

#include <cstdint>
#include <new>

#if EMULATED_UNDER_ASAN
#include <sanitizer/asan_interface.h>
#include <sanitizer/common_interface_defs.h>
#endif

namespace emulated {

namespace {

constexpr size_t PAGE = 4096;
constexpr size_t STACK_BYTES = EMULATED_UNDER_ASAN ? 256 * 1024 : 128 * 1024; // touched pages alone take memory
constexpr size_t COLOUR_BYTES = 128;
constexpr size_t COLOURS = 32;

size_t next_colour = 0;
Fibre* leaving = nullptr;  // the two ends of the latest switch
Fibre* arriving = nullptr;

} // namespace

// The sanitizer must know which stack is in use, or it takes a switch for a stack overflow.
void Fibre::announce(Fibre& other) {
    leaving = this;
    arriving = &other;
#if EMULATED_UNDER_ASAN
    __sanitizer_start_switch_fiber(&fake_stack_, other.bottom_, other.bytes_);
#endif
}

void Fibre::landed() {
#if EMULATED_UNDER_ASAN
    __sanitizer_finish_switch_fiber(fake_stack_, &leaving->bottom_, &leaving->bytes_);
#endif
}

void Fibre::arrive() {
    arriving->landed();
    arriving->entry_();
    __builtin_unreachable();
}

void Fibre::forget_sanitizer_state() {
#if EMULATED_UNDER_ASAN
    __asan_unpoison_memory_region(mapping_ + PAGE, STACK_BYTES);
    bottom_ = mapping_ + PAGE;
    bytes_ = STACK_BYTES;
    fake_stack_ = nullptr;
#endif
}

Fibre::Fibre(Entry entry) : entry_(entry) {
    constexpr int FLAGS = MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE;
    void* memory = mmap(nullptr, PAGE + STACK_BYTES, PROT_READ | PROT_WRITE, FLAGS, -1, 0);
    if (memory == MAP_FAILED || mprotect(memory, PAGE, PROT_NONE) != 0) {
        throw std::bad_alloc();
    }
    mapping_ = static_cast<unsigned char*>(memory);
    colour_ = COLOUR_BYTES * (next_colour++ % COLOURS);
    restart();
}

Fibre::~Fibre() {
    if (mapping_ != nullptr) {
        munmap(mapping_, PAGE + STACK_BYTES);
    }
}

#if !EMULATED_BY_UCONTEXT

extern "C" void emulated_switch(void** save, void* restore);

// Pushes the registers that a callee must keep, changes stacks, pops them again. The control words of the
// floating-point unit are not saved: no kernel changes them.
__asm__(R"(
    .text
    .align 16
    .globl emulated_switch
    .hidden emulated_switch
    .type emulated_switch, @function
emulated_switch:
    pushq %rbp
    pushq %rbx
    pushq %r12
    pushq %r13
    pushq %r14
    pushq %r15
    movq %rsp, (%rdi)
    movq %rsi, %rsp
    popq %r15
    popq %r14
    popq %r13
    popq %r12
    popq %rbx
    popq %rbp
    ret
    .size emulated_switch, .-emulated_switch
)");

void Fibre::restart() {
    constexpr size_t SAVED_REGISTERS = 6;
    forget_sanitizer_state();
    auto* frame = reinterpret_cast<uintptr_t*>(mapping_ + PAGE + STACK_BYTES - colour_);
    *--frame = 0; // what «arrive» would return to: nowhere
    *--frame = reinterpret_cast<uintptr_t>(&Fibre::arrive);
    for (size_t i = 0; i < SAVED_REGISTERS; i++) {
        *--frame = 0;
    }
    stack_pointer_ = frame;
}

void Fibre::switch_to(Fibre& other) {
    announce(other);
    emulated_switch(&stack_pointer_, other.stack_pointer_);
    landed();
}

#else

void Fibre::restart() {
    forget_sanitizer_state();
    getcontext(&context_);
    context_.uc_stack.ss_sp = mapping_ + PAGE;
    context_.uc_stack.ss_size = STACK_BYTES - colour_;
    context_.uc_link = nullptr;
    makecontext(&context_, &Fibre::arrive, 0);
}

void Fibre::switch_to(Fibre& other) {
    announce(other);
    swapcontext(&context_, &other.context_);
    landed();
}

#endif

} // namespace emulated
