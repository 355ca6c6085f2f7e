// resident_lanes.cu: whole stretches of training of many small two-layer networks, weights in registers, 1 to 32 lanes per
// replica, in one launch.
//
// The steps, the sums and the order of every sum are those of resident.cu, so the bits are too, whatever the lanes: z, a of
// a unit and its gradients are one lane's, example after example; the outputs of an example are one lane's, unit after unit,
// from activations in shared memory. A replica that stands still, or in which a number is not finite at the end of the
// stretch, is left as it was, done = 0, for resident.cu, which launched behind this one tells why and when, and fills all
// slots of the ring anew.
//
// Padding. A network runs in any shape of at least its widths. Padded weights are +0 and stay so, as their gradients are +-0;
// padded inputs and slopes are -0, so their products, all -0, change no sum; the sum over units has no padding.
//
// Layout. Arguments as in resident.cu. Shared memory: a teacher of all replicas, then per warp: a tile of examples and targets
// for each replica, or one for all where they share their data; per replica activations [ROWS, A], a copy of the output
// layer [L, A], slopes and loss terms [ROWS, L]; a teacher of its own. Words: ResidentLanes in Java and `region` here.
//
// Threads. blockDim = (32 w, 1), G neighbouring lanes = replica, whole warps stay to the end; the lanes of a warp meet, warps
// do not. Bytes and flops. Off chip 2 (1 + slots) P words per replica and launch, not coalesced, and the set's rows. On chip
// ~ 3 N P fused multiply-adds per step; shared memory: 2 D / 4 reads of four words per lane and example for U D products.
// Data. A stream is drawn a tile ahead by all lanes that share the tile, the teacher's answers with it, an example a lane.
// Determinism. A replica's numbers do not depend on the shape, the lanes, R or the cut into stretches.
#define RECTIFIER_BLOCK 128
#include "resident_tiles.cuh"

// One lane of a replica with all it has.
template <class S>
struct Lanes {
    Team<S> team;
    Sizes n;
    Share<S> p, m; // parameters, momentum
    Tally tally;
    Rates rates;
    double factor;
    i32 rule;
    bool tame; // no learning rate has turned a weight around: padding stays +0
};

template <class S>
__device__ inline void set_factor(Lanes<S>& my, const Given& given, double factor) {
    if (factor != my.factor) {
        my.factor = factor;
        my.rates.s = scalars_of(given.hyper, SGD, factor, 0); // none of these scalars is Adam's
        my.tame = my.tame && my.rates.s.shrink >= 0;
    }
}

// Does f<rule>() for the rule at hand.
template <class S, class F>
__device__ inline void by_rule(const Lanes<S>& my, F f) {
    const Rule rule = rule_of(my.rule, my.rates.s);
    if (rule == Rule::plain) {
        f.template operator()<Rule::plain>();
    } else if (!S::STATE || rule == Rule::decayed) {
        f.template operator()<Rule::decayed>();
    } else if (rule == Rule::momentum) {
        f.template operator()<Rule::momentum>();
    } else {
        f.template operator()<Rule::nesterov>();
    }
}

template <class S>
struct Descent {
    Lanes<S>& my;
    const Trace<S>& trace;
    template <Rule RULE>
    __device__ inline void operator()() const {
        gradients(my.p, trace, my.n.bias, [&](REAL& w, REAL g) {
            REAL none = 0;
            advance<RULE>(w, g, none, my.rates);
        });
    }
};

template <class S>
struct Move {
    Lanes<S>& my;
    Share<S>& gradient;
    template <Rule RULE>
    __device__ inline void operator()() const {
        together(my.p, gradient, my.m, my.n.bias, [&](REAL& w, REAL& g, REAL& m) { advance<RULE>(w, g, m, my.rates); });
    }
};

// The first replica of this warp.
template <class S>
__device__ inline i64 first_replica() {
    return ((i64)blockIdx.x * (blockDim.x / WARP) + threadIdx.x / WARP) * Region<S>::REPLICAS;
}

// Before step `local`: its loss is told if it is the last or a slot is due after it.
template <class S>
__device__ inline void listen(Lanes<S>& my, const Given& given, i64 local) {
    const i32* const slots = given.ring.slots;
    my.tally.last = slots == nullptr ? local == given.steps - 1 : slots[local] != NO_SLOT;
    if (!S::MANY || my.tally.last) {
        my.tally.sum = 0;
    }
}

// Weights and loss into the slot that is due after step `local`, if one is. Stand-ins write what their replica writes.
template <class S>
__device__ inline void keep(Lanes<S>& my, const Fresh& from, i64 local) {
    const Ring& ring = from.given.ring;
    const i32 slot = ring.slot(local);
    if (slot >= 0) {
        const i64 r = min(first_replica<S>() + threadIdx.x % WARP / S::G, from.given.R - 1);
        REAL* const at = ring.weights + r * ring.weights_stride + (i64)slot * from.plan.parameters;
        Sizes n = my.n;
        i32 lane = my.team.lane;
        asm volatile("" : "+r"(n.d), "+r"(n.k), "+r"(n.l), "+r"(lane)); // or places are kept in registers from step to step
        each(my.p, n, lane, at, [](REAL& w, REAL& place) { place = w; });
        if (lane == 0) {
            ring.losses[r * ring.losses_stride + slot] = from.given.scale * my.tally.sum;
        }
    }
}

// Forward and backward of example `at` of the tile where one lane is the replica.
template <class S>
__device__ inline void example_alone(Lanes<S>& my, i32 at, Trace<S>& t) {
    t.x = my.team.x + at * S::X;
    hidden<S>(my.p, t.x, my.n.relu, t.a);
    slopes_alone(my.p, my.n, my.team.targets + at * S::L, my.tally, t);
    signals<S>(my.p, my.n, t.a, t.slope, t.dz);
}

// One example that is the batch, by several lanes.
template <class S>
__device__ inline void example_together(Lanes<S>& my, i32 at, Trace<S>& t) {
    t.x = my.team.x + at * S::X;
    hidden<S>(my.p, t.x, my.n.relu, t.a);
    show(my.team, my.n, 0, t.a);
    __syncwarp();
    slopes_together(my.team, my.n, 1, my.team.targets + at * S::L, my.tally);
    read_slopes(my.team, my.n, 0, t);
    signals<S>(my.p, my.n, t.a, t.slope, t.dz);
}

// Examples at .. at + rows of the tile into the gradient, by several lanes.
template <class S>
__device__ inline void rows_together(Lanes<S>& my, i32 at, i32 rows, Share<S>& gradient) {
    const Team<S>& team = my.team;
    Trace<S> t;
#pragma unroll 1
    for (i32 row = 0; row < rows; row++) {
        hidden<S>(my.p, team.x + (at + row) * S::X, my.n.relu, t.a);
        show(team, my.n, row, t.a);
    }
    __syncwarp();
    slopes_together(team, my.n, rows, team.targets + at * S::L, my.tally);
#pragma unroll 1
    for (i32 row = 0; row < rows; row++) {
#pragma unroll
        for (int u = 0; u < S::U; u++) {
            const i32 unit = u * S::G + team.lane;
            t.a[u] = unit < my.n.k ? team.a[row * S::A + unit] : (REAL)0;
        }
        t.x = team.x + (at + row) * S::X;
        read_slopes(team, my.n, row, t);
        signals<S>(my.p, my.n, t.a, t.slope, t.dz);
        collect(gradient, t);
    }
    __syncwarp();
}

// All steps, one example a batch; the gradient of the last stays in the trace.
template <class S>
__device__ inline void descend(Lanes<S>& my, const Fresh& from, Trace<S>& trace) {
    const Given& given = from.given;
    i64 local = 0;
    while (local < given.steps) {
        const i32 count = (i32)min((i64)my.team.tile, given.steps - local);
        fill(my.team, from, local, 0, count);
#pragma unroll 1
        for (i32 s = 0; s < count; s++, local++) {
            READ_ANEW();
            listen(my, given, local);
            set_factor(my, given, given.factors[local]);
            if constexpr (S::G == 1) {
                example_alone(my, s, trace);
            } else {
                example_together(my, s, trace);
            }
            by_rule(my, Descent<S>{my, trace});
            keep(my, from, local);
            if constexpr (S::G > 1) {
                show_outputs(my.team, my.n, my.p);
            }
        }
    }
}

// All steps with batches; the last gradient is left.
template <class S>
__device__ inline void descend(Lanes<S>& my, const Fresh& from, Share<S>& gradient) {
    const Given& given = from.given;
    const i32 N = from.plan.examples;
    for (i64 local = 0; local < given.steps; local++) {
        begin(gradient, N == 1 ? -(REAL)0 : (REAL)0); // a product alone may be -0, a sum from +0 on may not
        listen(my, given, local);
        set_factor(my, given, given.factors[local]);
        for (i32 n = 0; n < N; n += my.team.tile) {
            const i32 count = min(my.team.tile, N - n);
            fill(my.team, from, local, n, count);
#pragma unroll 1
            for (i32 at = 0; at < count; at += S::G == 1 ? 1 : S::ROWS) {
                READ_ANEW();
                if constexpr (S::G == 1) {
                    Trace<S> trace;
                    example_alone(my, at, trace);
                    collect(gradient, trace);
                } else {
                    rows_together(my, at, min(S::ROWS, count - at), gradient);
                }
            }
        }
        my.rates.first = given.first + local == 0;
        by_rule(my, Move<S>{my, gradient});
        keep(my, from, local);
        if constexpr (S::G > 1) {
            show_outputs(my.team, my.n, my.p);
        }
    }
}

// Steps, and the last gradient to memory if the replica is good; whether it is.
template <class S>
__device__ inline bool trained(Lanes<S>& my, const Fresh& from, bool stands) {
    const Given& given = from.given;
    Share<S> gradient;
    Trace<S> trace;
    if constexpr (S::MANY) {
        descend(my, from, gradient);
    } else {
        descend(my, from, trace);
    }
    REAL bad = my.tally.bad;
    together(my.p, my.p, my.m, my.n.bias, [&](REAL& w, REAL&, REAL& m) {
        bad = fma(w, (REAL)0, bad);
        if constexpr (S::STATE) {
            bad = fma(m, (REAL)0, bad);
        }
    });
    const u32 lanes = (S::G == WARP ? FULL_WARP : (1u << S::G % WARP) - 1) << (threadIdx.x % WARP - my.team.lane);
    const bool good = (__ballot_sync(FULL_WARP, stands || !my.tame || bad != 0) & lanes) == 0;
    if (good) {
        if constexpr (S::MANY) {
            each(gradient, my.n, my.team.lane, given.gradient, [](REAL& g, REAL& place) { place = g; });
        } else {
            Share<S> last = my.p;
            gradients(last, trace, true, [](REAL& place, REAL g) { place = g; });
            each(last, my.n, my.team.lane, given.gradient, [](REAL& g, REAL& place) { place = g; });
        }
    }
    return good;
}

// A whole stretch of one replica. `given` points to the replica's own arrays; `present`: it is no stand-in.
template <class S>
__device__ inline void train(const Given& given, const Plan& plan, const Team<S>& team, const Sizes& n, bool present) {
    Lanes<S> my;
    my.team = team;
    my.n = n;
    my.tally = {plan.loss, given.scale, 0, (REAL)(2 * given.scale), 0, false};
    my.rates = {};
    my.factor = __longlong_as_double(0x7ff8000000000000LL); // none yet
    my.rule = plan.rule;
    my.tame = true;
    begin(my.p, (REAL)0);
    begin(my.m, (REAL)0);
    each(my.p, n, team.lane, given.weights, [](REAL& w, REAL& place) { w = place; });
    const bool slots = S::STATE && plan.rule != SGD;
    if (slots) {
        each(my.m, n, team.lane, given.state, [](REAL& m, REAL& place) { m = place; });
    }
    for (i32 i = team.owner; i < team.tile * S::X; i += team.owners) {
        team.x[i] = -(REAL)0;
    }
    if constexpr (S::G > 1) {
        show_outputs(team, n, my.p);
    }
    __syncwarp();
    const Fresh from = {plan, given, n, ~0u / (u32)n.d + 1};
    const bool good = trained(my, from, !present || *given.cause != NONE);
    if (present && team.lane == 0) {
        *given.done = good ? 1 : 0;
    }
    if (!good) {
        return;
    }
    each(my.p, n, team.lane, given.weights, [](REAL& w, REAL& place) { place = w; });
    if (slots) {
        each(my.m, n, team.lane, given.state, [](REAL& m, REAL& place) { place = m; });
    }
    if (team.lane == 0) {
        *given.loss = given.scale * my.tally.sum;
    }
}

// The plan's words; the student's widths are behind it, then the teacher's.
__device__ inline void bring_plan(i32* words, const i32* plan_words) {
    const i32 taught = plan_words[8], count = PLAN_WORDS + plan_words[0] + 1 + (taught > 0 ? taught + 1 : 0);
    for (i32 i = threadIdx.x; i < count; i += blockDim.x) {
        words[i] = plan_words[i];
    }
    __syncthreads();
}

__device__ inline Sizes sizes_of(const i32* widths, bool bias, bool relu) {
    return {widths[0], widths[1], widths[2], bias, relu};
}

// What a thread does: its place among replicas and in shared memory, teachers, training.
template <class S>
__device__ inline void run(Given given, const i64 (&stride)[STRIDES], const i32* plan_words, REAL* memory) {
    __shared__ i32 words[PLAN_WORDS + 2 * (2 + 1)];
    bring_plan(words, plan_words);
    const Plan& plan = *reinterpret_cast<const Plan*>(words);
    const Sizes n = sizes_of(words + PLAN_WORDS, plan.bias != 0, plan.relu != 0);
    const bool taught = plan.teacher_layers > 0;
    const Sizes m = taught ? sizes_of(words + PLAN_WORDS + 3, plan.teacher_bias != 0, plan.teacher_relu != 0) : Sizes{};
    const i32 teacher_words = taught ? taught_words(m.k, S::X, S::L) : 0;
    const bool one_teacher = taught && stride[TEACHER] == 0;
    if (one_teacher) {
        bring_teacher<S>(memory, given.teacher, m, threadIdx.x, blockDim.x);
    }
    __syncthreads();
    const bool one_set = plan.feed > UNIFORM
                             ? stride[SET] == 0 && stride[TARGETS] == 0 && stride[LABELS] == 0 && stride[ROWS] == 0
                             : stride[STREAMS] == 0;
    const bool shared = one_set && (!taught || one_teacher);
    const Region<S> region = {pitch_of((shared ? WARP : S::TILE) * (S::X + S::L)),
                              taught && !one_teacher ? teacher_words : 0, shared};
    const i32 warp = threadIdx.x / WARP, thread = threadIdx.x % WARP;
    const i64 begin = first_replica<S>();
    if (begin >= given.R) {
        return;
    }
    const i64 wanted = begin + thread / S::G, r = min(wanted, given.R - 1);
    REAL* const own = memory + (one_teacher ? teacher_words : 0) + warp * region.words();
    Team<S> team = team_of<S>(own, region, thread);
    team.taught.units = m.k;
    team.taught.relu = m.relu;
    if (one_teacher) {
        team.taught.at = memory;
    } else if (taught) {
        REAL* to = own + region.words() - (Region<S>::REPLICAS - thread / S::G) * region.teacher;
        bring_teacher<S>(to, given.teacher + r * stride[TEACHER], m, team.lane, S::G);
    }
    train(replica_of(given, stride, r), plan, team, n, wanted == r);
}

// One instance of the family.
#define LANES(D, K, L, G, KIND) \
    KERNEL(resident_lanes_##D##_##K##_##L##_##G##_##KIND)( \
        REAL* weights, i64 weights_stride, REAL* gradient, i64 gradient_stride, REAL* state, i64 state_stride, \
        double* loss, i64 loss_stride, i32* cause, i64 cause_stride, i64* step_of, i64 step_of_stride, i32* done, \
        i64 done_stride, REAL* ring, i64 ring_stride, double* ring_losses, i64 ring_losses_stride, \
        const u32* __restrict__ mask, i64 mask_stride, const double* __restrict__ hyper, i64 hyper_stride, const REAL* __restrict__ teacher, i64 teacher_stride, const i64* __restrict__ streams, \
        i64 streams_stride, const REAL* __restrict__ x, i64 x_stride, const REAL* __restrict__ targets, \
        i64 targets_stride, const i32* __restrict__ labels, i64 labels_stride, const i32* __restrict__ rows, \
        i64 rows_stride, const double* __restrict__ factors, i64 factors_stride, const i32* __restrict__ slots, \
        i64 slots_stride, const i32* __restrict__ plan_words, i64 plan_words_stride, i64 R, i64 first, i64 steps, \
        double scale, double offset, double width) { \
        DYNAMIC_SHARED(REAL, memory); \
        const Given given = {weights, gradient, state, loss, cause, done, hyper, teacher, streams, x, targets, labels, \
                             rows, factors, {ring, ring_losses, ring_stride, ring_losses_stride, slots}, R, first, \
                             steps, scale, offset, width}; \
        const i64 stride[] = {weights_stride, gradient_stride, state_stride, loss_stride, cause_stride, done_stride, \
                              hyper_stride, teacher_stride, streams_stride, x_stride, targets_stride, labels_stride, \
                              rows_stride}; \
        (void)step_of, (void)step_of_stride, (void)mask, (void)mask_stride, (void)factors_stride; /* not of use here */ \
        (void)plan_words_stride, (void)slots_stride; \
        run<Shape<D, K, L, G, Kind::KIND>>(given, stride, plan_words, memory); \
    }

#if defined(RECTIFIER_F32)
LANES(8, 8, 1, 1, single)
LANES(10, 10, 1, 1, single)
LANES(20, 20, 1, 4, single)
LANES(32, 32, 4, 8, single)
LANES(50, 50, 10, 32, single)
LANES(64, 64, 4, 32, single)
LANES(8, 8, 1, 1, batch)
LANES(10, 10, 1, 2, batch)
LANES(20, 20, 1, 8, batch)
LANES(32, 32, 4, 16, batch)
LANES(64, 32, 10, 32, batch)
LANES(4, 8, 1, 1, full)
LANES(10, 10, 1, 4, full)
LANES(20, 20, 4, 16, full)
LANES(32, 32, 10, 32, full)
#endif
