// resident_team.cuh: what the threads of a block share, what comes in and goes out, and the loss. See resident_block.cu.
#pragma once

#include "resident_block.cuh"

// Words of the plan, in this order; places in elements but for the three that are bytes.
struct BlockPlan {
    i32 words, layers, teacher_layers, loss, rule, examples, chunk, feed, unit_norm, parameters;
    i32 slot, gradient;                    // elements of a slot; place of the gathered gradient
    i32 answer, answer_pitch;              // targets [chunk][K], or I32 labels [chunk]
    i32 terms_byte, memory_byte, mask_byte;
};

constexpr int BLOCK_PLAN_WORDS = sizeof(BlockPlan) / sizeof(i32);

// What the threads of a block share, and what each has seen.
struct Team {
    const BlockPlan* plan;
    const Layer* teacher;
    const Layer* student;
    REAL* memory;
    double* terms;
    const u32* mask; // null: all parameters move
    Scalars* scalars;
    const double* hyper;
    Home home;
    Stretch stretch;
    Source source;
    double sum;          // thread 0's: of the loss terms
    double bad;          // NaN from the first number on that is not finite
    REAL bad_gradient;   // the same of this step's gradient
};

// Calls visit(place, i) for all parameters of a network: i among the P.
template <typename Visit>
__device__ inline void each_parameter(const Layer* layers, i32 count, const Visit& visit) {
    for (i32 l = 0; l < count; l++) {
        const Layer& layer = layers[l];
        const i32 weights = layer.in * layer.out;
        for (i32 e = threadIdx.x; e < weights; e += blockDim.x) {
            visit(layer.weights + e / layer.in * layer.pitch + e % layer.in, layer.home + e);
        }
        for (i32 k = threadIdx.x; layer.bias >= 0 && k < layer.out; k += blockDim.x) {
            visit(layer.bias + k, layer.home + weights + k);
        }
    }
}

__device__ inline void load(const Team& team) {
    const BlockPlan& plan = *team.plan;
    each_parameter(team.student, plan.layers, [&](i32 place, i32 i) {
        team.memory[place] = team.home.weights[i];
        for (i32 s = 0; s < slots_of(plan.rule); s++) {
            team.memory[(1 + s) * plan.slot + place] = team.home.state[s * plan.parameters + i];
        }
    });
}

__device__ inline void store(const Team& team) {
    const BlockPlan& plan = *team.plan;
    each_parameter(team.student, plan.layers, [&](i32 place, i32 i) {
        team.home.weights[i] = team.memory[place];
        for (i32 s = 0; s < slots_of(plan.rule); s++) {
            team.home.state[s * plan.parameters + i] = team.memory[(1 + s) * plan.slot + place];
        }
    });
}

// Whether the parameters this thread looks at, and their state, are finite.
__device__ inline bool finite_share(const Team& team) {
    double bad = 0;
    each_parameter(team.student, team.plan->layers, [&](i32 place, i32) {
        for (i32 s = 0; s <= slots_of(team.plan->rule); s++) {
            bad = fma((double)team.memory[s * team.plan->slot + place], 0.0, bad);
        }
    });
    return bad == 0;
}

// Inputs of examples n0 .. n0 + count - 1 from the stream: one thread makes the four numbers of a group.
__device__ inline void draw(const Team& team, i32 n0, i32 count, i64 step) {
    const Source& source = team.source;
    const Layer& first = team.student[0];
    const i32 D = first.in, from = n0 * D, to = from + count * D;
    for (i32 group = from / 4 + threadIdx.x; 4 * group < to; group += blockDim.x) {
        const PhiloxWords words = philox((u64)source.stream[0], (u32)source.stream[1], (u64)step, (u32)group);
        float z[4];
        if (team.plan->feed == NORMAL) {
            normals_of(words.word[0], words.word[1], z[0], z[1]);
            normals_of(words.word[2], words.word[3], z[2], z[3]);
        } else {
            for (int q = 0; q < 4; q++) {
                z[q] = uniform_of(words.word[q]);
            }
        }
        for (int q = 0; q < 4; q++) {
            const i32 i = 4 * group + q;
            if (i >= from && i < to) {
                const i32 place = (i / D - n0) * first.below_pitch + i % D;
                team.memory[first.below + place] = (REAL)fma(source.second, z[q], source.first);
            }
        }
    }
}

// The same from the set, with labels or targets where no teacher says them.
__device__ inline void fetch(const Team& team, i32 n0, i32 count, i64 local) {
    const Source& source = team.source;
    const BlockPlan& plan = *team.plan;
    const Layer& first = team.student[0];
    const i32* rows = source.rows + local * plan.examples + n0;
    const i32 D = first.in, K = team.student[plan.layers - 1].out;
    for (i32 e = threadIdx.x; e < count * D; e += blockDim.x) {
        team.memory[first.below + e / D * first.below_pitch + e % D] = source.x[(i64)rows[e / D] * D + e % D];
    }
    if (plan.teacher_layers == 0 && plan.loss > HINGE) {
        for (i32 n = threadIdx.x; n < count; n += blockDim.x) {
            reinterpret_cast<i32*>(team.memory + plan.answer)[n] = source.labels[rows[n]];
        }
    } else if (plan.teacher_layers == 0) {
        for (i32 e = threadIdx.x; e < count * K; e += blockDim.x) {
            team.memory[plan.answer + e / K * plan.answer_pitch + e % K] = source.targets[(i64)rows[e / K] * K + e % K];
        }
    }
}

// Adds what the threads hand in, in the order of the threads.
__device__ inline void add_in_order(Team& team, double term, i32 count) {
    team.terms[threadIdx.x] = term;
    __syncthreads();
    for (i32 t = 0; threadIdx.x == 0 && t < count; t++) {
        team.sum += team.terms[t];
    }
    __syncthreads();
}

// Loss term of item i of the chunk (an output, or an example's all); outputs turn into slopes.
__device__ inline double term_of(const Team& team, i32 i) {
    const BlockPlan& plan = *team.plan;
    const Layer& top = team.student[plan.layers - 1];
    REAL* answer = team.memory + plan.answer;
    REAL* outputs = team.memory + top.above;
    if (plan.loss > HINGE) {
        const i32 label = plan.teacher_layers > 0 ? largest({answer + i * plan.answer_pitch, 1}, top.out)
                                                  : reinterpret_cast<const i32*>(answer)[i];
        return cross_entropy({outputs + i * top.above_pitch, 1}, top.out, label, team.stretch.scale);
    }
    const i32 n = i / top.out, k = i % top.out;
    const REAL target = answer[n * plan.answer_pitch + k];
    return output_loss(plan.loss, outputs[n * top.above_pitch + k], target, team.stretch.scale);
}

__device__ inline void evaluate(Team& team, i32 count, bool exact) {
    const BlockPlan& plan = *team.plan;
    const i32 K = team.student[plan.layers - 1].out, items = plan.loss > HINGE ? count : count * K;
    const double guard = 2.0 * plan.examples * K * (team.stretch.scale > 1 ? team.stretch.scale : 1);
    for (i32 from = 0; from < items; from += blockDim.x) {
        const i32 i = from + (i32)threadIdx.x;
        const double term = i < items ? term_of(team, i) : 0;
        team.bad = fma(term * guard, 0.0, team.bad);
        if (exact) {
            add_in_order(team, term, min((i32)blockDim.x, items - from));
        }
    }
}
