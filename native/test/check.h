// check.h: the tests' frame: TEST(name) { ... } registers itself; CHECK counts as a failure where its condition is
// false.
#pragma once

#include <cstdio>
#include <functional>
#include <vector>

namespace check {

struct Case {
    const char* name;
    void (*body)();
};

inline std::vector<Case>& cases() {
    static std::vector<Case> all;
    return all;
}

inline bool failed = false;

struct Registration {
    Registration(const char* name, void (*body)()) { cases().push_back({name, body}); }
};

inline void that(bool holds, const char* condition, const char* file, int line) {
    if (!holds) {
        failed = true;
        std::fprintf(stdout, "%s:%d: does not hold: %s\n", file, line, condition);
    }
}

// Runs every case and prints "N passed, M failed".
inline int run_all() {
    int wrong = 0;
    for (const Case& each : cases()) {
        failed = false;
        each.body();
        wrong += failed ? 1 : 0;
        std::printf("%s %s\n", failed ? "FAILED" : "ok    ", each.name);
    }
    std::printf("%zu passed, %d failed\n", cases().size() - static_cast<size_t>(wrong), wrong);
    return wrong == 0 ? 0 : 1;
}

} // namespace check

#define TEST(name) \
    static void name(); \
    static const check::Registration register_##name(#name, &name); \
    static void name()
#define CHECK(condition) check::that((condition), #condition, __FILE__, __LINE__)
