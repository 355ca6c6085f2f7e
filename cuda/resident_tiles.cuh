// resident_tiles.cuh: the examples of resident_lanes.cu, a tile ahead in shared memory: streams, sets, teachers. See there.
#pragma once

#include "resident_lanes.cuh"

// The arguments of a launch.
struct Given {
    REAL *weights, *gradient, *state;
    double* loss;
    const i32* cause;
    i32* done;
    const double* hyper;
    const REAL* teacher;
    const i64* streams;
    const REAL *x, *targets;
    const i32 *labels, *rows;
    const double* factors;
    Ring ring;
    i64 R, first, steps;
    double scale, offset, width;
};

// Places of the replica strides.
enum Stride { WEIGHTS, GRADIENTS, STATE, LOSSES, CAUSE, DONE, HYPER, TEACHER, STREAMS, SET, TARGETS, LABELS, ROWS, STRIDES };

// The arrays as replica r has them.
__device__ inline Given replica_of(Given given, const i64 (&stride)[STRIDES], i64 r) {
    given.weights += r * stride[WEIGHTS];
    given.gradient += r * stride[GRADIENTS];
    given.state += r * stride[STATE];
    given.loss += r * stride[LOSSES];
    given.cause += r * stride[CAUSE];
    given.done += r * stride[DONE];
    given.hyper += r * stride[HYPER];
    given.teacher += r * stride[TEACHER];
    given.streams += r * stride[STREAMS];
    given.x += r * stride[SET];
    given.targets += r * stride[TARGETS];
    given.labels += r * stride[LABELS];
    given.rows += r * stride[ROWS];
    return given;
}

// Where the examples come from.
struct Fresh {
    const Plan& plan;
    const Given& given;
    Sizes n;
    u32 by_inputs; // to divide by D: the high word of a product; exact below 2^16
};

__device__ inline void draw_four(const Fresh& from, i64 step, u32 group, float (&z)[4]) {
    const PhiloxWords words = philox((u64)from.given.streams[0], (u32)from.given.streams[1], (u64)step, group);
    if (from.plan.feed == NORMAL) {
        normals_of(words.word[0], words.word[1], z[0], z[1]);
        normals_of(words.word[2], words.word[3], z[2], z[3]);
    } else {
#pragma unroll
        for (int j = 0; j < 4; j++) {
            z[j] = uniform_of(words.word[j]);
        }
    }
#pragma unroll
    for (int j = 0; j < 4; j++) {
        z[j] = fma((float)from.given.width, z[j], (float)from.given.offset);
    }
}

// One example for one thread.
template <class S>
__device__ inline void draw_alone(const Team<S>& team, const Fresh& from, i64 step) {
#pragma unroll
    for (int d = 0; d < S::D; d += 4) {
        if (d < from.n.d) {
            float z[4];
            draw_four(from, step, d / 4, z);
#pragma unroll
            for (int j = 0; j < 4; j++) {
                team.x[d + j] = d + j < from.n.d ? (REAL)z[j] : -(REAL)0;
            }
        }
    }
}

// Examples n .. n + count of a step, or where one is a batch the examples of `count` steps. Four numbers at a time.
template <class S>
__device__ inline void draw(const Team<S>& team, const Fresh& from, i64 step, i32 n, i32 count) {
    const i32 D = from.n.d, length = S::MANY ? count * D : D, groups = (length + 3) / 4;
    for (i32 q = team.owner; q < groups * (S::MANY ? 1 : count); q += team.owners) {
        const i32 later = S::MANY ? 0 : q / groups, group = q - later * groups;
        float z[4];
        draw_four(from, step + later, (u32)(n * D / 4 + group), z);
        i32 row = S::MANY ? (i32)__umulhi((u32)(4 * group), from.by_inputs) : later;
        i32 d = S::MANY ? 4 * group - row * D : 4 * group;
#pragma unroll
        for (int j = 0; j < 4; j++) {
            if (4 * group + j < length) {
                team.x[row * S::X + d] = (REAL)z[j];
            }
            d++;
            if (S::MANY && d == D) {
                d = 0;
                row++;
            }
        }
    }
}

// The same from a set; `at` counts examples from the beginning of the stretch.
template <class S>
__device__ inline void copy(const Team<S>& team, const Fresh& from, i64 at, i32 count) {
    const Given& given = from.given;
    for (i32 i = team.owner; i < count * from.n.d; i += team.owners) {
        const i32 s = (i32)__umulhi((u32)i, from.by_inputs), d = i - s * from.n.d;
        team.x[s * S::X + d] = given.x[(i64)given.rows[at + s] * from.n.d + d];
    }
    for (i32 s = team.owner; from.plan.teacher_layers == 0 && s < count; s += team.owners) {
        const i64 row = given.rows[at + s];
        if (from.plan.loss > HINGE) {
            team.targets[s * S::L] = (REAL)__int_as_float(given.labels[row]);
        }
        for (i32 l = 0; from.plan.loss <= HINGE && l < from.n.l; l++) {
            team.targets[s * S::L + l] = given.targets[row * from.n.l + l];
        }
    }
}

// The teacher's answers to one example.
template <class S>
__device__ inline void teach(const Taught& taught, const REAL* x, REAL (&o)[S::L]) {
    const REAL *biases = taught.at + taught.units * S::X, *outputs = biases + taught.units;
#pragma unroll
    for (int l = 0; l < S::L; l++) {
        o[l] = outputs[taught.units * S::L + l];
    }
#pragma unroll 1
    for (i32 m = 0; m < taught.units; m++) {
        REAL z = biases[m];
        const REAL* w = taught.at + m * S::X;
        inputs<S>(x, [&](int d, REAL input) { z = fma(input, w[d], z); });
        z = taught.relu && z <= 0 ? (REAL)0 : z;
#pragma unroll
        for (int l = 0; l < S::L; l++) {
            o[l] = fma(z, outputs[m * S::L + l], o[l]);
        }
    }
}

template <class S>
__device__ inline void answer(const Team<S>& team, const Fresh& from, i32 count) {
    for (i32 s = team.owner; s < count; s += team.owners) {
        REAL o[S::L];
        teach<S>(team.taught, team.x + s * S::X, o);
#pragma unroll
        for (int l = 0; l < S::L; l++) {
            team.targets[s * S::L + l] = o[l];
        }
        if (from.plan.loss > HINGE) {
            const i32 label = largest(Rows{team.targets + s * S::L, 1}, from.n.l);
            team.targets[s * S::L] = (REAL)__int_as_float(label);
        }
    }
}

// The tile: `count` examples from number n of the step on, or of as many steps. Lanes meet before and after.
template <class S>
__device__ inline void fill(const Team<S>& team, const Fresh& from, i64 local, i32 n, i32 count) {
    if (S::G > 1 || team.owners > 1) {
        __syncwarp();
    }
    if (from.plan.feed > UNIFORM) {
        copy(team, from, local * from.plan.examples + n, count);
    } else if (S::TILE == 1 && team.owners == 1) {
        draw_alone(team, from, from.given.first + local);
    } else {
        draw(team, from, from.given.first + local, n, count);
    }
    if (S::G > 1 || team.owners > 1) {
        __syncwarp();
    }
    if (from.plan.teacher_layers > 0) {
        answer(team, from, count);
        if (S::G > 1 || team.owners > 1) {
            __syncwarp();
        }
    }
}

// Where the lanes of a thread's warp lie in dynamic shared memory, in words; ResidentLanes in Java knows the same.
template <class S>
struct Region {
    static constexpr i32 REPLICAS = WARP / S::G;
    i32 examples, teacher; // of a replica or a warp; of a replica
    bool shared;
    __device__ i32 words() const { return (shared ? 1 : REPLICAS) * examples + REPLICAS * (S::TEAM + teacher); }
};

template <class S>
__device__ inline Team<S> team_of(REAL* at, const Region<S>& region, i32 thread) {
    const i32 replica = thread / S::G, lane = thread % S::G;
    Team<S> team = {};
    team.lane = lane;
    team.tile = region.shared ? WARP : S::TILE;
    team.owner = region.shared ? thread : lane;
    team.owners = region.shared ? WARP : S::G;
    team.x = at + (region.shared ? 0 : replica * region.examples);
    team.targets = team.x + team.tile * S::X;
    team.a = at + (region.shared ? 1 : Region<S>::REPLICAS) * region.examples + replica * S::TEAM;
    team.v = team.a + S::ROWS * S::A;
    team.c = team.v + S::L * S::A;
    team.o = team.c + fours(S::L);
    team.terms = reinterpret_cast<double*>(team.o + fours(S::ROWS * S::L));
    team.taught.at = at + region.words() - (Region<S>::REPLICAS - replica) * region.teacher;
    return team;
}

// A teacher from memory into padded rows, by `threads` threads.
template <class S>
__device__ inline void bring_teacher(REAL* to, const REAL* from, const Sizes& n, i32 thread, i32 threads) {
    for (i32 i = thread; i < taught_words(n.k, S::X, S::L); i += threads) {
        const i32 biases = n.k * S::X, outputs = biases + n.k, ends = outputs + n.k * S::L;
        REAL word = 0;
        if (i < biases) {
            const i32 m = i / S::X, d = i % S::X;
            word = d < n.d ? from[m * n.d + d] : (REAL)0;
        } else if (i < outputs) {
            word = n.bias ? from[n.k * n.d + i - biases] : (REAL)0;
        } else if (i < ends) {
            const i32 m = (i - outputs) / S::L, l = (i - outputs) % S::L;
            word = l < n.l ? from[n.second() + l * n.k + m] : (REAL)0;
        } else {
            word = n.bias && i - ends < n.l ? from[n.second() + n.l * n.k + i - ends] : (REAL)0;
        }
        to[i] = word;
    }
}
