// resident.cuh: one replica's batch in one thread: feed, teacher, forward, loss, backward. See resident.cu.
#pragma once

#include "philox.cuh"
#include "update.cuh"

// What a replica seldom does stays out of the registers of what it always does.
#if defined(RECTIFIER_HOST)
#define COLD __device__ inline
#else
#define COLD __device__ __noinline__
#endif

constexpr i32 SQUARED = 0, LOGISTIC = 1, HINGE = 2; // losses (3: cross-entropy)
constexpr i32 NORMAL = 0, UNIFORM = 1;              // feeds (2: rows of a set)

// What is trained: words of the plan, in this order. The widths of the student and of the teacher follow, D first.
struct Plan {
    i32 layers, bias, relu, loss, rule, examples, feed, answers_label;
    i32 teacher_layers, teacher_bias, teacher_relu, unit_norm; // unit_norm: bit l = rows of layer l stay on the sphere
    i32 parameters, teacher_parameters, teacher_words;         // teacher_words: in front, 0 where replicas have their own
    i32 state_row, gradient_row, x_row, level_row, teacher_row, answer_row; // first rows of a thread
};

constexpr int PLAN_WORDS = sizeof(Plan) / sizeof(i32);
constexpr int LAYERS = 30; // of a network at most

// Rows of one thread, or numbers that all threads share.
struct Rows {
    REAL* at;
    i32 step;
    __device__ REAL& operator()(i32 row) const { return at[(i64)row * step]; }
    __device__ Rows from(i32 row) const { return {at + (i64)row * step, step}; }
};

// The task's arrays of one replica.
struct Home {
    REAL* weights;
    REAL* state;
    REAL* gradient;
    double* loss;
    i32* cause;
    i64* step_of;
};

__device__ inline i32 slots_of(i32 rule) {
    return rule == SGD ? 0 : rule == ADAM ? 2 : 1;
}

constexpr i32 NO_SLOT = -1; // of the ring

// Copies of what replicas pass through: weights [R, S, P] and losses [R, S] after some steps.
struct Ring {
    REAL* weights;
    double* losses;
    i64 weights_stride, losses_stride; // of replicas
    const i32* slots;                  // [steps]: what is filled after a step, NO_SLOT or less: nothing; less after the last
    __device__ i32 slot(i64 local) const { return slots == nullptr ? NO_SLOT : slots[local]; }
};

// The steps of a stretch.
struct Stretch {
    const double* factors;
    i64 first, steps;
    double scale; // of the loss
    Ring ring;
};

// A unit's weights and bias divided by their norm; a row of zeros stays.
__device__ inline void onto_sphere(Rows weights, i32 in, Rows bias, bool biased) {
    const double b = biased ? (double)bias(0) : 0.0;
    double squares = b * b;
    for (i32 d = 0; d < in; d++) {
        const double w = weights(d);
        squares = fma(w, w, squares);
    }
    const REAL norm = squares == 0 ? (REAL)1 : (REAL)sqrt(squares);
    for (i32 d = 0; d < in; d++) {
        weights(d) /= norm;
    }
    if (biased) {
        bias(0) /= norm;
    }
}

struct Net {
    const i32* widths;
    i32 layers;
    bool bias, relu;
};

// Widths above layer 0 to l - 1: the first row of level l among the levels above the input.
__device__ inline i32 level_of(const Net& net, i32 l) {
    i32 row = 0;
    for (i32 below = 1; below < l; below++) {
        row += net.widths[below];
    }
    return row;
}

__device__ inline void forward(const Net& net, Rows w, Rows x, Rows levels) {
    Rows below = x;
    for (i32 l = 0; l < net.layers; l++) {
        const i32 in = net.widths[l], out = net.widths[l + 1];
        const Rows above = levels.from(level_of(net, l + 1)), bias = w.from(in * out);
        const bool rectified = net.relu && l < net.layers - 1;
        for (i32 k = 0; k < out; k++) {
            REAL z = net.bias ? bias(k) : (REAL)0;
            if (in == 1 && !net.bias) {
                z = below(0) * w(k);
            } else {
                for (i32 d = 0; d < in; d++) {
                    z = fma(below(d), w(k * in + d), z);
                }
            }
            above(k) = rectified && z <= 0 ? (REAL)0 : z; // a NaN stays
        }
        below = above;
        w = w.from(in * out + (net.bias ? out : 0));
    }
}

// Everything one thread works with.
struct Lane {
    const Plan* plan; // in shared memory
    Net student, teacher;
    Rows w, state, gradient, x, levels, answer, taught;
    const u32* mask;
    const double* hyper;
    Scalars scalars;
    double sum;  // of the loss terms of the batch
    double bad;  // NaN from the first number on that is not finite
};

__device__ inline bool moves(const Lane& lane, i32 i) {
    return lane.mask == nullptr || (lane.mask[i / WARP] >> (i % WARP) & 1u) != 0;
}

// The step of parameter i, which has this gradient.
__device__ inline void move(Lane& lane, i32 i, REAL weight, REAL gradient, i64 step) {
    if (!moves(lane, i)) {
        lane.bad = fma((double)gradient, 0.0, lane.bad);
        return;
    }
    const i32 rule = lane.plan->rule, P = lane.plan->parameters;
    Parameter old = {weight, 0, 0};
    if (rule != SGD) {
        old.m = lane.state(i);
    }
    if (rule == ADAM) {
        old.v = lane.state(P + i);
    }
    const Parameter next = updated(old, gradient, lane.scalars, rule, step);
    lane.w(i) = next.weight;
    if (rule != SGD) {
        lane.state(i) = next.m;
    }
    if (rule == ADAM) {
        lane.state(P + i) = next.v;
    }
}

// Where the gradient of an example goes: into a sum over examples, one number each for N = 1 ...
struct Collect {
    bool only, first;
    __device__ void weight(Lane& lane, i32 i, REAL, REAL dz, REAL x) const {
        REAL& slot = lane.gradient(i);
        slot = only ? dz * x : fma(dz, x, first ? (REAL)0 : slot);
    }
    __device__ void bias(Lane& lane, i32 i, REAL dz) const {
        REAL& slot = lane.gradient(i);
        slot = (first ? (REAL)0 : slot) + dz;
    }
};

// ... or, where one example is the batch, straight into the step.
struct Descend {
    i64 step;
    __device__ void weight(Lane& lane, i32 i, REAL w, REAL dz, REAL x) const { move(lane, i, w, dz * x, step); }
    __device__ void bias(Lane& lane, i32 i, REAL dz) const { move(lane, i, lane.w(i), 0 + dz, step); }
};

// Backward through one layer; `below` turns from activations to signals.
template <typename Sink>
__device__ inline void backward_layer(Lane& lane, i32 l, i32 at, Rows below, Rows dz, const Sink& sink) {
    const i32 in = lane.student.widths[l], out = lane.student.widths[l + 1];
    for (i32 d = 0; d < in; d++) {
        const REAL x = below(d);
        REAL signal = 0;
        for (i32 k = 0; k < out; k++) {
            const REAL w = lane.w(at + k * in + d), slope = dz(k);
            signal = out == 1 ? slope * w : fma(slope, w, signal);
            sink.weight(lane, at + k * in + d, w, slope, x);
        }
        if (l > 0) {
            below(d) = !lane.student.relu || x > 0 ? signal : (REAL)0;
        }
    }
    for (i32 k = 0; lane.student.bias && k < out; k++) {
        sink.bias(lane, at + in * out + k, dz(k));
    }
}

template <typename Sink>
__device__ inline void backward(Lane& lane, const Sink& sink) {
    const Net& net = lane.student;
    i32 at = lane.plan->parameters;
    for (i32 l = net.layers - 1; l >= 0; l--) {
        at -= net.widths[l + 1] * (net.widths[l] + (net.bias ? 1 : 0));
        const Rows below = l == 0 ? lane.x : lane.levels.from(level_of(net, l));
        backward_layer(lane, l, at, below, lane.levels.from(level_of(net, l + 1)), sink);
    }
}

// Where a batch comes from.
struct Source {
    const i64* stream;
    const REAL* x;
    const REAL* targets;
    const i32* labels;
    const i32* rows; // of the whole stretch
    float first, second;
    float z[4]; // the stream's group at hand
};

// Element i of the block of a step; asked for in ascending order.
__device__ inline REAL drawn(Source& source, bool normal, i64 i, i64 step) {
    if ((i & 3) == 0) {
        const PhiloxWords words = philox((u64)source.stream[0], (u32)source.stream[1], (u64)step, (u32)(i / 4));
        if (normal) {
            normals_of(words.word[0], words.word[1], source.z[0], source.z[1]);
            normals_of(words.word[2], words.word[3], source.z[2], source.z[3]);
        } else {
            for (int k = 0; k < 4; k++) {
                source.z[k] = uniform_of(words.word[k]);
            }
        }
    }
    return (REAL)fma(source.second, source.z[i & 3], source.first);
}

// Brings in example n of a batch; returns its row of the set, or 0.
__device__ inline i32 take(const Lane& lane, Source& source, i32 n, i64 local, i64 step) {
    const i32 D = lane.student.widths[0];
    if (lane.plan->feed > UNIFORM) {
        const i32 row = source.rows[local * lane.plan->examples + n];
        for (i32 d = 0; d < D; d++) {
            lane.x(d) = source.x[(i64)row * D + d];
        }
        return row;
    }
    for (i32 d = 0; d < D; d++) {
        lane.x(d) = drawn(source, lane.plan->feed == NORMAL, (i64)n * D + d, step);
    }
    return 0;
}

// Index of the largest of K outputs; a NaN is the largest.
__device__ inline i32 largest(Rows o, i32 K) {
    i32 best = 0;
    for (i32 k = 0; k < K; k++) {
        if (o(k) != o(k)) {
            return k;
        }
        best = o(k) > o(best) ? k : best;
    }
    return best;
}

// Cross-entropy of one example; outputs turn into slopes.
__device__ inline double cross_entropy(Rows o, i32 K, i32 label, double scale) {
    const bool known = label >= 0 && label < K;
    double top = o(0), total = 0, poison = 0;
    for (i32 k = 1; k < K; k++) {
        top = o(k) > top ? (double)o(k) : top;
    }
    for (i32 k = 0; k < K; k++) {
        total += exp((double)o(k) - top);
        poison += (double)o(k) * 0 + (known ? 0.0 : __longlong_as_double(0x7ff8000000000000LL));
    }
    const double margin = (double)o(known ? label : 0) - top;
    for (i32 k = 0; k < K; k++) {
        const double e = exp((double)o(k) - top);
        o(k) = (REAL)(scale * ((k == label ? e - total : e) / total) + poison);
    }
    return log(total) - margin + poison;
}

// The other losses of one output, which turns into its slope.
__device__ inline double output_loss(i32 kind, REAL& output, REAL target, double scale) {
    if (kind == SQUARED) {
        const REAL difference = output - target;
        output = (REAL)(2 * scale) * difference;
        return (double)difference * (double)difference;
    }
    const double o = output, t = target, margin = t * o;
    if (kind == HINGE) {
        const double gap = 1 - margin;
        output = gap > 0 ? -target * (REAL)scale : (REAL)0;
        return (gap <= 0 ? 0.0 : gap) + 0 * o;
    }
    const double small = exp(margin > 0 ? -margin : margin);
    output = (REAL)(-t * scale * (margin > 0 ? small / (1 + small) : 1 / (1 + small)));
    return log1p(small) + (margin > 0 ? 0.0 : -margin) + 0 * o;
}

// Loss terms of the example at hand; the student's outputs turn into slopes.
__device__ inline void evaluate(Lane& lane, const Source& source, i32 row, double scale) {
    const i32 K = lane.student.widths[lane.student.layers];
    const Rows o = lane.levels.from(level_of(lane.student, lane.student.layers));
    const bool taught = lane.plan->teacher_layers > 0;
    const Rows answer = lane.answer.from(taught ? level_of(lane.teacher, lane.teacher.layers) : 0);
    if (lane.plan->loss > HINGE) {
        lane.sum += cross_entropy(o, K, taught ? largest(answer, K) : source.labels[row], scale);
        return;
    }
    for (i32 k = 0; k < K; k++) {
        const REAL target = taught ? answer(k) : source.targets[(i64)row * K + k];
        lane.sum += output_loss(lane.plan->loss, o(k), target, scale);
    }
}

// Forward and backward over a batch; one example goes straight into the step if `descends`.
__device__ inline void batch(Lane& lane, Source& source, i64 local, i64 step, double scale, bool descends) {
    lane.sum = 0;
    for (i32 n = 0; n < lane.plan->examples; n++) {
        const i32 row = take(lane, source, n, local, step);
        if (lane.plan->teacher_layers > 0) {
            forward(lane.teacher, lane.taught, lane.x, lane.answer);
        }
        forward(lane.student, lane.w, lane.x, lane.levels);
        evaluate(lane, source, row, scale);
        if (descends) {
            backward(lane, Descend{step});
        } else {
            backward(lane, Collect{lane.plan->examples == 1, n == 0});
        }
    }
    lane.bad = fma(0.0, scale * lane.sum, lane.bad);
}
