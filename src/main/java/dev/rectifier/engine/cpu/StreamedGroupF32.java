package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.ResidentNet;
import dev.rectifier.engine.StepBound;
import dev.rectifier.engine.StreamedOps;
import dev.rectifier.engine.Sweep;

/**
 * One thread's place of work for sweeps: 32 hidden units, one per lane, with everything that belongs to them. Lanes beyond
 * the layer's width are zeros.
 */
final class StreamedGroupF32 {
    static final double LIMIT = Float.MIN_EXPONENT < -1000 ? StepBound.LIMIT_F64 : StepBound.LIMIT_F32;

    private static final int LANES = StreamedOps.GROUP;

    private final Sweep sweep;
    private final ResidentNet net;
    private final BlocksF32 weights;
    private final BlocksF32 state;
    private final BlocksF32 gradient;
    private final StreamedLanesF32 lanes;
    private final StreamedMoveF32 move;
    private int unit;
    private int count;
    private int group;

    StreamedGroupF32(Sweep sweep, Scratch scratch) {
        this.sweep = sweep;
        net = sweep.net();
        Parameters parameters = sweep.state().parameters();
        weights = BlocksF32.of(parameters.weights());
        state = BlocksF32.of(parameters.state());
        gradient = BlocksF32.of(parameters.gradient());
        lanes = StreamedLanesF32.of(scratch, net, (int) sweep.examples());
        move = new StreamedMoveF32(sweep.rule());
    }

    /** Fetches the units of a group. */
    void load(int r, int newGroup) {
        group = newGroup;
        unit = group * LANES;
        count = Math.min(LANES, net.out(0) - unit);
        lanes.load(weights.array(), weights.at(r), lanes.weights(), unit, count);
        if (sweep.rule().stateSlots() > 0) {
            lanes.load(state.array(), state.at(r), lanes.memory(), unit, count);
        }
    }

    /** The step, unless the replica is frozen; the gradient, the next forward pass and the extremes in any case. */
    void sweep(int r, boolean frozen) {
        sweep.descent().ifPresent(descent -> {
            if (!frozen || descent.keepsGradient()) {
                descend(r, descent);
                if (descent.keepsGradient()) {
                    lanes.store(gradient.array(), gradient.at(r), lanes.slopes(), unit, count);
                }
                settle(r, frozen);
            }
        });
        sweep.next().ifPresent(next -> advance(r, BlocksF32.of(next)));
        note(r);
    }

    /** Takes the step in the lanes alone; see {@link #gradientFails} and {@link #weightFails}. */
    void check(int r) {
        descend(r, sweep.descent().orElseThrow());
    }

    boolean gradientFails() {
        return !lanes.finite(lanes.slopes());
    }

    boolean weightFails() {
        return !lanes.finite(lanes.weights()) || (sweep.rule().stateSlots() > 0 && !lanes.finite(lanes.memory()));
    }

    private void descend(int r, Sweep.Descent descent) {
        BlocksF64 hyper = BlocksF64.of(sweep.state().hyper());
        move.prepare(new StepScalars(hyper.array(), hyper.at(r), descent.factor(), descent.step()));
        BlocksF32 x = BlocksF32.of(descent.x());
        BlocksF32 e = BlocksF32.of(descent.slopes());
        lanes.gradients(x.array(), x.at(r), e.array(), e.at(r), group == 0);
        float[][] w = lanes.weights();
        for (int p = 0; p < w.length; p++) {
            move.step(w[p], lanes.memory()[p], lanes.slopes()[p]);
        }
    }

    /** Writes the new numbers, or forgets them. */
    private void settle(int r, boolean frozen) {
        boolean remembers = sweep.rule().stateSlots() > 0;
        if (frozen) {
            load(r, group);
            return;
        }
        lanes.store(weights.array(), weights.at(r), lanes.weights(), unit, count);
        if (remembers) {
            lanes.store(state.array(), state.at(r), lanes.memory(), unit, count);
        }
    }

    private void advance(int r, BlocksF32 x) {
        BlocksF32 partial = BlocksF32.of(sweep.sums().partial());
        int each = (int) sweep.sums().partial().dim(2);
        lanes.contributions(x.array(), x.at(r), partial.array(), partial.at(r) + group * each);
    }

    private void note(int r) {
        BlocksF32 extremes = BlocksF32.of(sweep.sums().extremes());
        int at = extremes.at(r) + 2 * group;
        extremes.array()[at] = lanes.largest(lanes.weights());
        extremes.array()[at + 1] = sweep.rule().stateSlots() > 0 ? lanes.largest(lanes.memory()) : 0;
    }
}
