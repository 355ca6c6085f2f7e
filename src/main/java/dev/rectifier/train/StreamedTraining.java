package dev.rectifier.train;

import dev.rectifier.data.Batch;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.StreamedOps;
import dev.rectifier.engine.Sweep;
import dev.rectifier.engine.View;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Training of a wide two-layer network by sweeps: the weights are read and written once per step. A stretch of n steps takes n
 * + 1 sweeps, the first without an update, the last without a forward pass. See {@link StreamedOps}.
 */
final class StreamedTraining {
    private final Engine engine;
    private final TrainTask task;
    private final StepPlan.Workspace workspace;
    private final ResidentTask resident;
    private final Buffers buffers;
    private final List<Sized> sizes = new ArrayList<>();

    /**
     * What sweeps need beside the trainer's buffers.
     *
     * @param even inputs [R or 1, N, D] of every other step, kept until its update
     * @param odd of the steps between
     * @param outputs [R, N, K]
     * @param sums [R, G, N K] and [R, G, 2]
     * @param marks I32 [R, 3]
     */
    record Buffers(View even, View odd, View outputs, Sweep.Sums sums, View marks) {
        static Buffers allocate(Arena trainer, TrainTask task) {
            Arena arena = trainer.openArena("sweeps");
            DType dtype = task.initial().dtype();
            long replicas = task.replicas();
            long examples = task.data().largestBatch();
            long outputs = task.student().outputs();
            long blocks = task.data().batch(0).x().isShared() ? 1 : replicas;
            Shape inputs = Shape.of(blocks, examples, task.student().inputs());
            long groups = StreamedOps.groups(student(task).hidden().get(0));
            return new Buffers(
                    view(arena, "inputs of even steps", dtype, inputs),
                    view(arena, "inputs of odd steps", dtype, inputs),
                    view(arena, "outputs", dtype, Shape.of(replicas, examples, outputs)),
                    new Sweep.Sums(
                            view(arena, "partial outputs", dtype, Shape.of(replicas, groups, examples * outputs)),
                            view(arena, "extremes", dtype, Shape.of(replicas, groups, 2))),
                    view(arena, "marks", DType.I32, Shape.of(replicas, 3)));
        }

        private static View view(Arena arena, String name, DType dtype, Shape shape) {
            return arena.openArena(name).allocate(dtype, shape).view();
        }

        View inputs(long step) {
            return step % 2 == 0 ? even : odd;
        }
    }

    /** Views for batches of one size. */
    private record Sized(Batch batch, TargetMaker.Bound targets, View outputs, View slopes, Sweep.Sums sums) {}

    StreamedTraining(Engine engine, Arena arena, TrainTask task, StepPlan.Workspace workspace, ResidentTask resident) {
        this.engine = engine;
        this.task = task;
        this.workspace = workspace;
        this.resident = resident;
        buffers = Buffers.allocate(arena, task);
    }

    private static MlpSpec student(TrainTask task) {
        return task.student().mlp("Training by sweeps");
    }

    private Sized sizedFor(Batch batch) {
        for (Sized sized : sizes) {
            if (sized.batch().examples() == batch.examples()) {
                return sized;
            }
        }
        long examples = batch.examples();
        long outputs = task.student().outputs();
        View partial = buffers.sums().partial();
        Shape used = Shape.of(partial.dim(1), examples * outputs);
        Sized fresh = new Sized(
                batch,
                workspace.targets().bind(batch),
                buffers.outputs().rows(0, examples),
                workspace.dOutput().rows(0, examples),
                new Sweep.Sums(partial.slice(0, used), buffers.sums().extremes()));
        sizes.add(fresh);
        return fresh;
    }

    /** Does some steps from {@code from} on, {@code most} at most, at least one; returns how many. */
    long run(long from, long most) {
        long count = Math.max(1, task.data().alike(from, most));
        Sized sized = sizedFor(fetch(from));
        engine.streamed().sweep(sweep(sized, Optional.empty(), Optional.of(inputs(sized, from))));
        for (long step = from; step < from + count; step++) {
            boolean last = step == from + count - 1;
            lossAndSlopes(sized);
            if (!last) {
                fetch(step + 1);
            }
            move(sized, step, last);
        }
        return count;
    }

    /** Makes the batch of a step, and keeps its inputs until the step is done. */
    private Batch fetch(long step) {
        Batch batch = task.data().batch(step);
        View kept = buffers.inputs(step).rows(0, batch.examples());
        engine.pointwise().copy(kept, batch.x().replicas(0, kept.replicas()));
        return batch;
    }

    private View inputs(Sized sized, long step) {
        return buffers.inputs(step).rows(0, sized.batch().examples()).seenBy(task.replicas());
    }

    /** From the last sweep's sums to the loss and its slopes; the targets are those of the batch that is in the buffers. */
    private void lossAndSlopes(Sized sized) {
        TrainBuffers state = workspace.buffers();
        TrainSpec spec = task.spec();
        sized.targets().fill().run();
        Optional<View> bias =
                student(task).bias() ? Optional.of(state.parameters().bias(1)) : Optional.empty();
        engine.streamed().outputs(sized.outputs(), sized.sums().partial(), bias);
        double scale =
                spec.loss().scale(sized.batch().examples(), task.student().outputs());
        engine.losses()
                .evaluate(
                        spec.loss().kind(),
                        state.loss(),
                        sized.slopes(),
                        sized.outputs(),
                        sized.targets().targets(),
                        scale);
    }

    private void move(Sized sized, long step, boolean last) {
        double factor = task.spec().schedule().factor(step);
        Sweep.Descent descent = new Sweep.Descent(inputs(sized, step), sized.slopes(), factor, step, last);
        Optional<View> next = last ? Optional.empty() : Optional.of(inputs(sized, step + 1));
        Sweep sweep = sweep(sized, Optional.of(descent), next);
        engine.streamed().guard(sweep, buffers.marks());
        engine.streamed().sweep(sweep);
    }

    private Sweep sweep(Sized sized, Optional<Sweep.Descent> descent, Optional<View> next) {
        return new Sweep(resident.student(), resident.rule(), resident.state(), descent, next, sized.sums());
    }
}
