// device_vectors.h: CUDA's short vector types, as far as kernels here use them.
#pragma once

struct uint3 {
    unsigned x, y, z;
};

struct dim3 {
    unsigned x = 1, y = 1, z = 1;
    constexpr dim3() = default;
    constexpr dim3(unsigned width, unsigned height = 1, unsigned depth = 1) : x(width), y(height), z(depth) {}
    constexpr unsigned long long count() const { return 1ULL * x * y * z; }
};

#define EMULATED_PAIR(name, type, bytes) \
    struct alignas(bytes) name { \
        type x, y; \
    }; \
    static inline name make_##name(type x, type y) { return name{x, y}; }
#define EMULATED_QUAD(name, type, bytes) \
    struct alignas(bytes) name { \
        type x, y, z, w; \
    }; \
    static inline name make_##name(type x, type y, type z, type w) { return name{x, y, z, w}; }

EMULATED_PAIR(int2, int, 8)
EMULATED_PAIR(uint2, unsigned, 8)
EMULATED_PAIR(float2, float, 8)
EMULATED_PAIR(double2, double, 16)
EMULATED_PAIR(longlong2, long long, 16)
EMULATED_PAIR(ulonglong2, unsigned long long, 16)
EMULATED_QUAD(int4, int, 16)
EMULATED_QUAD(uint4, unsigned, 16)
EMULATED_QUAD(float4, float, 16)
EMULATED_QUAD(double4, double, 16)

#undef EMULATED_PAIR
#undef EMULATED_QUAD

static inline uint3 make_uint3(unsigned x, unsigned y, unsigned z) { return uint3{x, y, z}; }
