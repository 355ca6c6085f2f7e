// resident_block.cu: whole stretches of training of many networks, one block per replica, in one launch.
//
// The same step as resident.cu, for networks and batches that keep a block busy: x from a stream or a set; t from a
// teacher or the set; z_l = W_l f_l + b_l, f_(l+1) = max(z_l, 0); loss and slopes; then from the top layer down: slopes
// below by the old weights, barrier, dW_l = dz_l^T f_l in registers and its step at once. A gradient is written only
// where it is the last of the stretch, or where a batch comes in several chunks: then it gathers in shared memory.
//
// Arithmetic. That of resident.cu, chain by chain (products start from the bias and run over d, slopes over k, gradients
// over n), so which of the two trains a replica, with how many threads, tiles and chunks, changes no bit. The loss is
// summed example by example by one thread where it is told, which is at the end of a stretch; before it, its terms are
// watched alone, a little too strictly: a term beyond the largest number / (2 N K) makes the stretch be done again.
//
// Layout. Arrays as in resident.cu, the plan alone differs: BlockPlan, then a Layer for each affine map, the teacher's
// first. Shared memory: plan, one F64 a thread, then in elements: weights [out][pitch] and biases of each layer, as often
// for the optimiser's slots, and for the gradient where the batch is cut; the teacher's; x, levels, slopes as
// [chunk][pitch]; answers; the mask's words. A pitch is V (2 m + 1), the least that holds a row, V = 16 bytes: 8 threads
// that read 16 bytes each from 8 neighbouring rows meet 8 groups of 4 banks; so do 8 that read neighbouring places.
//
// Threads. blockDim = (T, 1), 64 to 512; one grid axis, block = replica. Barriers: 2 + 2 layers (+ the teacher's) a chunk.
// Bytes and flops. Off chip: 2 (1 + slots) P words per replica and launch, and the set's rows. On chip: 3 N P fused
// multiply-adds a step; a tile of 4 x 4 reads half a word for each. Shared bytes: see ResidentBlockPlan.
// Determinism. A replica's numbers do not depend on T, R, the chunks or the cut into stretches.
//
// Health. As in resident.cu: a stretch runs unwatched; where something was not finite it is done once more from the
// untouched arrays, with a look after every step and the last finite state kept there. Slots of the ring that were filled
// on the way are then filled again.
#define RECTIFIER_BLOCK 512
#include "resident_team.cuh"

constexpr i32 UNWATCHED = 0, WATCHED = 1, LOOK = 2, DONE = 3;

// What a step does beyond the forward and backward pass.
struct Way {
    bool exact; // the loss is wanted
    bool moves; // weights move
    bool keeps; // the gradient goes home
};

// Where gradients begin and end: between chunks in shared memory, after the last in a step.
struct Settle {
    Team* team;
    i64 step;
    bool first, last; // chunk of the batch
    Way way;

    template <int Q>
    __device__ Strip<Q> start(i32 place) const {
        if (!first) {
            return strip<Q>(team->memory + team->plan->gradient + place);
        }
        Strip<Q> zeros;
        for (int q = 0; q < Q; q++) {
            zeros.at[q] = team->plan->examples == 1 ? (REAL)-0.0 : (REAL)0;
        }
        return zeros;
    }

    __device__ Strip<1> bias(i32 place) const {
        return {{first ? (REAL)0 : team->memory[team->plan->gradient + place]}};
    }

    __device__ bool moves(i32 i) const {
        return team->mask == nullptr || (team->mask[i / WARP] >> (i % WARP) & 1u) != 0;
    }

    // The first `count` of Q neighbours from parameter i on.
    template <int Q>
    __device__ void settle(i32 place, i32 i, i32 count, const Strip<Q>& g) const {
        if (!last) {
            *reinterpret_cast<Strip<Q>*>(team->memory + team->plan->gradient + place) = g;
            return;
        }
#pragma unroll
        for (int q = 0; q < Q; q++) {
            if (q < count) {
                team->bad_gradient = fma(g.at[q], (REAL)0, team->bad_gradient);
                if (way.keeps) {
                    team->home.gradient[i + q] = g.at[q];
                }
            }
        }
        if (way.moves) {
            move(place, i, count, g);
        }
    }

    template <int Q>
    __device__ void move(i32 place, i32 i, i32 count, const Strip<Q>& g) const {
        const i32 rule = team->plan->rule;
        Strip<Q>* w = reinterpret_cast<Strip<Q>*>(team->memory + place);
        Strip<Q>* m = reinterpret_cast<Strip<Q>*>(team->memory + team->plan->slot + place);
        Strip<Q>* v = reinterpret_cast<Strip<Q>*>(team->memory + 2 * team->plan->slot + place);
        Strip<Q> weight = *w, first_moment = weight, second_moment = weight;
        if (rule != SGD) {
            first_moment = *m;
        }
        if (rule == ADAM) {
            second_moment = *v;
        }
#pragma unroll
        for (int q = 0; q < Q; q++) {
            if (q < count && moves(i + q)) {
                const Parameter old = {weight.at[q], first_moment.at[q], second_moment.at[q]};
                const Parameter next = updated(old, g.at[q], *team->scalars, rule, step);
                weight.at[q] = next.weight;
                first_moment.at[q] = next.m;
                second_moment.at[q] = next.v;
            }
        }
        *w = weight;
        if (rule != SGD) {
            *m = first_moment;
        }
        if (rule == ADAM) {
            *v = second_moment;
        }
    }
};

// One chunk of a batch, forward and backward; the last one takes the step.
__device__ inline void chunk(Team& team, i32 n0, i64 local, Way way) {
    const BlockPlan& plan = *team.plan;
    const i64 step = team.stretch.first + local;
    const i32 count = min(plan.chunk, plan.examples - n0);
    if (plan.feed > UNIFORM) {
        fetch(team, n0, count, local);
    } else {
        draw(team, n0, count, step);
    }
    __syncthreads();
    for (i32 l = 0; l < plan.teacher_layers + plan.layers; l++) {
        forward(team.teacher[l], team.memory, count); // the student's follow the teacher's
        __syncthreads();
    }
    evaluate(team, count, way.exact);
    __syncthreads();
    const Settle sink = {&team, step, n0 == 0, n0 + count == plan.examples, way};
    for (i32 l = plan.layers - 1; l >= 0; l--) {
        if (l > 0) {
            down(team.student[l], team.student[l - 1], team.memory, count);
            __syncthreads();
        }
        gradient(team.student[l], team.memory, count, sink);
        if (l != 1) {
            __syncthreads(); // after layer 1 nothing is written that others still read
        }
    }
}

// Rows of the layers named in the plan onto the unit sphere.
__device__ inline void project(const Team& team) {
    for (i32 l = 0; l < team.plan->layers; l++) {
        const Layer& layer = team.student[l];
        const bool biased = layer.bias >= 0;
        for (i32 k = threadIdx.x; k < layer.out && (team.plan->unit_norm >> l & 1) != 0; k += blockDim.x) {
            const Rows weights = {team.memory + layer.weights + k * layer.pitch, 1};
            onto_sphere(weights, layer.in, {team.memory + (biased ? layer.bias + k : 0), 1}, biased);
        }
    }
    if (team.plan->unit_norm != 0) {
        __syncthreads();
    }
}

// Step `local` of the stretch, up to the projection.
__device__ inline void take_step(Team& team, i64 local, Way way) {
    const Stretch& stretch = team.stretch;
    const i32 rule = team.plan->rule;
    if (threadIdx.x == 0 && (local == 0 || rule == ADAM || stretch.factors[local] != stretch.factors[local - 1])) {
        *team.scalars = scalars_of(team.hyper, rule, stretch.factors[local], stretch.first + local);
    }
    team.sum = 0;
    team.bad_gradient = 0;
    for (i32 n0 = 0; n0 < team.plan->examples; n0 += team.plan->chunk) {
        chunk(team, n0, local, way);
    }
    team.bad += team.bad_gradient;
}

// Why the step just taken from a finite state cannot be taken, or NONE.
__device__ inline i32 cause_of(const Team& team) {
    const bool loss = threadIdx.x == 0 && !is_finite(team.stretch.scale * team.sum);
    if (__syncthreads_or(loss)) {
        return LOSS;
    }
    if (__syncthreads_or(team.bad_gradient != 0)) {
        return GRADIENT;
    }
    return __syncthreads_or(!finite_share(team)) ? WEIGHT : NONE;
}

// Weights and loss into the slot that is due after step s, if one is.
__device__ inline void keep(const Team& team, i64 s) {
    const Ring& ring = team.stretch.ring;
    const i32 slot = ring.slot(s);
    if (slot < 0) {
        return;
    }
    REAL* const weights = ring.weights + blockIdx.x * ring.weights_stride + (i64)slot * team.plan->parameters;
    each_parameter(team.student, team.plan->layers, [&](i32 place, i32 i) { weights[i] = team.memory[place]; });
    if (threadIdx.x == 0) {
        ring.losses[blockIdx.x * ring.losses_stride + slot] = team.stretch.scale * team.sum;
    }
}

// The first step of a stretch at which a replica that stands still does so.
__device__ inline i64 still_from(const Team& team) {
    const i64 local = *team.home.step_of - team.stretch.first;
    return local > 0 && local < team.stretch.steps ? local : 0;
}

// The stretch in one mode; the mode to go on in. LOOK: for a replica that stands still.
__device__ inline i32 pass(Team& team, i32 mode) {
    const i64 steps = team.stretch.steps;
    load(team);
    team.bad = 0;
    for (i64 s = mode == LOOK ? still_from(team) : 0; s < steps; s++) {
        const bool last = s == steps - 1;
        const bool told = last || team.stretch.ring.slot(s) >= 0;
        if (mode == LOOK && !told) {
            continue;
        }
        take_step(team, s, {told || mode == WATCHED, mode != LOOK, last});
        const i32 cause = mode == WATCHED ? cause_of(team) : NONE;
        if (cause != NONE) {
            if (threadIdx.x == 0) {
                *team.home.cause = cause;
                *team.home.step_of = team.stretch.first + s;
            }
            __syncthreads(); // all of them read when
            return LOOK;
        }
        if (mode != LOOK) {
            project(team);
        }
        if (mode == WATCHED) {
            store(team);
        }
        keep(team, s);
    }
    if (mode == UNWATCHED) {
        if (__syncthreads_or(team.bad != 0 || !finite_share(team))) {
            return WATCHED;
        }
        store(team);
    }
    if (threadIdx.x == 0) {
        *team.home.loss = team.stretch.scale * team.sum;
    }
    return DONE;
}

KERNEL(resident_block)(REAL* weights, i64 weights_stride, REAL* gradient, i64 gradient_stride, REAL* state,
                       i64 state_stride, double* loss, i64 loss_stride, i32* cause, i64 cause_stride, i64* step_of,
                       i64 step_of_stride, i32* done, i64 done_stride, REAL* ring, i64 ring_stride,
                       double* ring_losses, i64 ring_losses_stride, const u32* __restrict__ mask, i64 mask_stride, const double* __restrict__ hyper, i64 hyper_stride, const REAL* __restrict__ teacher,
                       i64 teacher_stride, const i64* __restrict__ streams, i64 streams_stride,
                       const REAL* __restrict__ x, i64 x_stride, const REAL* __restrict__ targets, i64 targets_stride,
                       const i32* __restrict__ labels, i64 labels_stride, const i32* __restrict__ rows, i64 rows_stride,
                       const double* __restrict__ factors, i64 factors_stride, const i32* __restrict__ slots,
                       i64 slots_stride, const i32* __restrict__ plan_words, i64 plan_words_stride, i64 R, i64 first, i64 steps, double scale, double offset, double width) {
    DYNAMIC_SHARED(unsigned char, bytes);
    __shared__ Scalars scalars;
    (void)slots_stride; // one table of all replicas
    const i64 r = blockIdx.x;
    if (r >= R || (done != nullptr && done[r * done_stride] != 0)) {
        return;
    }
    i32* words = reinterpret_cast<i32*>(bytes);
    const i32* given = plan_words + r * plan_words_stride; // one plan: stride 0
    for (i32 i = threadIdx.x; i < given[0]; i += blockDim.x) {
        words[i] = given[i];
    }
    __syncthreads();
    const BlockPlan& plan = *reinterpret_cast<const BlockPlan*>(words);
    Team team = {};
    team.plan = &plan;
    team.teacher = reinterpret_cast<const Layer*>(words + BLOCK_PLAN_WORDS);
    team.student = team.teacher + plan.teacher_layers;
    team.memory = reinterpret_cast<REAL*>(bytes + plan.memory_byte);
    team.terms = reinterpret_cast<double*>(bytes + plan.terms_byte);
    team.scalars = &scalars;
    team.hyper = hyper + r * hyper_stride;
    team.home = {weights + r * weights_stride, state + r * state_stride, gradient + r * gradient_stride,
                 loss + r * loss_stride,       cause + r * cause_stride, step_of + r * step_of_stride};
    team.stretch = {factors + r * factors_stride, first, steps, scale,
                    {ring, ring_losses, ring_stride, ring_losses_stride, slots}};
    team.source = {streams + r * streams_stride, x + r * x_stride, targets + r * targets_stride,
                   labels + r * labels_stride,   rows + r * rows_stride, (float)offset, (float)width, {}};
    u32* bits = reinterpret_cast<u32*>(bytes + plan.mask_byte);
    if (mask != nullptr) {
        for (i32 i = threadIdx.x; i < ceil_div(plan.parameters, WARP); i += blockDim.x) {
            bits[i] = mask[r * mask_stride + i];
        }
        team.mask = bits;
    }
    each_parameter(team.teacher, plan.teacher_layers,
                   [&](i32 place, i32 i) { team.memory[place] = teacher[r * teacher_stride + i]; });
    i32 mode = *team.home.cause != NONE ? LOOK : UNWATCHED;
    while (mode != DONE) {
        mode = pass(team, mode);
    }
}
