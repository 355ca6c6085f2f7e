package dev.rectifier.engine.cpu;

import dev.rectifier.engine.UpdateRule;

/**
 * The step of one replica's parameters, or of some of them: candidates in scratch memory first, so that a step to infinity
 * leaves every old bit in place.
 */
final class StepF32 {
    private static final int OLD = 0;
    private static final int MADE = 3;
    private static final int GRADIENT = 6;

    private final StepArraysF32 arrays;
    private final int r;
    private final int first;
    private final int count;
    private final MoveF32 move;

    StepF32(StepArraysF32 arrays, int r, Scratch scratch) {
        this(arrays, r, 0, arrays.count(), scratch);
    }

    /** Parameters {@code first .. first + count - 1}; {@code first} a multiple of 32. */
    StepF32(StepArraysF32 arrays, int r, int first, int count, Scratch scratch) {
        this.arrays = arrays;
        this.r = r;
        this.first = first;
        this.count = count;
        float[] g = BlocksF32.scratch(scratch, GRADIENT, count);
        move = new MoveF32(
                g, MoveF32.Slots.scratch(scratch, OLD, count), MoveF32.Slots.scratch(scratch, MADE, count), count);
    }

    boolean finiteGradient() {
        return FiniteF32.all(arrays.gradient().array(), arrays.gradient().at(r) + first, count);
    }

    void form(UpdateRule rule, StepScalars s) {
        fetch(move.g(), arrays.gradient(), 0);
        fetch(move.old().w(), arrays.weights(), 0);
        if (rule.stateSlots() > 0) {
            fetch(move.old().m(), arrays.state(), 0);
        }
        if (rule.stateSlots() > 1) {
            fetch(move.old().v(), arrays.state(), arrays.count());
        }
        move.form(rule, s);
        arrays.mask().ifPresent(mask -> move.restore(rule, mask, mask.at(r) + (first >> 5)));
    }

    private void fetch(float[] to, BlocksF32 from, int slot) {
        System.arraycopy(from.array(), from.at(r) + slot + first, to, 0, count);
    }

    boolean finite(UpdateRule rule) {
        return FiniteF32.all(move.made().w(), 0, count)
                && (rule.stateSlots() < 1 || FiniteF32.all(move.made().m(), 0, count))
                && (rule.stateSlots() < 2 || FiniteF32.all(move.made().v(), 0, count));
    }

    void commit(UpdateRule rule) {
        store(arrays.weights(), 0, move.made().w());
        if (rule.stateSlots() > 0) {
            store(arrays.state(), 0, move.made().m());
        }
        if (rule.stateSlots() > 1) {
            store(arrays.state(), arrays.count(), move.made().v());
        }
    }

    private void store(BlocksF32 to, int slot, float[] from) {
        System.arraycopy(from, 0, to.array(), to.at(r) + slot + first, count);
    }
}
