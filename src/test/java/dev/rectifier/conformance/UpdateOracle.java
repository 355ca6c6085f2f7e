package dev.rectifier.conformance;

import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/**
 * Optimiser steps of one replica, written from the formulas of {@link UpdateRule}, with errors followed through the
 * arithmetic of the element type.
 *
 * @param rule the rule
 * @param factor of the learning-rate schedule
 * @param step 0-based number of the step
 */
record UpdateOracle(UpdateRule rule, double factor, long step) {
    /** One parameter before or after a step: weight, then its slots of state. */
    private record Cell(Rounded weight, List<Rounded> slots) {}

    /** The per-replica scalars, each formed in fp64 and rounded once. */
    private record Scalars(DType type, HostTensor hyper) {
        double raw(Hyper column) {
            return hyper.get(column.column());
        }

        Rounded of(Hyper column) {
            return once(raw(column));
        }

        Rounded once(double value) {
            return Rounded.once(type, value);
        }

        Rounded complement(Hyper column) {
            return once(1 - raw(column));
        }

        /**
         * 1 - beta^t, formed in fp64 and rounded once. The power may be wrong by the 2 ulp = 4 u that the CUDA C++
         * Programming Guide states for pow (java.lang.Math: 1 ulp); near beta = 1 the difference magnifies that.
         */
        Rounded correction(Hyper beta, long t) {
            DoubleDouble power = DoubleDouble.of(raw(beta)).power(t);
            double error = 4 * DType.F64.unitRoundoff() * power.high();
            return Rounded.exact(DType.F64, 1)
                    .minus(new Rounded(power, error, DType.F64))
                    .roundedTo(type);
        }
    }

    /** Outputs: weights, state, cause, step of freezing. {@code mask} is empty where all parameters move. */
    List<Expected> step(HostTensor weights, HostTensor gradient, HostTensor state, HostTensor mask, Replica replica) {
        int p = weights.length();
        List<Cell> cells = new ArrayList<>();
        for (int i = 0; i < p; i++) {
            Cell old = cell(weights, state, i);
            boolean moves = mask.length() == 0 || PointwiseOracle.bit(mask, i);
            Rounded g = Rounded.exact(weights.dtype(), gradient.get(i));
            cells.add(moves ? move(old, g, new Scalars(weights.dtype(), replica.hyper())) : old);
        }
        boolean frozenBefore = replica.cause() != FreezeCause.NONE.code();
        boolean overflows = !cells.stream().allMatch(c -> fits(c, weights.dtype()));
        if (frozenBefore || overflows) {
            return frozen(weights, state, frozenBefore ? replica : replica.frozen(FreezeCause.WEIGHT, step));
        }
        return List.of(weights(cells), state(cells), replica.expectedCause(), replica.expectedStep());
    }

    private static List<Expected> frozen(HostTensor weights, HostTensor state, Replica replica) {
        return List.of(
                PointwiseOracle.copy(weights),
                PointwiseOracle.copy(state),
                replica.expectedCause(),
                replica.expectedStep());
    }

    private static boolean fits(Cell cell, DType type) {
        DoubleUnaryOperator round = v -> Bound.round(type, v);
        return Double.isFinite(round.applyAsDouble(cell.weight.value()))
                && cell.slots.stream().allMatch(s -> Double.isFinite(round.applyAsDouble(s.value())));
    }

    private Cell cell(HostTensor weights, HostTensor state, int i) {
        List<Rounded> slots = new ArrayList<>();
        for (int slot = 0; slot < rule.stateSlots(); slot++) {
            slots.add(Rounded.exact(weights.dtype(), state.get(slot * weights.length() + i)));
        }
        return new Cell(Rounded.exact(weights.dtype(), weights.get(i)), slots);
    }

    private static Expected weights(List<Cell> cells) {
        return Expected.of(cells.stream().map(Cell::weight).toArray(Rounded[]::new));
    }

    private Expected state(List<Cell> cells) {
        List<Rounded> flat = new ArrayList<>();
        for (int slot = 0; slot < rule.stateSlots(); slot++) {
            for (Cell cell : cells) {
                flat.add(cell.slots.get(slot));
            }
        }
        return Expected.of(flat.toArray(Rounded[]::new));
    }

    /** Weight and slots after a step, from those before it and a gradient with an error. */
    List<Rounded> moved(List<Rounded> weightAndSlots, Rounded gradient, HostTensor hyper) {
        Cell old = new Cell(weightAndSlots.get(0), weightAndSlots.subList(1, weightAndSlots.size()));
        Cell next = move(old, gradient, new Scalars(old.weight.type(), hyper));
        List<Rounded> result = new ArrayList<>(List.of(next.weight));
        result.addAll(next.slots);
        return result;
    }

    private Cell move(Cell old, Rounded gradient, Scalars s) {
        double rate = s.raw(Hyper.LEARNING_RATE) * factor;
        Rounded g =
                s.raw(Hyper.L2) == 0 ? gradient : gradient.plus(s.of(Hyper.L2).times(old.weight));
        Rounded kept = s.raw(Hyper.WEIGHT_DECAY) == 0
                ? old.weight
                : old.weight.times(s.once(1 - rate * s.raw(Hyper.WEIGHT_DECAY)));
        return switch (rule) {
            case SGD -> new Cell(kept.minus(s.once(rate).times(g)), List.of());
            case MOMENTUM -> {
                Rounded m = velocity(old, g, s);
                yield new Cell(kept.minus(s.once(rate).times(m)), List.of(m));
            }
            case NESTEROV -> {
                Rounded m = velocity(old, g, s);
                Rounded ahead = g.plus(s.of(Hyper.MOMENTUM).times(m));
                yield new Cell(kept.minus(s.once(rate).times(ahead)), List.of(m));
            }
            case ADAM -> adam(kept, old, g, s);
        };
    }

    private Rounded velocity(Cell old, Rounded g, Scalars s) {
        return step == 0
                ? g
                : s.of(Hyper.MOMENTUM)
                        .times(old.slots.get(0))
                        .plus(s.complement(Hyper.DAMPENING).times(g));
    }

    private Cell adam(Rounded kept, Cell old, Rounded g, Scalars s) {
        Rounded m = s.of(Hyper.MOMENTUM)
                .times(old.slots.get(0))
                .plus(s.complement(Hyper.MOMENTUM).times(g));
        Rounded v = s.of(Hyper.BETA2)
                .times(old.slots.get(1))
                .plus(s.complement(Hyper.BETA2).times(g).times(g));
        double rate = s.raw(Hyper.LEARNING_RATE) * factor;
        Rounded first = m.over(s.correction(Hyper.MOMENTUM, step + 1));
        Rounded second = v.over(s.correction(Hyper.BETA2, step + 1));
        Rounded move = s.once(rate).times(first).over(second.root().plus(s.of(Hyper.EPSILON)));
        return new Cell(kept.minus(move), List.of(m, v));
    }

    /** Loss first, then the gradient; replicas already frozen keep cause and step. */
    static List<Expected> guard(double loss, HostTensor gradient, Replica replica, long step) {
        Replica after = replica;
        if (replica.cause() == FreezeCause.NONE.code()) {
            boolean bad = Arrays.stream(gradient.toDoubles()).anyMatch(v -> !Double.isFinite(v));
            after = bad ? replica.frozen(FreezeCause.GRADIENT, step) : replica;
            after = Double.isFinite(loss) ? after : replica.frozen(FreezeCause.LOSS, step);
        }
        return List.of(after.expectedCause(), after.expectedStep());
    }

    /** Rows of (w, b) over their joint norm. */
    static List<Expected> normalizeRows(HostTensor w, HostTensor b, boolean frozen) {
        int units = b.length();
        int d = units == 0 ? 0 : w.length() / units;
        Rounded[] rows = new Rounded[w.length()];
        Rounded[] biases = new Rounded[units];
        for (int k = 0; k < units; k++) {
            Rounded norm = norm(w, b, k, d);
            for (int i = k * d; i < (k + 1) * d; i++) {
                rows[i] = normalized(Rounded.exact(w.dtype(), w.get(i)), norm, frozen);
            }
            biases[k] = normalized(Rounded.exact(w.dtype(), b.get(k)), norm, frozen);
        }
        return List.of(Expected.of(rows), Expected.of(biases));
    }

    /** sqrt of d + 1 squares: at most d + 1 roundings in the element type, and underflow as in fp64, where they are summed. */
    private static Rounded norm(HostTensor w, HostTensor b, int k, int d) {
        Rounded[] row = new Rounded[d];
        Arrays.setAll(row, i -> Rounded.exact(DType.F64, w.get(k * d + i)));
        Rounded bias = Rounded.exact(DType.F64, b.get(k));
        Rounded squares = Rounded.inner(bias.times(bias), row, row);
        double error = Bound.gamma(w.dtype(), d + 1) * squares.value();
        return new Rounded(squares.exact(), squares.error() + error, DType.F64)
                .root()
                .roundedTo(w.dtype());
    }

    private static Rounded normalized(Rounded value, Rounded norm, boolean frozen) {
        return frozen || norm.value() == 0 ? value : value.over(norm);
    }
}
