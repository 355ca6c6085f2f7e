// resident_population.cu: whole stretches of training on all Gaussian inputs, one block per replica, in one launch.
//
//     step   loss and gradient as population.cu takes them; guard; the rule's step (update.cu); rows onto the unit sphere
//
// with the functions of population.cuh and update.cuh, so the bits are those of the single operations, and of the CPU. Four
// things are left out, and change none of them: the teacher's units are brought in once a stretch, its squared norms too; the
// gradient goes home at the end alone; and what the teacher's units have to do with the others, which the loss alone needs
// (about half of all pairs), is worked out for the last step, for slots of the ring, and for a step that cannot be taken.
//
// The loss has to be finite all the same, or the replica is frozen. It is, where no parameter of student and teacher is
// beyond 2^200 and the scale not beyond 2^100: an outgoing weight times its divisor is then at most 2^400, a divided weight
// below 2, so the loss is below 2^100 2 M^2 K 8 D 2^800 < 2^1023 for all M, K, D that fit a block. A step from larger
// numbers is taken with its loss. fp32 has none.
//
// Layout. Arrays as in update.cu; teacher flat [R, P of the teacher]; factors F64 [R, steps]; the step of factor 0 is `first`.
// Shared memory: the Work of population.cuh with a sum and a Tile a warp, all fp64, then in elements weights, gradient,
// optimiser slots [P] each. Shared bytes: see CudaPopulationStretches.
//
// Threads. blockDim = (32 to 256, 1), block = replica; a warp per unit of the student, then a thread per parameter. Barriers:
// 5 a step. Bytes. Off chip 2 (2 + slots) P words per replica and launch; none a step. Flops a step: 2 S M (2 D + 2 K + 45),
// all fp64, and a step of P parameters.
// Determinism. As population.cu and update.cu: no number depends on the threads, R, or the cut into stretches.
//
// Health. New numbers are formed, looked at, and only then written: the arrays on chip hold the last finite state.
#define RECTIFIER_BLOCKS 2 // as population.cu
#include "population.cuh"
#include "resident.cuh"

constexpr double TAME = 0x1p200, TAME_SCALE = 0x1p100;

// One replica as its block sees it.
struct Pupil {
    i32 parameters, rule, unit_norm; // unit_norm: bit l = rows of layer l stay on the sphere
    Work work;
    Tile* tiles;      // one a warp
    REAL* weights;    // [P]
    REAL* gradient;   // [P]
    REAL* state;      // [slots, P]
    Scalars* scalars; // of the step
    const u32* mask;  // null: all parameters move
    const double* hyper;
    Home home;
    Stretch stretch;
    bool wild; // scale or teacher are beyond the bounds
};

__device__ inline bool is_tame(const REAL* w, i32 count) {
    bool tame = true;
    for (i32 i = threadIdx.x; i < count; i += blockDim.x) {
        tame &= fabs((double)w[i]) <= TAME; // false for a NaN
    }
    return tame;
}

__device__ inline void load_units(const Work& work, i64 first, i64 end) {
    const i32 lane = (i32)threadIdx.x % WARP, warp = (i32)threadIdx.x / WARP, warps = (i32)blockDim.x / WARP;
    for (i64 u = first + warp; u < end; u += warps) {
        load_unit(work, u, lane);
    }
    __syncthreads();
    square_units(work, first, end);
    __syncthreads();
}

// Gradient, and for thread 0 the loss if it is wanted.
__device__ inline double evaluate(const Pupil& pupil, bool exact) {
    const Work& work = pupil.work;
    const i32 lane = (i32)threadIdx.x % WARP, warp = (i32)threadIdx.x / WARP, warps = (i32)blockDim.x / WARP;
    load_units(work, 0, work.S);
    for (i64 a = warp; a < (exact ? work.M : work.S); a += warps) {
        unit(work, a, pupil.gradient, pupil.stretch.scale, pupil.tiles[warp], lane, warp);
    }
    __syncthreads();
    return exact && threadIdx.x == 0 ? loss_of(work, pupil.stretch.scale) : 0.0;
}

__device__ inline bool moves(const Pupil& pupil, i32 i) {
    return pupil.mask == nullptr || (pupil.mask[i / WARP] >> (i % WARP) & 1u) != 0;
}

__device__ inline Parameter next_of(const Pupil& pupil, i32 i, i64 step) {
    const i32 rule = pupil.rule, P = pupil.parameters;
    Parameter old = {pupil.weights[i], 0, 0};
    if (rule != SGD) {
        old.m = pupil.state[i];
    }
    if (rule == ADAM) {
        old.v = pupil.state[P + i];
    }
    return updated(old, pupil.gradient[i], *pupil.scalars, rule, step);
}

// Why the step cannot be taken, or NONE; the same for all threads. `loss` is thread 0's.
__device__ inline i32 cause_of(const Pupil& pupil, double loss, i64 step) {
    const bool lost = threadIdx.x == 0 && !is_finite(loss);
    bool unfit = false, fails = false;
    for (i32 i = threadIdx.x; i < pupil.parameters; i += blockDim.x) {
        unfit |= !is_finite((double)pupil.gradient[i]);
        fails |= moves(pupil, i) && !is_finite(next_of(pupil, i, step));
    }
    if (!__syncthreads_or(lost || unfit || fails)) {
        return NONE;
    }
    if (__syncthreads_or(lost)) {
        return LOSS;
    }
    return __syncthreads_or(unfit) ? GRADIENT : WEIGHT;
}

__device__ inline void commit(const Pupil& pupil, i64 step) {
    const i32 rule = pupil.rule, P = pupil.parameters;
    for (i32 i = threadIdx.x; i < P; i += blockDim.x) {
        if (moves(pupil, i)) {
            const Parameter next = next_of(pupil, i, step);
            pupil.weights[i] = next.weight;
            if (rule != SGD) {
                pupil.state[i] = next.m;
            }
            if (rule == ADAM) {
                pupil.state[P + i] = next.v;
            }
        }
    }
}

// Rows of the layers that are named onto the unit sphere.
__device__ inline void project(const Pupil& pupil) {
    const i32 S = (i32)pupil.work.S, D = (i32)pupil.work.D, K = (i32)pupil.work.K;
    __syncthreads();
    for (i32 u = threadIdx.x; (pupil.unit_norm & 1) != 0 && u < S; u += blockDim.x) {
        onto_sphere({pupil.weights + u * D, 1}, D, {}, false);
    }
    for (i32 k = threadIdx.x; (pupil.unit_norm & 2) != 0 && k < K; k += blockDim.x) {
        onto_sphere({pupil.weights + S * D + k * S, 1}, S, {}, false);
    }
    __syncthreads();
}

// Step `local` of the stretch where the replica can take it, else why not; `loss` is thread 0's, where it is told.
__device__ inline i32 take_step(const Pupil& pupil, i64 local, double& loss) {
    const Stretch& stretch = pupil.stretch;
    const i64 step = stretch.first + local;
    const bool told = local == stretch.steps - 1 || stretch.ring.slot(local) >= 0 || pupil.wild;
    bool exact = __syncthreads_or(!is_tame(pupil.weights, pupil.parameters)) != 0 || told;
    if (threadIdx.x == 0
        && (local == 0 || pupil.rule == ADAM || stretch.factors[local] != stretch.factors[local - 1])) {
        *pupil.scalars = scalars_of(pupil.hyper, pupil.rule, stretch.factors[local], step);
    }
    loss = evaluate(pupil, exact);
    i32 cause = cause_of(pupil, loss, step);
    if (cause != NONE && !exact) {
        loss = evaluate(pupil, true);
        cause = cause_of(pupil, loss, step);
    }
    if (cause == NONE) {
        commit(pupil, step);
        if (pupil.unit_norm != 0) {
            project(pupil);
        }
    }
    return cause;
}

// Weights and thread 0's loss into the slot that is due after step s, if one is.
__device__ inline void keep(const Pupil& pupil, i64 s, double loss) {
    const Ring& ring = pupil.stretch.ring;
    const i32 slot = ring.slot(s);
    if (slot < 0) {
        return;
    }
    REAL* const kept = ring.weights + blockIdx.x * ring.weights_stride + (i64)slot * pupil.parameters;
    for (i32 i = threadIdx.x; i < pupil.parameters; i += blockDim.x) {
        kept[i] = pupil.weights[i];
    }
    if (threadIdx.x == 0) {
        ring.losses[blockIdx.x * ring.losses_stride + slot] = loss;
    }
}

// The stretch; one that stands still is looked at once. Returns thread 0's loss of the last step.
__device__ inline double train(const Pupil& pupil, bool moving) {
    double loss = moving ? 0.0 : evaluate(pupil, true);
    for (i64 s = 0; s < pupil.stretch.steps; s++) {
        const i32 cause = moving ? take_step(pupil, s, loss) : NONE;
        if (cause != NONE) {
            moving = false; // from now on, with the loss of this step
            if (threadIdx.x == 0) {
                *pupil.home.cause = cause;
                *pupil.home.step_of = pupil.stretch.first + s;
            }
        }
        keep(pupil, s, loss);
    }
    return loss;
}

// Weights and optimiser state, in or out.
__device__ inline void exchange(const Pupil& pupil, bool out) {
    const i32 P = pupil.parameters, rest = slots_of(pupil.rule) * P;
    for (i32 i = threadIdx.x; i < P; i += blockDim.x) {
        (out ? pupil.home.weights : pupil.weights)[i] = (out ? pupil.weights : pupil.home.weights)[i];
        for (i32 at = i; at < rest; at += P) {
            (out ? pupil.home.state : pupil.state)[at] = (out ? pupil.state : pupil.home.state)[at];
        }
    }
}

KERNEL(resident_population)(REAL* weights, i64 weights_stride, REAL* gradient, i64 gradient_stride, REAL* state,
                            i64 state_stride, double* loss, i64 loss_stride, i32* cause, i64 cause_stride,
                            i64* step_of, i64 step_of_stride, REAL* ring, i64 ring_stride, double* ring_losses,
                            i64 ring_losses_stride, const u32* __restrict__ mask, i64 mask_stride,
                            const double* __restrict__ hyper, i64 hyper_stride, const REAL* __restrict__ teacher,
                            i64 teacher_stride, const double* __restrict__ factors, i64 factors_stride,
                            const i32* __restrict__ slots, i64 slots_stride, i64 R, i64 S, i64 T, i64 D, i64 K,
                            i64 steps, i64 first, i32 rule, i32 unit_norm, double scale) {
    DYNAMIC_SHARED(double, shared);
    __shared__ Scalars scalars;
    (void)slots_stride; // one table of all replicas
    const i64 r = blockIdx.x;
    if (r >= R) {
        return;
    }
    const i32 warps = (i32)blockDim.x / WARP;
    Pupil pupil = {};
    pupil.parameters = (i32)(S * (D + K)), pupil.rule = rule, pupil.unit_norm = unit_norm;
    pupil.work.cut(shared, S, T, D, K);
    pupil.tiles = reinterpret_cast<Tile*>(pupil.work.sums + warps * PARTS * (D + K));
    pupil.weights = reinterpret_cast<REAL*>(pupil.tiles + warps);
    pupil.gradient = pupil.weights + pupil.parameters;
    pupil.state = pupil.gradient + pupil.parameters;
    pupil.work.student = pupil.weights;
    pupil.work.teacher = teacher + r * teacher_stride;
    pupil.scalars = &scalars;
    pupil.mask = mask == nullptr ? nullptr : mask + r * mask_stride;
    pupil.hyper = hyper + r * hyper_stride;
    pupil.home = {weights + r * weights_stride, state + r * state_stride, gradient + r * gradient_stride,
                  loss + r * loss_stride,       cause + r * cause_stride, step_of + r * step_of_stride};
    pupil.stretch = {factors + r * factors_stride, first, steps, scale,
                     {ring, ring_losses, ring_stride, ring_losses_stride, slots}};
    const bool moving = *pupil.home.cause == NONE;
    exchange(pupil, false);
    load_units(pupil.work, S, S + T);
    pupil.wild = __syncthreads_or(!is_tame(pupil.work.teacher, (i32)(T * (D + K)))) != 0 || !(fabs(scale) <= TAME_SCALE);
    const double last = train(pupil, moving);
    if (moving) {
        exchange(pupil, true);
    }
    for (i32 i = threadIdx.x; i < pupil.parameters; i += blockDim.x) {
        pupil.home.gradient[i] = pupil.gradient[i];
    }
    if (threadIdx.x == 0) {
        *pupil.home.loss = last;
    }
}
