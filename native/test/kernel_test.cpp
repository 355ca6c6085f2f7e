// kernel_test.cpp: kernels give the right values whatever the order of threads, and wrong kernels are noticed.
#include <cmath>
#include <numeric>
#include <set>

#include "check.h"
#include "driver_api.h"

namespace {

constexpr int LAUNCH_FAILED = 719;
constexpr int ILLEGAL_ADDRESS = 700;

template <class T>
std::vector<T> counting(size_t count) {
    std::vector<T> values(count);
    std::iota(values.begin(), values.end(), T(1));
    return values;
}

template <class T>
void sums_are_right(const char* type) {
    Context context;
    TestKernel sum("sum", type);
    for (uint64_t seed = 0; seed < 20; seed++) {
        rectifier_emulated_set_seed(seed);
        DeviceArray<T> x(counting<T>(3 * 256));
        DeviceArray<T> result(3);
        CHECK(sum.launch(3, 256, {result.parameter(), x.parameter()}) == 0);
        std::vector<T> expected;
        for (int block = 0; block < 3; block++) {
            expected.push_back(T(256 * (256 * block) + 256 * 257 / 2));
        }
        CHECK(result.values() == expected);
    }
}

// Runs a kernel on its own context and tells whether it failed with this code.
template <class... P>
bool fails(int code, const char* stem, unsigned threads, P... parameters) {
    TestKernel kernel(stem);
    return kernel.launch(1, threads, {parameters...}) == code;
}

} // namespace

TEST(axpy_is_exact_and_stays_within_n) {
    Context context;
    TestKernel axpy("axpy", "f64");
    DeviceArray<double> x(counting<double>(1000));
    DeviceArray<double> y(counting<double>(1000));
    int n = 999;
    double a = 0.1;
    CHECK(axpy.launch(4, 256, {y.parameter(), x.parameter(), &n, &a}) == 0);
    std::vector<double> result = y.values();
    bool same = result[999] == 1000;
    for (int i = 0; i < n; i++) {
        same = same && result[i] == std::fma(a, double(i + 1), double(i + 1));
    }
    CHECK(same);
}

TEST(block_sum_does_not_depend_on_the_order_f32) { sums_are_right<float>("f32"); }
TEST(block_sum_does_not_depend_on_the_order_f64) { sums_are_right<double>("f64"); }

TEST(a_missing_barrier_shows) {
    Context context;
    TestKernel sum("sum_without_barrier");
    DeviceArray<float> x(counting<float>(256));
    std::set<float> seen;
    for (uint64_t seed = 0; seed < 10; seed++) {
        rectifier_emulated_set_seed(seed);
        DeviceArray<float> result(1);
        CHECK(sum.launch(1, 256, {result.parameter(), x.parameter()}) == 0);
        seen.insert(result.values()[0]);
    }
    CHECK(seen.size() > 1); // several orders, several answers
}

TEST(the_same_seed_gives_the_same_order) {
    Context context;
    TestKernel sum("sum_without_barrier");
    DeviceArray<float> x(counting<float>(256));
    DeviceArray<float> first(4);
    DeviceArray<float> second(4);
    rectifier_emulated_set_seed(42);
    CHECK(sum.launch(1, 256, {first.parameter(), x.parameter()}) == 0);
    rectifier_emulated_set_seed(42);
    CHECK(sum.launch(1, 256, {second.parameter(), x.parameter()}) == 0);
    CHECK(first.values()[0] == second.values()[0]);
}

TEST(dynamic_shared_memory_holds_what_was_asked_for) {
    Context context;
    TestKernel sum("sum_dynamic", "f64");
    DeviceArray<double> x(counting<double>(64));
    DeviceArray<double> result(1);
    CHECK(sum.launch(1, 64, {result.parameter(), x.parameter()}, 64 * sizeof(double)) == 0);
    CHECK(result.values()[0] == 64 * 65 / 2);
}

TEST(writing_past_dynamic_shared_memory_is_noticed) {
    Context context;
    TestKernel touch("touch_shared");
    int inside = 99;
    int outside = 100;
    CHECK(touch.launch(1, 1, {&inside}, 100) == 0);
    CHECK(touch.launch(1, 1, {&outside}, 100) == LAUNCH_FAILED);
}

TEST(unwritten_shared_memory_reads_as_nan) {
    Context context;
    TestKernel kernel("read_unwritten_shared");
    DeviceArray<float> result(2);
    CHECK(kernel.launch(1, 2, {result.parameter()}) == 0);
    CHECK(std::isnan(result.values()[0]) && std::isnan(result.values()[1]));
}

TEST(shuffles_add_a_warp) {
    Context context;
    TestKernel kernel("warp_sums", "f64");
    DeviceArray<double> x(counting<double>(128));
    DeviceArray<double> by_xor(128);
    DeviceArray<double> by_down(128);
    DeviceArray<double> by_up(128);
    CHECK(kernel.launch(2, 64, {by_xor.parameter(), by_down.parameter(), by_up.parameter(), x.parameter()}) == 0);
    bool right = true;
    for (int i = 0; i < 128; i++) {
        int first = i / 32 * 32;
        double expected = 32.0 * first + 32 * 33 / 2;
        right = right && by_xor.values()[i] == expected && by_down.values()[i] == expected;
        right = right && by_up.values()[i] == expected;
    }
    CHECK(right);
}

TEST(votes_count_the_right_lanes) {
    Context context;
    TestKernel kernel("votes");
    DeviceArray<unsigned> ballots(64);
    DeviceArray<int> any(64);
    DeviceArray<int> all(64);
    DeviceArray<int> counts(64);
    CHECK(kernel.launch(1, 64, {ballots.parameter(), any.parameter(), all.parameter(), counts.parameter()}) == 0);
    bool right = true;
    for (size_t i = 0; i < 64; i++) {
        right = right && ballots.values()[i] == 0xaaaaaaaau && any.values()[i] == 1 && all.values()[i] == 2 &&
                counts.values()[i] == 32 + 1000 + 2000;
    }
    CHECK(right);
}

TEST(a_partly_filled_warp_votes_among_those_present) {
    Context context;
    TestKernel kernel("votes");
    DeviceArray<unsigned> ballots(40);
    DeviceArray<int> any(40);
    DeviceArray<int> all(40);
    DeviceArray<int> counts(40);
    CHECK(kernel.launch(1, 40, {ballots.parameter(), any.parameter(), all.parameter(), counts.parameter()}) == 0);
    CHECK(ballots.values()[39] == 0xaau);
}

TEST(two_parts_of_a_warp_work_with_their_own_masks) {
    Context context;
    TestKernel kernel("half_warps");
    DeviceArray<int> result(32);
    for (uint64_t seed = 0; seed < 10; seed++) {
        rectifier_emulated_set_seed(seed);
        CHECK(kernel.launch(1, 32, {result.parameter()}) == 0);
        CHECK(result.values()[5] == 120);                                 // 0 + ... + 15
        CHECK(result.values()[20] == (16 + 31) * 8 * 16 * 16);            // 16 + ... + 31, twice times 16
    }
}

TEST(integer_atomics_add_up) {
    Context context;
    TestKernel kernel("histogram");
    std::vector<int> values(1000);
    for (int i = 0; i < 1000; i++) {
        values[i] = i % 10;
    }
    DeviceArray<int> x(values);
    DeviceArray<unsigned> bins(std::vector<unsigned>(10, 0));
    DeviceArray<unsigned long long> total(std::vector<unsigned long long>(1, 0));
    DeviceArray<int> highest(std::vector<int>(1, 0));
    int n = 1000;
    CHECK(kernel.launch(1, 96, {bins.parameter(), total.parameter(), highest.parameter(), x.parameter(), &n}) == 0);
    CHECK(bins.values() == std::vector<unsigned>(10, 100));
    CHECK(total.values()[0] == 4500 && highest.values()[0] == 9);
}

TEST(every_block_and_thread_runs_once_in_three_dimensions) {
    Context context;
    TestKernel kernel("indices");
    constexpr size_t ALL = 2 * 3 * 4 * 5 * 6 * 7;
    DeviceArray<int> result(ALL);
    void* parameters[] = {result.parameter()};
    CHECK(cuLaunchKernel(kernel.function(), 2, 3, 4, 5, 6, 7, 0, nullptr, parameters, nullptr) == 0);
    std::vector<int> expected(ALL);
    std::iota(expected.begin(), expected.end(), 0);
    CHECK(result.values() == expected);
}

TEST(parameters_of_all_types_arrive) {
    Context context;
    struct Pair {
        int first;
        double second;
    };
    TestKernel kernel("parameters");
    DeviceArray<double> result(7);
    char c = 'c';
    long long l = -(1LL << 40);
    float f = 0.5f;
    Pair pair{7, 2.25};
    double d = 1e300;
    bool flag = true;
    CHECK(kernel.launch(1, 1, {result.parameter(), &c, &l, &f, &pair, &d, &flag}) == 0);
    CHECK(result.values() == (std::vector<double>{'c', -std::ldexp(1.0, 40), 0.5, 7, 2.25, 1e300, 1}));
}

TEST(arithmetic_has_the_bits_of_the_written_operations) {
    Context context;
    TestKernel kernel("arithmetic");
    DeviceArray<float> x(std::vector<float>{1.1f, 2.3f, -2.53f, 2.0f, INFINITY, -3.5f});
    DeviceArray<float> result(8);
    CHECK(kernel.launch(1, 1, {result.parameter(), x.parameter()}) == 0);
    std::vector<float> values = result.values();
    volatile float product = 1.1f * 2.3f;
    CHECK(values[0] == std::fmaf(1.1f, 2.3f, -2.53f) && values[1] == product + -2.53f && values[0] != values[1]);
    CHECK(values[2] == std::sqrt(2.0f) && values[3] == 2.3f && values[4] == 0.0f);
    CHECK(values[5] == 8 + 31 + 4 && values[6] == 3 && values[7] == 3.5f);
}

TEST(an_output_that_no_thread_writes_is_nan) {
    Context context;
    TestKernel touch("touch", "f64");
    DeviceArray<double> x(3);
    int index = 1;
    CHECK(touch.launch(1, 32, {x.parameter(), &index}) == 0);
    std::vector<double> values = x.values();
    CHECK(std::isnan(values[0]) && values[1] == 1 && std::isnan(values[2]));
}

TEST(a_write_behind_an_allocation_is_noticed_and_sticks) {
    Context context;
    TestKernel touch("touch");
    DeviceArray<float> x(5);
    int index = 5;
    CHECK(touch.launch(1, 32, {x.parameter(), &index}) == ILLEGAL_ADDRESS);
    CHECK(cuCtxSynchronize() == ILLEGAL_ADDRESS);
    uintptr_t address = 0;
    CHECK(cuMemAlloc_v2(&address, 4) == ILLEGAL_ADDRESS);
}

TEST(a_write_before_an_allocation_is_noticed) {
    Context context;
    TestKernel touch("touch");
    DeviceArray<float> x(5);
    int index = -1;
    CHECK(touch.launch(1, 32, {x.parameter(), &index}) == ILLEGAL_ADDRESS);
}

TEST(a_pointer_to_no_device_memory_is_refused) {
    Context context;
    float host = 0;
    float* address = &host;
    int index = 0;
    CHECK(fails(ILLEGAL_ADDRESS, "touch", 32, static_cast<void*>(&address), static_cast<void*>(&index)));
}

#if !defined(__SANITIZE_ADDRESS__) // which ends the process at once, with a report of its own
TEST(a_write_to_no_memory_fails_the_launch_alone) {
    for (int round = 0; round < 2; round++) {
        Context context;
        unsigned long long address = 64;
        CHECK(fails(ILLEGAL_ADDRESS, "touch_no_memory", 32, static_cast<void*>(&address)));
        CHECK(cuCtxSynchronize() == ILLEGAL_ADDRESS);
    }
    sums_are_right<float>("f32");
}

TEST(a_stack_overflow_fails_the_launch_alone) {
    Context context;
    DeviceArray<int> result(1);
    int n = 200;
    CHECK(fails(ILLEGAL_ADDRESS, "overflow_stack", 32, result.parameter(), static_cast<void*>(&n)));
}
#endif

TEST(a_freed_pointer_is_refused) {
    Context context;
    uintptr_t address = 0;
    int index = 0;
    CHECK(cuMemAlloc_v2(&address, 64) == 0 && cuMemFree_v2(address) == 0);
    CHECK(fails(ILLEGAL_ADDRESS, "touch", 32, static_cast<void*>(&address), static_cast<void*>(&index)));
}

TEST(a_misaligned_pointer_is_refused) {
    Context context;
    DeviceArray<float> x(8);
    uintptr_t address = x.address() + 2;
    int index = 0;
    CHECK(fails(716, "touch", 32, static_cast<void*>(&address), static_cast<void*>(&index)));
}

TEST(a_thread_that_ends_before_a_barrier_is_noticed) {
    Context context;
    DeviceArray<int> result(1);
    CHECK(fails(LAUNCH_FAILED, "exit_before_barrier", 64, result.parameter()));
}

TEST(a_divergent_barrier_is_noticed) {
    Context context;
    DeviceArray<int> result(1);
    CHECK(fails(LAUNCH_FAILED, "divergent_barrier", 64, result.parameter()));
}

TEST(a_missing_lane_is_noticed) {
    Context context;
    DeviceArray<int> result(32);
    CHECK(fails(LAUNCH_FAILED, "lane_missing", 32, result.parameter()));
}

TEST(a_read_of_an_inactive_lane_is_noticed) {
    Context context;
    DeviceArray<int> result(32);
    CHECK(fails(LAUNCH_FAILED, "read_inactive_lane", 32, result.parameter()));
}

TEST(a_mask_without_the_caller_is_noticed) {
    Context context;
    DeviceArray<int> result(32);
    CHECK(fails(LAUNCH_FAILED, "wrong_mask", 32, result.parameter()));
}

TEST(after_a_failed_block_a_new_context_works_again) { sums_are_right<float>("f32"); }

int main() { return check::run_all(); }
