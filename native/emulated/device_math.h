// device_math.h: arithmetic and bit functions of CUDA device code with the same bits as on a GPU where CUDA promises
// them (fma, sqrt, division, conversions, integer functions). exp, log and their like are the host's: equal within an
// ulp or two.
#pragma once

#include <math.h>
#include <string.h>

namespace emulated {

#if defined(__x86_64__) && !defined(__FMA__)
extern const bool has_fma; // asked of the processor once, so one library runs on any x86-64

// The instruction itself instead of a call into libm: some five times quicker, same bits.
static inline float fused(float a, float b, float c) {
    if (!has_fma) {
        return __builtin_fmaf(a, b, c);
    }
    __asm__("vfmadd231ss %2, %1, %0" : "+x"(c) : "x"(a), "x"(b));
    return c;
}

static inline double fused(double a, double b, double c) {
    if (!has_fma) {
        return __builtin_fma(a, b, c);
    }
    __asm__("vfmadd231sd %2, %1, %0" : "+x"(c) : "x"(a), "x"(b));
    return c;
}
#else
static inline float fused(float a, float b, float c) { return __builtin_fmaf(a, b, c); }
static inline double fused(double a, double b, double c) { return __builtin_fma(a, b, c); }
#endif

template <class To, class From>
static inline To bits_as(From value) {
    static_assert(sizeof(To) == sizeof(From), "same size");
    To result;
    memcpy(&result, &value, sizeof(To));
    return result;
}

} // namespace emulated

// Macros, because the C library declares functions of these names and an own overload would be ambiguous.
#define fma emulated_fma
#define fmaf emulated_fmaf

static inline float emulated_fma(float a, float b, float c) { return emulated::fused(a, b, c); }
static inline double emulated_fma(double a, double b, double c) { return emulated::fused(a, b, c); }
static inline float emulated_fmaf(float a, float b, float c) { return emulated::fused(a, b, c); }
static inline float __fmaf_rn(float a, float b, float c) { return emulated::fused(a, b, c); }
static inline double __fma_rn(double a, double b, double c) { return emulated::fused(a, b, c); }

static inline float rsqrt(float x) { return 1.0f / __builtin_sqrtf(x); }
static inline double rsqrt(double x) { return 1.0 / __builtin_sqrt(x); }
static inline float rsqrtf(float x) { return rsqrt(x); }

static inline float __fadd_rn(float a, float b) { return a + b; }
static inline float __fsub_rn(float a, float b) { return a - b; }
static inline float __fmul_rn(float a, float b) { return a * b; }
static inline float __fdiv_rn(float a, float b) { return a / b; }
static inline float __fsqrt_rn(float a) { return __builtin_sqrtf(a); }
static inline double __dadd_rn(double a, double b) { return a + b; }
static inline double __dsub_rn(double a, double b) { return a - b; }
static inline double __dmul_rn(double a, double b) { return a * b; }
static inline double __ddiv_rn(double a, double b) { return a / b; }
static inline double __dsqrt_rn(double a) { return __builtin_sqrt(a); }

static inline int min(int a, int b) { return a < b ? a : b; }
static inline int max(int a, int b) { return a > b ? a : b; }
static inline unsigned min(unsigned a, unsigned b) { return a < b ? a : b; }
static inline unsigned max(unsigned a, unsigned b) { return a > b ? a : b; }
static inline long long min(long long a, long long b) { return a < b ? a : b; }
static inline long long max(long long a, long long b) { return a > b ? a : b; }
static inline unsigned long long min(unsigned long long a, unsigned long long b) { return a < b ? a : b; }
static inline unsigned long long max(unsigned long long a, unsigned long long b) { return a > b ? a : b; }
static inline float min(float a, float b) { return __builtin_fminf(a, b); }
static inline float max(float a, float b) { return __builtin_fmaxf(a, b); }
static inline double min(double a, double b) { return __builtin_fmin(a, b); }
static inline double max(double a, double b) { return __builtin_fmax(a, b); }

static inline int __popc(unsigned x) { return __builtin_popcount(x); }
static inline int __popcll(unsigned long long x) { return __builtin_popcountll(x); }
static inline int __clz(int x) { return x == 0 ? 32 : __builtin_clz(static_cast<unsigned>(x)); }
static inline int __clzll(long long x) { return x == 0 ? 64 : __builtin_clzll(static_cast<unsigned long long>(x)); }
static inline int __ffs(int x) { return __builtin_ffs(x); }
static inline int __ffsll(long long x) { return __builtin_ffsll(x); }
static inline unsigned __umulhi(unsigned a, unsigned b) {
    return static_cast<unsigned>((static_cast<unsigned long long>(a) * b) >> 32);
}
static inline int __mulhi(int a, int b) { return static_cast<int>((static_cast<long long>(a) * b) >> 32); }
static inline unsigned long long __umul64hi(unsigned long long a, unsigned long long b) {
    return static_cast<unsigned long long>((static_cast<unsigned __int128>(a) * b) >> 64);
}
static inline unsigned __brev(unsigned x) {
    unsigned reversed = 0;
    for (int bit = 0; bit < 32; bit++) {
        reversed |= ((x >> bit) & 1u) << (31 - bit);
    }
    return reversed;
}
static inline unsigned __funnelshift_l(unsigned low, unsigned high, unsigned shift) {
    return static_cast<unsigned>(((static_cast<unsigned long long>(high) << 32 | low) << (shift & 31u)) >> 32);
}
static inline unsigned __funnelshift_r(unsigned low, unsigned high, unsigned shift) {
    return static_cast<unsigned>((static_cast<unsigned long long>(high) << 32 | low) >> (shift & 31u));
}

static inline int __float_as_int(float x) { return emulated::bits_as<int>(x); }
static inline unsigned __float_as_uint(float x) { return emulated::bits_as<unsigned>(x); }
static inline float __int_as_float(int x) { return emulated::bits_as<float>(x); }
static inline float __uint_as_float(unsigned x) { return emulated::bits_as<float>(x); }
static inline long long __double_as_longlong(double x) { return emulated::bits_as<long long>(x); }
static inline double __longlong_as_double(long long x) { return emulated::bits_as<double>(x); }

static inline float __int2float_rn(int x) { return static_cast<float>(x); }
static inline float __uint2float_rn(unsigned x) { return static_cast<float>(x); }
static inline double __int2double_rn(int x) { return static_cast<double>(x); }
static inline double __uint2double_rn(unsigned x) { return static_cast<double>(x); }
static inline double __ull2double_rn(unsigned long long x) { return static_cast<double>(x); }
static inline int __float2int_rz(float x) { return static_cast<int>(x); }
static inline int __float2int_rn(float x) { return static_cast<int>(__builtin_rintf(x)); }
static inline int __double2int_rn(double x) { return static_cast<int>(__builtin_rint(x)); }
static inline float __double2float_rn(double x) { return static_cast<float>(x); }
