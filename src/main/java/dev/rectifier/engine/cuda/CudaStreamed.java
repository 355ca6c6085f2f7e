package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Bytes;
import dev.rectifier.engine.ResidentNet;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.StreamedLimits;
import dev.rectifier.engine.StreamedOps;
import dev.rectifier.engine.Sweep;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import java.util.Optional;

/** Launches of {@code streamed.cu}. */
final class CudaStreamed implements StreamedOps {
    private static final int MOST_UNITS = 128; // of a block
    private static final int DESCEND = 1;
    private static final int KEEP_GRADIENT = 2;
    private static final int ADVANCE = 4;
    private static final int RECTIFIED = 8;
    private static final int BIASED = 16;
    private static final int CHECK = 32;

    private final Kernels kernels;
    private final Scratch scratch;

    CudaStreamed(Kernels kernels, Scratch scratch) {
        this.kernels = kernels;
        this.scratch = scratch;
    }

    @Override
    public Optional<String> refusal(ResidentTask task, long examples) {
        Optional<String> refusal = StreamedLimits.refusal(task, examples);
        if (refusal.isPresent()) {
            return refusal;
        }
        DType real = task.state().parameters().weights().dtype();
        long bytes = sharedBytes(task.student(), task.rule(), examples, real, Grid.WARP);
        int limit = kernels.context().sharedBytes();
        return bytes <= limit
                ? Optional.empty()
                : Optional.of("32 units need " + Bytes.words(bytes) + " of shared memory, a block may have "
                        + Bytes.words(limit));
    }

    @Override
    public Optional<String> disadvantage(ResidentTask task, long examples) {
        return StreamedLimits.disadvantage(task);
    }

    /** Rows of a block's units, with an odd pitch, and both batches, padded to a strip's length. */
    private static long sharedBytes(ResidentNet net, UpdateRule rule, long examples, DType real, int units) {
        long strip = examples <= 1 ? 1 : examples <= 4 ? 4 : examples <= 8 ? 8 : StreamedLimits.EXAMPLES;
        long rows = (1L + rule.stateSlots()) * units * (net.inputs() | 1);
        return (rows + strip * (2L * net.inputs() + net.outputs())) * real.bytes();
    }

    /** As many units as leave room for a second block. Changes no bit. */
    private int units(Sweep sweep, DType real) {
        int units = MOST_UNITS;
        long limit = kernels.context().sharedBytes() / 2;
        while (units > Grid.WARP && sharedBytes(sweep.net(), sweep.rule(), sweep.examples(), real, units) > limit) {
            units /= 2;
        }
        return units;
    }

    @Override
    public void sweep(Sweep sweep) {
        // Without marks: what is not checked reads none.
        run(sweep, sweep.state().health().cause(), parts(sweep));
    }

    private static int parts(Sweep sweep) {
        boolean keeps = sweep.descent().map(Sweep.Descent::keepsGradient).orElse(false);
        return (sweep.descent().isPresent() ? DESCEND : 0)
                | (keeps ? KEEP_GRADIENT : 0)
                | (sweep.next().isPresent() ? ADVANCE : 0)
                | (sweep.net().relu() ? RECTIFIED : 0)
                | (sweep.net().bias() ? BIASED : 0);
    }

    private void run(Sweep sweep, View marks, int parts) {
        ResidentTask.State state = sweep.state();
        View weights = state.parameters().weights();
        ResidentNet net = sweep.net();
        int units = units(sweep, weights.dtype());
        int shared = Math.toIntExact(sharedBytes(net, sweep.rule(), sweep.examples(), weights.dtype(), units));
        int tiles = Math.toIntExact(Grid.ceilDiv(net.out(0), units));
        Launch launch = kernels.launch(KernelTable.STREAMED_SWEEP, weights.dtype())
                .allowShared(shared)
                .view(weights)
                .view(state.parameters().state())
                .view(state.parameters().gradient())
                .view(sweep.sums().partial())
                .view(sweep.sums().extremes())
                .view(marks)
                .view(state.health().cause())
                .view(state.hyper());
        launch.view(sweep.descent().map(Sweep.Descent::x));
        launch.view(sweep.descent().map(Sweep.Descent::slopes));
        launch.view(sweep.next());
        launch.size(weights.replicas())
                .size(sweep.examples())
                .size(net.inputs())
                .size(net.out(0))
                .size(net.outputs())
                .integer(tiles)
                .integer(parts)
                .integer(code(sweep.rule()))
                .number(sweep.descent().map(Sweep.Descent::factor).orElse(0.0))
                .size(sweep.descent().map(Sweep.Descent::step).orElse(0L))
                .run(new Grid(weights.replicas() * tiles, units, 1, tiles, 0), shared);
    }

    private static int code(UpdateRule rule) {
        return switch (rule) {
            case SGD -> 0;
            case MOMENTUM -> 1;
            case NESTEROV -> 2;
            case ADAM -> throw new IllegalArgumentException("Sweeps do not know Adam.");
        };
    }

    @Override
    public void outputs(View y, View partial, Optional<View> bias) {
        long replicas = y.replicas();
        long groups = partial.dim(1);
        long each = partial.dim(2);
        int stages = Math.toIntExact(Grid.ceilDiv(groups, STAGE));
        View sums = scratch.doubles(replicas, stages * each);
        kernels.launch(KernelTable.STREAMED_SUMS, y.dtype())
                .view(sums)
                .view(partial)
                .size(replicas)
                .size(groups)
                .size(each)
                .integer(stages)
                .run(new Grid(replicas * stages, STRANDS, 1, stages, STAGE));
        Launch launch =
                kernels.launch(KernelTable.STREAMED_OUTPUTS, y.dtype()).view(y).view(sums);
        launch.view(bias);
        launch.size(replicas).size(each).size(y.dim(2)).size(stages).run(Grid.groups(replicas, Grid.WARP));
    }

    @Override
    public void guard(Sweep sweep, View marks) {
        Sweep.Descent descent = sweep.descent().orElseThrow();
        judge(sweep, descent, marks);
        run(sweep, marks, parts(sweep) | CHECK);
        kernels.launch(
                        KernelTable.STREAMED_SETTLE,
                        sweep.state().parameters().weights().dtype())
                .view(sweep.state().health().cause())
                .view(sweep.state().health().step())
                .view(marks)
                .size(marks.replicas())
                .size(descent.step())
                .run(new Grid(Grid.ceilDiv(marks.replicas(), Grid.BLOCK), Grid.BLOCK, 1, 1, 0));
    }

    private void judge(Sweep sweep, Sweep.Descent descent, View marks) {
        ResidentTask.State state = sweep.state();
        View weights = state.parameters().weights();
        kernels.launch(KernelTable.STREAMED_JUDGE, weights.dtype())
                .view(state.health().cause())
                .view(state.health().step())
                .view(marks)
                .view(state.loss())
                .view(sweep.sums().extremes())
                .view(state.hyper())
                .view(descent.x())
                .view(descent.slopes())
                .size(weights.replicas())
                .size(sweep.examples())
                .size(sweep.net().inputs())
                .size(sweep.net().outputs())
                .size(sweep.sums().extremes().dim(1))
                .integer(code(sweep.rule()))
                .number(descent.factor())
                .size(descent.step())
                .run(new Grid(weights.replicas(), Grid.BLOCK, 1, 1, 0));
    }
}
