// fault.cpp: see fault.h.
#include "fault.h"

#include "block.h"

#if defined(__x86_64__) && defined(__linux__) && !EMULATED_UNDER_ASAN

#include <pthread.h>
#include <signal.h>
#include <ucontext.h>

namespace emulated {

namespace {

constexpr size_t STACK_BYTES = 64 * 1024;
constexpr int SIGNALS[] = {SIGSEGV, SIGBUS};

struct sigaction previous[2];
stack_t previous_stack;
alignas(16) unsigned char signal_stack[STACK_BYTES];   // the handler's own: the fibre's may be what has overflowed
alignas(16) unsigned char landing_stack[STACK_BYTES];  // on which the block is then given up
pthread_t launching_thread;
uintptr_t touched;

// Where the thread goes on after the signal, outside the handler.
void land() { block_runner().fail_at_address(touched); }

void pass_on(int signal, siginfo_t* information, void* context) {
    const struct sigaction& handler = previous[signal == SIGSEGV ? 0 : 1];
    if ((handler.sa_flags & SA_SIGINFO) != 0) {
        handler.sa_sigaction(signal, information, context);
    } else if (handler.sa_handler == SIG_DFL || handler.sa_handler == SIG_IGN) {
        sigaction(signal, &handler, nullptr); // the instruction runs again, and the process ends as it would have
    } else {
        handler.sa_handler(signal);
    }
}

void handle(int signal, siginfo_t* information, void* context) {
    if (pthread_equal(pthread_self(), launching_thread) == 0 || !block_runner().in_kernel()) {
        pass_on(signal, information, context);
        return;
    }
    touched = reinterpret_cast<uintptr_t>(information->si_addr);
    greg_t* registers = static_cast<ucontext_t*>(context)->uc_mcontext.gregs;
    registers[REG_RIP] = reinterpret_cast<greg_t>(&land);
    registers[REG_RSP] = reinterpret_cast<greg_t>(landing_stack + STACK_BYTES - sizeof(void*)); // as after a call
}

} // namespace

FaultGuard::FaultGuard() {
    launching_thread = pthread_self();
    stack_t stack{};
    stack.ss_sp = signal_stack;
    stack.ss_size = STACK_BYTES;
    sigaltstack(&stack, &previous_stack);
    for (int i = 0; i < 2; i++) {
        sigaction(SIGNALS[i], nullptr, &previous[i]);
        struct sigaction ours = previous[i]; // the same mask, for the handler that we may pass a signal on to
        ours.sa_sigaction = &handle;
        ours.sa_flags |= SA_SIGINFO | SA_ONSTACK;
        sigaction(SIGNALS[i], &ours, nullptr);
    }
}

FaultGuard::~FaultGuard() {
    for (int i = 0; i < 2; i++) {
        sigaction(SIGNALS[i], &previous[i], nullptr);
    }
    sigaltstack(&previous_stack, nullptr);
}

} // namespace emulated

#else

namespace emulated {

FaultGuard::FaultGuard() = default;
FaultGuard::~FaultGuard() = default;

} // namespace emulated

#endif
