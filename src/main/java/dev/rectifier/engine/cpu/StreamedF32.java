package dev.rectifier.engine.cpu;

import static dev.rectifier.engine.cpu.Queue.writes;

import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.StepBound;
import dev.rectifier.engine.StreamedOps;
import dev.rectifier.engine.Sweep;
import dev.rectifier.engine.View;
import java.util.Optional;

/** Sweeps over groups of 32 hidden units, in the order of {@code cuda/streamed.cu}. */
final class StreamedF32 implements StreamedOps {
    private static final int CHUNK = 16; // groups that one thread takes at a time

    private final Queue queue;

    StreamedF32(Queue queue) {
        this.queue = queue;
    }

    @Override
    public Optional<String> refusal(ResidentTask task, long examples) {
        return Optional.empty();
    }

    @Override
    public Optional<String> disadvantage(ResidentTask task, long examples) {
        return Optional.empty();
    }

    @Override
    public void sweep(Sweep sweep) {
        HealthMarks health = HealthMarks.of(sweep.state().health());
        submit(sweep, (group, r) -> group.sweep(r, health.frozen(r)), true);
    }

    /** What is done with one group of one replica. */
    @FunctionalInterface
    private interface Work {
        void on(StreamedGroupF32 group, int r);
    }

    private void submit(Sweep sweep, Work work, boolean writes) {
        ResidentTask.State state = sweep.state();
        View weights = state.parameters().weights();
        int groups = (int) StreamedOps.groups(sweep.net().out(0));
        int pieces = (groups + CHUNK - 1) / CHUNK;
        Job job = (first, last, scratch) -> {
            StreamedGroupF32 group = new StreamedGroupF32(sweep, scratch);
            for (int item = first; item < last; item++) {
                int end = Math.min(groups, (item % pieces + 1) * CHUNK);
                for (int g = item % pieces * CHUNK; g < end; g++) {
                    group.load(item / pieces, g);
                    work.on(group, item / pieces);
                }
            }
        };
        long cost = (2 + 6 * sweep.examples()) * weights.blockSize();
        View[] out = writes
                ? writes(
                        weights,
                        state.parameters().state(),
                        state.parameters().gradient(),
                        sweep.sums().partial(),
                        sweep.sums().extremes())
                : writes(state.health().cause());
        View x = sweep.descent().map(Sweep.Descent::x).orElse(weights);
        View slopes = sweep.descent().map(Sweep.Descent::slopes).orElse(weights);
        queue.submit(job, pieces, cost, out, x, slopes, sweep.next().orElse(weights), state.hyper());
    }

    @Override
    public void outputs(View y, View partial, Optional<View> bias) {
        BlocksF32 out = BlocksF32.of(y);
        BlocksF32 parts = BlocksF32.of(partial);
        Optional<BlocksF32> biases = bias.map(BlocksF32::of);
        int groups = (int) partial.dim(1);
        int each = (int) partial.dim(2);
        int outputs = (int) y.dim(2);
        Job job = (first, last, scratch) -> {
            double[] strands = new double[STRANDS];
            for (int r = first; r < last; r++) {
                for (int j = 0; j < each; j++) {
                    double sum = sum(parts.array(), parts.at(r) + j, each, groups, strands);
                    boolean biased = biases.isPresent();
                    BlocksF32 b = biases.orElse(out);
                    out.array()[out.at(r) + j] = (float) (biased ? sum + b.array()[b.at(r) + j % outputs] : sum);
                }
            }
        };
        queue.submit(job, partial.blockSize(), writes(y), partial, bias.orElse(partial));
    }

    /** Of {@code count} numbers: stages of {@value #STAGE} in strands, the stages in order. */
    private static double sum(float[] a, int first, int every, int count, double[] strands) {
        double sum = 0;
        for (int from = 0; from < count; from += STAGE) {
            int end = Math.min(count, from + STAGE);
            for (int s = 0; s < STRANDS; s++) {
                strands[s] = 0;
                for (int g = from + s; g < end; g += STRANDS) {
                    strands[s] += a[first + g * every];
                }
            }
            sum += Butterfly.warps(strands);
        }
        return sum;
    }

    @Override
    public void guard(Sweep sweep, View marks) {
        judge(sweep, marks);
        Words doubts = Words.of(marks);
        submit(
                sweep,
                (group, r) -> {
                    int at = doubts.at(r);
                    if (doubts.array()[at] != 0) {
                        group.check(r);
                        doubts.array()[at + 1] |= group.gradientFails() ? 1 : 0;
                        doubts.array()[at + 2] |= group.weightFails() ? 1 : 0;
                    }
                },
                false);
        settle(sweep, marks);
    }

    /** LOSS where the loss is not finite; doubt where the bound does not exclude an overflow. */
    private void judge(Sweep sweep, View marks) {
        Sweep.Descent descent = sweep.descent().orElseThrow();
        ResidentTask.State state = sweep.state();
        HealthMarks health = HealthMarks.of(state.health());
        Words doubts = Words.of(marks);
        BlocksF64 losses = BlocksF64.of(state.loss());
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                boolean moves = !health.frozen(r);
                boolean finite = Double.isFinite(losses.array()[losses.at(r)]);
                int at = doubts.at(r);
                doubts.array()[at] = moves && finite && !(bound(sweep, descent, r) < StreamedGroupF32.LIMIT) ? 1 : 0;
                doubts.array()[at + 1] = 0;
                doubts.array()[at + 2] = 0;
                if (moves && !finite) {
                    health.freeze(r, FreezeCause.LOSS, descent.step());
                }
            }
        };
        long cost = 2 * sweep.sums().extremes().blockSize() + descent.x().blockSize();
        queue.submit(
                job,
                cost,
                writes(marks, state.health().cause(), state.health().step()),
                state.loss(),
                sweep.sums().extremes(),
                descent.x(),
                descent.slopes(),
                state.hyper());
    }

    private static double bound(Sweep sweep, Sweep.Descent descent, int r) {
        BlocksF32 extremes = BlocksF32.of(sweep.sums().extremes());
        int count = (int) sweep.sums().extremes().blockSize();
        BlocksF64 hyper = BlocksF64.of(sweep.state().hyper());
        StepScalars s = new StepScalars(hyper.array(), hyper.at(r), descent.factor(), descent.step());
        double intake = 1 - hyper.array()[hyper.at(r) + Hyper.DAMPENING.column()];
        double slopes = descent.slopes().blockSize() * largest(descent.slopes(), r);
        return new StepBound(
                        largest(extremes.array(), extremes.at(r), count, 2),
                        largest(extremes.array(), extremes.at(r) + 1, count - 1, 2),
                        largest(descent.x(), r),
                        slopes,
                        sweep.net().inputs())
                .with(new StepBound.Rates(s.rate(), s.kept(), s.l2(), s.momentum(), intake));
    }

    private static double largest(View view, int r) {
        BlocksF32 blocks = BlocksF32.of(view);
        return largest(blocks.array(), blocks.at(r), (int) view.blockSize(), 1);
    }

    /** Largest absolute value, or NaN. */
    private static double largest(float[] a, int from, int count, int every) {
        float largest = 0;
        for (int i = 0; i < count; i += every) {
            largest = Math.max(largest, Math.abs(a[from + i]));
        }
        return largest;
    }

    /** Freezes what the check found to fail. */
    private void settle(Sweep sweep, View marks) {
        long step = sweep.descent().orElseThrow().step();
        HealthMarks health = HealthMarks.of(sweep.state().health());
        Words doubts = Words.of(marks);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                int at = doubts.at(r);
                if (doubts.array()[at + 1] != 0 || doubts.array()[at + 2] != 0) {
                    boolean gradient = doubts.array()[at + 1] != 0;
                    health.freeze(r, gradient ? FreezeCause.GRADIENT : FreezeCause.WEIGHT, step);
                }
            }
        };
        queue.submit(
                job,
                1,
                writes(sweep.state().health().cause(), sweep.state().health().step()),
                marks);
    }
}
