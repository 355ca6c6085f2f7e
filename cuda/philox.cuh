// philox.cuh: Philox4x32-10 and the uniform and normal transforms, bit for bit those of tensor.Philox and tensor.Normals.
//
// Only correctly rounded operations are used (fma, product, sum, square root, conversion from integers), so a stream has the
// same bits on a GPU, in the emulated driver and in Java. Change both or neither, and raise Philox.STREAM_VERSION.
//
// Source: Salmon, Moraes, Dror, Shaw, Parallel random numbers: as easy as 1, 2, 3 (SC 2011); Box and Muller (1958).
#pragma once

#include "common.cuh"

// Four output words of one counter.
struct PhiloxWords {
    u32 word[4];
};

// Group `group` (elements 4 group .. 4 group + 3) of the block (key, replica, step).
__device__ inline PhiloxWords philox(u64 key, u32 replica, u64 step, u32 group) {
    u32 c0 = group, c1 = replica, c2 = (u32)step, c3 = (u32)(step >> 32);
    u32 k0 = (u32)key, k1 = (u32)(key >> 32);
    for (int round = 0; round < 10; round++) {
        const u64 p0 = 0xD2511F53ull * c0;
        const u64 p1 = 0xCD9E8D57ull * c2;
        c0 = (u32)(p1 >> 32) ^ c1 ^ k0;
        c1 = (u32)p1;
        c2 = (u32)(p0 >> 32) ^ c3 ^ k1;
        c3 = (u32)p0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    return {{c0, c1, c2, c3}};
}

// Uniform in [0, 1): the 24 high bits of a word times 2^-24.
__device__ inline float uniform_of(u32 word) {
    return (float)(word >> 8) * 0x1p-24f;
}

// Uniform among 0 .. bound - 1.
__device__ inline i32 integer_of(u32 word, i32 bound) {
    return (i32)((u64)word * (u32)bound >> 32);
}

// Natural logarithm of a normal number u in (0, 1].
__device__ inline float log_of(float u) {
    const i32 shifted = __float_as_int(u) - 0x3f3504f3;
    const float exponent = (float)(shifted >> 23);
    const float f = __int_as_float((shifted & 0x7fffff) + 0x3f3504f3) - 1.0f;
    float p = fma(-0.07634504f, f, 0.12761578f);
    p = fma(p, f, -0.1316018f);
    p = fma(p, f, 0.14201757f);
    p = fma(p, f, -0.16623357f);
    p = fma(p, f, 0.20001227f);
    p = fma(p, f, -0.2500082f);
    p = fma(p, f, 0.3333333f);
    const float square = f * f;
    const float tail = fma(square * f, p, -0.5f * square);
    return fma(exponent, 0.6931472f, f + tail);
}

// sqrt(-2 log u) with u = (word + 1/2) 2^-32 rounded to fp32, in (0, 1].
__device__ inline float radius_of(u32 word) {
    const float u = fma((float)word, 0x1p-32f, 0x1p-33f);
    return sqrtf(-2.0f * log_of(u));
}

__device__ inline float sine_part(float t) {
    const float square = t * t;
    float p = fma(-3.5978985e-5f, square, 0.0024900495f);
    p = fma(p, square, -0.08074546f);
    p = fma(p, square, -2.1855694e-8f);
    return fma(t, 0.7853982f, t * p);
}

__device__ inline float cosine_part(float t) {
    const float square = t * t;
    float p = fma(3.5313346e-6f, square, -0.000325942f);
    p = fma(p, square, 0.015854327f);
    p = fma(p, square, -0.30842513f);
    return fma(square, p, 1.0f);
}

// (cos, sin) of 2 pi word 2^-32.
__device__ inline void turn_of(u32 word, float& cosine, float& sine) {
    const u32 octant = word + 0x20000000u;
    const float t = (float)(i32)(word - (octant & 0xc0000000u)) * 0x1p-29f;
    const bool swapped = (octant & 0x40000000u) != 0;
    const float odd = sine_part(t), even = cosine_part(t);
    const float c = swapped ? odd : even;
    const float s = swapped ? even : odd;
    cosine = ((octant + 0x40000000u) & 0x80000000u) != 0 ? -c : c;
    sine = (octant & 0x80000000u) != 0 ? -s : s;
}

// The two normals of the word pair (first, second).
__device__ inline void normals_of(u32 first, u32 second, float& z0, float& z1) {
    const float radius = radius_of(first);
    float cosine, sine;
    turn_of(second, cosine, sine);
    z0 = radius * cosine;
    z1 = radius * sine;
}

// Standard normal number i of the block (key, replica, step).
__device__ inline float normal_at(u64 key, u32 replica, u64 step, u64 i) {
    const PhiloxWords words = philox(key, replica, step, (u32)(i / 4));
    const int pair = (int)(i & 2u);
    float z0, z1;
    normals_of(words.word[pair], words.word[pair + 1], z0, z1);
    return (i & 1u) == 0 ? z0 : z1;
}
