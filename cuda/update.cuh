// update.cuh: one parameter's step by every rule, as update.cu and resident.cu take it; see update.cu for the formulas.
#pragma once

#include "common.cuh"

constexpr i32 NONE = 0, LOSS = 1, GRADIENT = 2, WEIGHT = 3; // FreezeCause
constexpr i32 SGD = 0, NESTEROV = 2, ADAM = 3;              // UpdateRule (1: MOMENTUM)

// Columns of the hyper-parameter matrix.
enum Hyper { LEARNING_RATE, MOMENTUM, DAMPENING, BETA2, EPSILON, WEIGHT_DECAY, L2 };

// One replica's scalars, in the element type.
struct Scalars {
    REAL rate, shrink, l2, momentum, intake, beta2, intake2, correction, correction2, epsilon;
};

// Adam's bias correction 1 / (1 - beta^t).
__device__ inline REAL correction_of(double beta, i64 step) {
    return (REAL)(1 / (1 - pow(beta, (double)(step + 1))));
}

__device__ inline Scalars scalars_of(const double* hyper, i32 rule, double factor, i64 step) {
    const double rate = hyper[LEARNING_RATE] * factor, momentum = hyper[MOMENTUM], beta2 = hyper[BETA2];
    Scalars s = {};
    if (rule == ADAM) {
        s.correction = correction_of(momentum, step);
        s.correction2 = correction_of(beta2, step);
        s.beta2 = (REAL)beta2;
        s.intake2 = (REAL)(1 - beta2);
        s.epsilon = (REAL)hyper[EPSILON];
    }
    s.rate = (REAL)rate;
    s.shrink = (REAL)(1 - rate * hyper[WEIGHT_DECAY]);
    s.l2 = (REAL)hyper[L2];
    s.momentum = (REAL)momentum;
    s.intake = (REAL)(1 - (rule == ADAM ? momentum : hyper[DAMPENING]));
    return s;
}

// A parameter with its optimiser state.
struct Parameter {
    REAL weight, m, v;
};

__device__ inline Parameter updated(const Parameter& old, REAL gradient, const Scalars& s, i32 rule, i64 step) {
    const REAL g = fma(s.l2, old.weight, gradient);
    const REAL weight = s.shrink * old.weight;
    if (rule == SGD) {
        return {fma(-s.rate, g, weight), 0, 0};
    }
    if (rule == ADAM) {
        const REAL m = fma(s.momentum, old.m, s.intake * g);
        const REAL v = fma(s.beta2, old.v, s.intake2 * g * g);
        const REAL direction = m * s.correction / (sqrt(v * s.correction2) + s.epsilon);
        return {fma(-s.rate, direction, weight), m, v};
    }
    const REAL m = step == 0 ? g : fma(s.momentum, old.m, s.intake * g);
    const REAL direction = rule == NESTEROV ? fma(s.momentum, m, g) : m;
    return {fma(-s.rate, direction, weight), m, 0};
}

__device__ inline bool is_finite(const Parameter& p) {
    return is_finite((double)p.weight) && is_finite((double)p.m) && is_finite((double)p.v);
}
