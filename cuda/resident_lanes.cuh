// resident_lanes.cuh: one lane's share of a two-layer replica in registers, and its batches. See resident_lanes.cu.
#pragma once

#include "resident.cuh"

// The compiler must read shared memory anew behind this, or it keeps a teacher in registers that it does not have.
#define READ_ANEW() asm volatile("" ::: "memory")

// Kinds of instances: batches of one by plain descent; batches by plain descent; batches, with momentum or without.
enum class Kind { single, batch, full };

// Words of a row that threads read by fours at one time without a conflict: an odd number of fours.
__host__ __device__ constexpr i32 pitch_of(i32 words) {
    return 4 * (((words + 3) / 4) | 1);
}

__host__ __device__ constexpr i32 fours(i32 words) {
    return (words + 3) / 4 * 4;
}

template <int D_, int K_, int L_, int G_, Kind KIND>
struct Shape {
    static constexpr int D = D_, K = K_, L = L_, G = G_; // inputs, hidden units, outputs, lanes of a replica
    static constexpr int U = (K + G - 1) / G, C = (L + G - 1) / G; // units and output biases of a lane: j G + lane
    static constexpr bool MANY = KIND != Kind::single, STATE = KIND == Kind::full;
    static constexpr int TILE = G > 4 ? G : MANY || G > 1 ? 4 : 1; // examples made at one time: whole groups of a stream
    static constexpr int ROWS = !MANY ? 1 : G > 4 ? G : 4;         // examples between two meetings of the lanes
    static constexpr int X = pitch_of(D), A = pitch_of(K);         // words of a row of inputs, of activations
    static constexpr int TEAM = G == 1 ? 0 : pitch_of((ROWS + L) * A + fours(L) + 3 * fours(ROWS * L));
};

// Sizes of the network at hand, at most those of the shape.
struct Sizes {
    i32 d, k, l;
    bool bias, relu;
    __device__ i32 second() const { return k * d + (bias ? k : 0); } // place of the second layer
};

template <class S>
struct Share {
    REAL w[S::U][S::D], b[S::U], v[S::L][S::U], c[S::C];
};

// f(number, its place in memory) for each that is not padding; `at`: the P numbers of the replica.
template <class S, class F>
__device__ inline void each(Share<S>& share, const Sizes& n, i32 lane, REAL* at, F f) {
    REAL* const second = at + n.second();
#pragma unroll
    for (int u = 0; u < S::U; u++) {
        const i32 unit = u * S::G + lane;
        if (unit < n.k) {
            REAL* const row = at + unit * n.d;
#pragma unroll
            for (int d = 0; d < S::D; d++) {
                if (d < n.d) {
                    f(share.w[u][d], row[d]);
                }
            }
            if (n.bias) {
                f(share.b[u], at[n.k * n.d + unit]);
            }
#pragma unroll
            for (int l = 0; l < S::L; l++) {
                if (l < n.l) {
                    f(share.v[l][u], second[l * n.k + unit]);
                }
            }
        }
    }
#pragma unroll
    for (int j = 0; j < S::C; j++) {
        const i32 output = j * S::G + lane;
        if (n.bias && output < n.l) {
            f(share.c[j], second[n.l * n.k + output]);
        }
    }
}

// f(a number of one, its like in another, in a third) for all, padding too.
template <class S, class F>
__device__ inline void together(Share<S>& one, Share<S>& two, Share<S>& three, bool bias, F f) {
#pragma unroll
    for (int u = 0; u < S::U; u++) {
#pragma unroll
        for (int d = 0; d < S::D; d++) {
            f(one.w[u][d], two.w[u][d], three.w[u][d]);
        }
#pragma unroll
        for (int l = 0; l < S::L; l++) {
            f(one.v[l][u], two.v[l][u], three.v[l][u]);
        }
    }
    if (bias) {
#pragma unroll
        for (int u = 0; u < S::U; u++) {
            f(one.b[u], two.b[u], three.b[u]);
        }
#pragma unroll
        for (int j = 0; j < S::C; j++) {
            f(one.c[j], two.c[j], three.c[j]);
        }
    }
}

// Where sums begin: products with `zero` in place of an earlier sum, biases with +0.
template <class S>
__device__ inline void begin(Share<S>& share, REAL zero) {
#pragma unroll
    for (int u = 0; u < S::U; u++) {
#pragma unroll
        for (int d = 0; d < S::D; d++) {
            share.w[u][d] = zero;
        }
#pragma unroll
        for (int l = 0; l < S::L; l++) {
            share.v[l][u] = zero;
        }
        share.b[u] = 0;
    }
#pragma unroll
    for (int j = 0; j < S::C; j++) {
        share.c[j] = 0;
    }
}

// How a gradient becomes a step; formulas of update.cuh.
enum class Rule { plain, decayed, momentum, nesterov };

struct Rates {
    Scalars s;
    bool first; // the first step of all begins the momentum
};

// Plain: no decay of either kind. A sum with (+0) w then changes at most the sign of a zero gradient, and the step that
// it takes is the same; so is a product with 1.
__device__ inline Rule rule_of(i32 rule, const Scalars& s) {
    const bool undecayed = __float_as_int((float)s.l2) == 0 && s.shrink == 1;
    return rule == SGD ? (undecayed ? Rule::plain : Rule::decayed) : rule == NESTEROV ? Rule::nesterov : Rule::momentum;
}

template <Rule RULE>
__device__ inline void advance(REAL& w, REAL gradient, REAL& m, const Rates& rates) {
    const Scalars& s = rates.s;
    if constexpr (RULE == Rule::plain) {
        w = fma(-s.rate, gradient, w);
        return;
    }
    const REAL g = fma(s.l2, w, gradient), weight = s.shrink * w;
    if constexpr (RULE == Rule::decayed) {
        w = fma(-s.rate, g, weight);
    } else {
        m = rates.first ? g : fma(s.momentum, m, s.intake * g);
        w = fma(-s.rate, RULE == Rule::nesterov ? fma(s.momentum, m, g) : m, weight);
    }
}

// A teacher with padded rows: weights [M][X], biases [M], output weights [M][L], output biases [L].
struct Taught {
    const REAL* at;
    i32 units;
    bool relu;
};

__host__ __device__ constexpr i32 taught_words(i32 units, i32 x, i32 l) {
    return pitch_of(units * (x + 1 + l) + l);
}

// What the lanes of a replica, or of a warp that shares its data, have in shared memory.
template <class S>
struct Team {
    REAL* x;       // [TILE, X] inputs, padded by -0: a product with a weight of +0 then changes no sum, not even -0
    REAL* targets; // [TILE, L]
    i32 tile, owner, owners; // examples of the tile; this lane and all among those that fill it
    REAL *a, *v, *c, *o;     // [ROWS, A] activations, [L, A] and [L] copies of the output layer, [ROWS, L] slopes
    double* terms;           // [ROWS, L] of the loss, in the last batch
    Taught taught;
    i32 lane; // within the replica
};

// The loss, and what is remembered of it.
struct Tally {
    i32 kind;
    double scale, sum;
    REAL twice, bad; // 2 scale; NaN from the first number on that is not finite
    bool last;       // batch of the stretch: its terms are added up
};

struct Slope {
    REAL slope;
    double term;
};

COLD Slope other_slope(i32 kind, REAL output, REAL target, double scale) {
    const double term = output_loss(kind, output, target, scale);
    return {output, term};
}

COLD double entropy(REAL* outputs, i32 l, i32 label, double scale) {
    return cross_entropy(Rows{outputs, 1}, l, label, scale);
}

// Slope and term of one output.
__device__ inline Slope slope_of(Tally& tally, REAL output, REAL target) {
    if (tally.kind != SQUARED) {
        const Slope slope = other_slope(tally.kind, output, target, tally.scale);
        tally.bad = fma((REAL)slope.term, (REAL)0, tally.bad);
        return slope;
    }
    const REAL difference = output - target;
    tally.bad = fma(difference, (REAL)0, tally.bad);
    return {tally.twice * difference, tally.last ? (double)difference * (double)difference : 0.0};
}

// Four neighbours of a row.
__device__ inline float4 four(const REAL* row, i32 at) {
    return *reinterpret_cast<const float4*>(row + at);
}

// f(d, x_d) over the inputs of an example.
template <class S, class F>
__device__ inline void inputs(const REAL* x, F f) {
#pragma unroll
    for (int d = 0; d < S::D; d += 4) {
        const float4 x4 = four(x, d);
        const REAL each[4] = {x4.x, x4.y, x4.z, x4.w};
#pragma unroll
        for (int j = 0; j < 4; j++) {
            if (d + j < S::D) {
                f(d + j, each[j]);
            }
        }
    }
}

template <class S>
__device__ inline void hidden(const Share<S>& p, const REAL* x, bool relu, REAL (&a)[S::U]) {
#pragma unroll
    for (int u = 0; u < S::U; u++) {
        a[u] = p.b[u];
    }
    inputs<S>(x, [&](int d, REAL input) {
#pragma unroll
        for (int u = 0; u < S::U; u++) {
            a[u] = fma(input, p.w[u][d], a[u]);
        }
    });
#pragma unroll
    for (int u = 0; u < S::U; u++) {
        a[u] = relu && a[u] <= 0 ? (REAL)0 : a[u]; // a NaN stays
    }
}

template <class S>
__device__ inline void signals(const Share<S>& p, const Sizes& n, const REAL (&a)[S::U], const REAL (&slope)[S::L],
                               REAL (&dz)[S::U]) {
    const REAL nothing = n.l == 1 ? -(REAL)0 : (REAL)0; // one product is no sum: it may be -0
#pragma unroll
    for (int u = 0; u < S::U; u++) {
        REAL signal = nothing;
#pragma unroll
        for (int l = 0; l < S::L; l++) {
            signal = S::L == 1 ? slope[l] * p.v[l][u] : fma(slope[l], p.v[l][u], signal);
        }
        dz[u] = !n.relu || a[u] > 0 ? signal : (REAL)0;
    }
}

// An output: bias, then units in their order. No padding: a chain that ends in -0 would lose its sign.
__device__ inline REAL output_of(const REAL* a, const REAL* v, i32 k, REAL o) {
    i32 j = 0;
    for (; j + 4 <= k; j += 4) {
        const float4 a4 = four(a, j), v4 = four(v, j);
        o = fma((REAL)a4.x, (REAL)v4.x, o);
        o = fma((REAL)a4.y, (REAL)v4.y, o);
        o = fma((REAL)a4.z, (REAL)v4.z, o);
        o = fma((REAL)a4.w, (REAL)v4.w, o);
    }
    for (; j < k; j++) {
        o = fma(a[j], v[j], o);
    }
    return o;
}

// What the last example of a batch leaves: the gradient is made of it where that example is the batch.
template <class S>
struct Trace {
    REAL a[S::U], dz[S::U], slope[S::L], own[S::C]; // own: slopes of the outputs whose biases the lane has
    const REAL* x;
};

// One lane is the replica: slopes without meeting anyone.
template <class S>
__device__ inline void slopes_alone(const Share<S>& p, const Sizes& n, const REAL* targets, Tally& tally, Trace<S>& t) {
#pragma unroll
    for (int l = 0; l < S::L; l++) {
        REAL o = p.c[l];
#pragma unroll
        for (int u = 0; u < S::U; u++) {
            o = u < n.k ? fma(t.a[u], p.v[l][u], o) : o;
        }
        t.slope[l] = -(REAL)0;
        if (l < n.l) {
            const Slope slope = slope_of(tally, o, targets[l]);
            t.slope[l] = slope.slope;
            tally.sum += tally.last ? slope.term : 0.0;
        }
        t.own[l] = t.slope[l];
    }
}

// Activations of a lane's units for one example, where the others find them.
template <class S>
__device__ inline void show(const Team<S>& team, const Sizes& n, i32 row, const REAL (&a)[S::U]) {
#pragma unroll
    for (int u = 0; u < S::U; u++) {
        const i32 unit = u * S::G + team.lane;
        if (unit < n.k) {
            team.a[row * S::A + unit] = a[u];
        }
    }
}

// The output layer as it is after a step. Callers meet before and after.
template <class S>
__device__ inline void show_outputs(const Team<S>& team, const Sizes& n, const Share<S>& p) {
#pragma unroll
    for (int l = 0; l < S::L; l++) {
#pragma unroll
        for (int u = 0; u < S::U; u++) {
            const i32 unit = u * S::G + team.lane;
            if (unit < n.k) {
                team.v[l * S::A + unit] = p.v[l][u];
            }
        }
    }
#pragma unroll
    for (int j = 0; j < S::C; j++) {
        if (j * S::G + team.lane < S::L) {
            team.c[j * S::G + team.lane] = p.c[j];
        }
    }
}

// Slopes of `rows` examples into team.o: each lane has its pairs of an example and an output. Ends with a meeting.
template <class S>
__device__ inline void slopes_together(const Team<S>& team, const Sizes& n, i32 rows, const REAL* targets, Tally& tally) {
    for (i32 p = team.lane; p < rows * n.l; p += S::G) {
        const i32 row = S::L == 1 ? p : p / n.l, l = p - row * n.l, at = row * S::L + l;
        const REAL o = output_of(team.a + row * S::A, team.v + l * S::A, n.k, team.c[l]);
        if (tally.kind > HINGE) {
            team.o[at] = o;
        } else {
            const Slope slope = slope_of(tally, o, targets[at]);
            team.o[at] = slope.slope;
            team.terms[at] = slope.term;
        }
    }
    __syncwarp();
    if (tally.kind > HINGE) {
        for (i32 row = team.lane; row < rows; row += S::G) {
            const i32 label = __float_as_int((float)targets[row * S::L]);
            const double term = entropy(team.o + row * S::L, n.l, label, tally.scale);
            team.terms[row * S::L] = term;
            tally.bad = fma((REAL)term, (REAL)0, tally.bad);
        }
        __syncwarp();
    }
    for (i32 row = 0; tally.last && row < rows; row++) {
        for (i32 l = 0; l < (tally.kind > HINGE ? 1 : n.l); l++) {
            tally.sum += team.terms[row * S::L + l];
        }
    }
}

// The slopes of an example from team.o; those of outputs that are not there are -0, whose products change no sum.
template <class S>
__device__ inline void read_slopes(const Team<S>& team, const Sizes& n, i32 row, Trace<S>& t) {
#pragma unroll
    for (int l = 0; l < S::L; l++) {
        t.slope[l] = l < n.l ? team.o[row * S::L + l] : -(REAL)0;
    }
#pragma unroll
    for (int j = 0; j < S::C; j++) {
        const i32 output = j * S::G + team.lane;
        t.own[j] = output < n.l ? team.o[row * S::L + output] : (REAL)0;
    }
}

template <class S>
__device__ inline void collect(Share<S>& g, const Trace<S>& t) {
    inputs<S>(t.x, [&](int d, REAL input) {
#pragma unroll
        for (int u = 0; u < S::U; u++) {
            g.w[u][d] = fma(t.dz[u], input, g.w[u][d]);
        }
    });
#pragma unroll
    for (int u = 0; u < S::U; u++) {
        g.b[u] += t.dz[u];
#pragma unroll
        for (int l = 0; l < S::L; l++) {
            g.v[l][u] = fma(t.slope[l], t.a[u], g.v[l][u]);
        }
    }
#pragma unroll
    for (int j = 0; j < S::C; j++) {
        g.c[j] += t.own[j];
    }
}

// f(a parameter, its gradient) where one example is the batch.
template <class S, class F>
__device__ inline void gradients(Share<S>& p, const Trace<S>& t, bool bias, F f) {
    inputs<S>(t.x, [&](int d, REAL input) {
#pragma unroll
        for (int u = 0; u < S::U; u++) {
            f(p.w[u][d], t.dz[u] * input);
        }
    });
#pragma unroll
    for (int u = 0; u < S::U; u++) {
#pragma unroll
        for (int l = 0; l < S::L; l++) {
            f(p.v[l][u], t.slope[l] * t.a[u]);
        }
    }
    if (bias) {
#pragma unroll
        for (int u = 0; u < S::U; u++) {
            f(p.b[u], 0 + t.dz[u]);
        }
#pragma unroll
        for (int j = 0; j < S::C; j++) {
            f(p.c[j], 0 + t.own[j]);
        }
    }
}
