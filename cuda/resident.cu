// resident.cu: whole stretches of training of many small networks, one thread per replica, in one launch.
//
// A step, per example n of N: x from a stream or a set; t from a teacher or the set; z_l = W_l f_l + b_l, f_(l+1) = max(z_l, 0);
// loss and its slope; backward in place: dz_(l-1) = f' (W_l^T dz_l), dW_l += dz_l f_l^T, db_l += dz_l. Then the update of
// update.cuh and, for some layers, rows divided by their norm. The same steps as dense, pointwise, loss and update kernels
// would take, `steps` times; nothing of a replica leaves the multiprocessor in between.
//
// Arithmetic. That of the CPU engine's resident path (PackF32 and its parts), order by order: a replica has the same bits on
// both with the squared and the hinge loss and all rules but Adam. Exponentials, and Adam's corrections, have their own bits.
//
// Layout. weights, gradient [R,P]; state [R, slots P]; loss F64 [R]; cause I32, step_of I64, done I32 [R]: 1
// where another kernel has trained the stretch, or absent; mask I32 [R, P/32]; hyper F64 [R,7]; teacher [R,P'] or one; streams
// I64 [R,2]; x [R,M,D]; targets [R,M,K]; labels I32 [R,M]; rows I32 [R, steps N]; factors F64 [steps] of the learning rate;
// plan I32, one for all: see Plan; or absent: ring [R,S,P] and ring_losses F64 [R,S] out, slots I32 [steps], one for all:
// see Ring. Shared memory: a teacher of all replicas, then row i
// of thread t at i T + t, so that the 32 lanes of a warp meet 32 banks: weights, state, gradient (where N > 1), x, levels.
//
// Threads. blockDim = (T, 1), thread = replica; no thread waits for another after the teacher is in.
// Bytes and flops. Off chip: 2 (1 + slots) P words per replica and launch, and the set's rows. On chip: ~ 3 N P fused
// multiply-adds per step, about two words of shared memory each.
// Determinism. A replica's numbers do not depend on T, R or the cut into stretches.
//
// Ring. After some steps weights and loss go to a slot, what they would be at home if the stretch ended there: for a
// replica that stands still too. Without a ring a step costs one comparison more.
//
// Health. A stretch runs unwatched, since infinities and NaN never leave a weight again; a look at the end tells whether it
// must be done once more from the untouched arrays, with a look after every step and the last finite state kept there.
#define RECTIFIER_BLOCK 128
#include "resident.cuh"

// Rows of the layers named in the plan onto the unit sphere.
__device__ inline void project(const Lane& lane) {
    i32 at = 0;
    for (i32 l = 0; l < lane.student.layers; l++) {
        const i32 in = lane.student.widths[l], out = lane.student.widths[l + 1], biases = at + in * out;
        for (i32 k = 0; k < out && (lane.plan->unit_norm >> l & 1) != 0; k++) {
            onto_sphere(lane.w.from(at + k * in), in, lane.w.from(biases + k), lane.student.bias);
        }
        at = biases + (lane.student.bias ? out : 0);
    }
}

__device__ inline void load(Lane& lane, const Home& home) {
    for (i32 i = 0; i < lane.plan->parameters; i++) {
        lane.w(i) = home.weights[i];
    }
    for (i32 i = 0; i < slots_of(lane.plan->rule) * lane.plan->parameters; i++) {
        lane.state(i) = home.state[i];
    }
    lane.bad = 0;
}

__device__ inline void store(const Lane& lane, const Home& home) {
    for (i32 i = 0; i < lane.plan->parameters; i++) {
        home.weights[i] = lane.w(i);
    }
    for (i32 i = 0; i < slots_of(lane.plan->rule) * lane.plan->parameters; i++) {
        home.state[i] = lane.state(i);
    }
}

// Loss and gradient of the last batch; where one example is the batch its gradient is at home already.
__device__ inline void store_loss(const Lane& lane, const Home& home, double scale) {
    *home.loss = scale * lane.sum;
    for (i32 i = 0; lane.plan->examples > 1 && i < lane.plan->parameters; i++) {
        home.gradient[i] = lane.gradient(i);
    }
}

// Weights and loss into a slot.
COLD void fill(Rows w, i32 P, const Ring& ring, i32 slot, double loss) {
    const i64 r = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    REAL* const weights = ring.weights + r * ring.weights_stride + (i64)slot * P;
    for (i32 i = 0; i < P; i++) {
        weights[i] = w(i);
    }
    ring.losses[r * ring.losses_stride + slot] = loss;
}

// The same for the slot that is due after step s, if one is.
__device__ inline void keep(const Lane& lane, const Stretch& stretch, i64 s) {
    const i32 slot = stretch.ring.slot(s);
    if (slot >= 0) {
        fill(lane.w, lane.plan->parameters, stretch.ring, slot, stretch.scale * lane.sum);
    }
}

__device__ inline bool all_finite(Rows rows, i32 count) {
    double bad = 0;
    for (i32 i = 0; i < count; i++) {
        bad = fma((double)rows(i), 0.0, bad);
    }
    return bad == 0;
}

__device__ inline bool finite_state(const Lane& lane) {
    const i32 P = lane.plan->parameters;
    return all_finite(lane.w, P) && all_finite(lane.state, slots_of(lane.plan->rule) * P);
}

COLD Scalars rates_of(const double* hyper, i32 rule, double factor, i64 step) {
    return scalars_of(hyper, rule, factor, step);
}

// The scalars of step s, formed anew where they may have changed.
__device__ inline void set_rates(Lane& lane, const Stretch& stretch, i64 s) {
    if (s == 0 || lane.plan->rule == ADAM || stretch.factors[s] != stretch.factors[s - 1]) {
        lane.scalars = rates_of(lane.hyper, lane.plan->rule, stretch.factors[s], stretch.first + s);
    }
}

__device__ inline void move_all(Lane& lane, i64 step) {
    for (i32 i = 0; i < lane.plan->parameters; i++) {
        move(lane, i, lane.w(i), lane.gradient(i), step);
    }
}

// The whole stretch without a look; false if something was not finite on the way.
__device__ inline bool unwatched(Lane& lane, Source& source, const Stretch& stretch) {
    for (i64 s = 0; s < stretch.steps; s++) {
        const bool descends = lane.plan->examples == 1 && s < stretch.steps - 1; // the last gradient is kept
        set_rates(lane, stretch, s);
        batch(lane, source, s, stretch.first + s, stretch.scale, descends);
        if (!descends) {
            move_all(lane, stretch.first + s);
        }
        project(lane);
        keep(lane, stretch, s);
    }
    return lane.bad == 0 && finite_state(lane);
}

// One step from a finite state; why it cannot be taken, or NONE.
__device__ inline i32 watched_step(Lane& lane, Source& source, const Stretch& stretch, i64 s) {
    batch(lane, source, s, stretch.first + s, stretch.scale, false);
    if (!is_finite(stretch.scale * lane.sum)) {
        return LOSS;
    }
    if (!all_finite(lane.gradient, lane.plan->parameters)) {
        return GRADIENT;
    }
    lane.scalars = rates_of(lane.hyper, lane.plan->rule, stretch.factors[s], stretch.first + s);
    move_all(lane, stretch.first + s);
    if (!finite_state(lane)) {
        return WEIGHT;
    }
    project(lane);
    return NONE;
}

// Loss and gradient of the stretch's last batch, for a replica that stands still from step s on; slots on the way.
COLD void look(Lane lane, Source source, Stretch stretch, Home home, i64 s) {
    load(lane, home);
    for (; s < stretch.steps; s++) {
        if (s == stretch.steps - 1 || stretch.ring.slot(s) >= 0) {
            batch(lane, source, s, stretch.first + s, stretch.scale, false);
            keep(lane, stretch, s);
        }
    }
    store_loss(lane, home, stretch.scale);
}

// The same stretch with a look after every step; the last finite state waits at home.
COLD void watched(Lane lane, Source source, Stretch stretch, Home home) {
    load(lane, home);
    for (i64 s = 0; s < stretch.steps; s++) {
        const i32 cause = watched_step(lane, source, stretch, s);
        if (cause != NONE) {
            *home.cause = cause;
            *home.step_of = stretch.first + s;
            look(lane, source, stretch, home, s);
            return;
        }
        store(lane, home);
        keep(lane, stretch, s);
    }
    store_loss(lane, home, stretch.scale);
}

__device__ inline Lane lane_of(const Plan& plan, const i32* widths, REAL* memory, REAL* own_gradient) {
    const i32 T = (i32)blockDim.x;
    const Rows rows = {memory + plan.teacher_words + threadIdx.x, T};
    Lane lane = {};
    lane.plan = &plan;
    lane.student = {widths, plan.layers, plan.bias != 0, plan.relu != 0};
    lane.teacher = {widths + plan.layers + 1, plan.teacher_layers, plan.teacher_bias != 0, plan.teacher_relu != 0};
    lane.w = rows;
    lane.state = rows.from(plan.state_row);
    lane.gradient = plan.examples > 1 ? rows.from(plan.gradient_row) : Rows{own_gradient, 1};
    lane.x = rows.from(plan.x_row);
    lane.levels = rows.from(plan.level_row);
    lane.taught = plan.teacher_words > 0 ? Rows{memory, 1} : rows.from(plan.teacher_row);
    lane.answer = rows.from(plan.answer_row);
    return lane;
}

KERNEL(resident)(REAL* weights, i64 weights_stride, REAL* gradient, i64 gradient_stride, REAL* state, i64 state_stride,
                 double* loss, i64 loss_stride, i32* cause, i64 cause_stride, i64* step_of, i64 step_of_stride,
                 i32* done, i64 done_stride, REAL* ring, i64 ring_stride, double* ring_losses, i64 ring_losses_stride,
                 const u32* __restrict__ mask, i64 mask_stride, const double* __restrict__ hyper, i64 hyper_stride,
                 const REAL* __restrict__ teacher, i64 teacher_stride, const i64* __restrict__ streams,
                 i64 streams_stride, const REAL* __restrict__ x, i64 x_stride, const REAL* __restrict__ targets,
                 i64 targets_stride, const i32* __restrict__ labels, i64 labels_stride, const i32* __restrict__ rows,
                 i64 rows_stride, const double* __restrict__ factors, i64 factors_stride,
                 const i32* __restrict__ slots, i64 slots_stride, const i32* __restrict__ plan_words, i64 plan_words_stride, i64 R, i64 first, i64 steps, double scale,
                 double offset, double width) {
    DYNAMIC_SHARED(REAL, memory);
    (void)slots_stride; // one table of all replicas
    const i64 r = (i64)blockIdx.x * blockDim.x + threadIdx.x;
    __shared__ i32 words[PLAN_WORDS + 2 * (LAYERS + 1)];
    const Plan& plan = *reinterpret_cast<const Plan*>(words);
    const i32 taught = plan_words[8], given = plan_words[0] + 1 + (taught > 0 ? taught + 1 : 0); // widths behind the plan
    for (i32 i = threadIdx.x; i < PLAN_WORDS + given; i += blockDim.x) {
        words[i] = plan_words[r * plan_words_stride + i]; // one plan: stride 0
    }
    __syncthreads();
    for (i32 i = threadIdx.x; i < plan.teacher_words; i += blockDim.x) {
        memory[i] = teacher[i];
    }
    __syncthreads();
    if (r >= R || (done != nullptr && done[r * done_stride] != 0)) {
        return;
    }
    const Home home = {weights + r * weights_stride, state + r * state_stride, gradient + r * gradient_stride,
                       loss + r * loss_stride,       cause + r * cause_stride, step_of + r * step_of_stride};
    Lane lane = lane_of(plan, words + PLAN_WORDS, memory, home.gradient);
    lane.mask = mask == nullptr ? nullptr : mask + r * mask_stride;
    lane.hyper = hyper + r * hyper_stride;
    for (i32 i = 0; plan.teacher_words == 0 && i < plan.teacher_parameters; i++) {
        lane.taught(i) = teacher[r * teacher_stride + i];
    }
    Source source = {streams + r * streams_stride, x + r * x_stride, targets + r * targets_stride,
                     labels + r * labels_stride,   rows + r * rows_stride, (float)offset, (float)width, {}};
    const Stretch stretch = {factors + r * factors_stride, first, steps, scale,
                             {ring, ring_losses, ring_stride, ring_losses_stride, slots}};
    if (*home.cause != NONE) {
        look(lane, source, stretch, home, 0);
        return;
    }
    load(lane, home);
    if (unwatched(lane, source, stretch)) {
        store(lane, home);
        store_loss(lane, home, scale);
    } else {
        watched(lane, source, stretch, home);
    }
}
