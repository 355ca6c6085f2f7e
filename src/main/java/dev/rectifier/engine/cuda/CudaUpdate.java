package dev.rectifier.engine.cuda;

import dev.rectifier.engine.GuardedUpdate;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.UpdateOps;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.Optional;

/** Launches of {@code update.cu}. */
final class CudaUpdate implements UpdateOps {
    /** Parameters that a thread of the fused step keeps in registers (KEPT in the kernel). */
    private static final int KEPT = 16;

    private static final long LEAST_VERDICTS = 4096;

    private final Kernels kernels;
    private final StepClock clock;
    /** What the chunks of a large step found, for its second pass. */
    private final GrowingBuffer verdicts;

    CudaUpdate(Kernels kernels, CudaMemory memory, StepClock clock) {
        this.kernels = kernels;
        this.clock = clock;
        this.verdicts = new GrowingBuffer(memory, "verdicts of checked steps", DType.I32, LEAST_VERDICTS);
    }

    @Override
    public void guard(Health health, View loss, View gradient, long step) {
        Grid grid = Grid.reduction(gradient.replicas(), gradient.blockSize(), 1);
        Launch launch = kernels.launch(KernelTable.GUARD, gradient.dtype())
                .view(health.cause())
                .view(health.step())
                .view(loss)
                .view(gradient);
        clock.show(launch)
                .size(gradient.replicas())
                .size(gradient.blockSize())
                .size(grid.chunkSize())
                .integer(grid.chunks())
                .size(clock.count(step))
                .run(grid);
    }

    @Override
    public void step(UpdateRule rule, Parameters parameters, View hyper, Health health, double factor, long step) {
        Factor given = new Factor(factor, Optional.empty(), step);
        run(new Step(rule, parameters, hyper, health, Optional.empty(), given));
    }

    @Override
    public void guardedStep(GuardedUpdate update, double factor, long step) {
        run(guarded(update, new Factor(factor, Optional.empty(), step)));
    }

    /** The same with the factor of step s in slot s % slots of {@code factors} F64 [R, slots]. */
    void guardedStep(GuardedUpdate update, View factors, long step) {
        run(guarded(update, new Factor(1, Optional.of(factors), step)));
    }

    private static Step guarded(GuardedUpdate update, Factor factor) {
        return new Step(
                update.rule(),
                update.parameters(),
                update.hyper(),
                update.health(),
                Optional.of(update.loss()),
                factor);
    }

    private void run(Step request) {
        if (request.weights().blockSize() <= (long) KEPT * Grid.BLOCK) {
            fused(request);
        } else {
            checked(request);
        }
    }

    /** The schedule's factor, as a number or in a table, and the step it is for. */
    private record Factor(double given, Optional<View> table, long step) {
        long slots() {
            return table.map(View::blockSize).orElse(1L);
        }
    }

    /** @param loss if it and the gradient are to be looked at first */
    private record Step(
            UpdateRule rule, Parameters parameters, View hyper, Health health, Optional<View> loss, Factor factor) {
        View weights() {
            return parameters.weights();
        }

        /** Arrays that all three kernels read alike. */
        Launch inputs(Launch launch, StepClock clock) {
            launch.view(parameters.gradient());
            parameters.mask().ifPresentOrElse(launch::view, launch::absent);
            launch.view(hyper);
            factor.table.ifPresentOrElse(launch::view, launch::absent);
            return clock.show(launch).size(weights().replicas()).size(weights().blockSize());
        }

        Launch loss(Launch launch) {
            return loss.isPresent() ? launch.view(loss.get()) : launch.absent();
        }

        /** State, or nothing for a rule that has none. */
        Launch state(Launch launch) {
            return rule.stateSlots() == 0 ? launch.absent() : launch.view(parameters.state());
        }

        /** The number by which {@code update.cu} knows the rule. */
        private int code() {
            return switch (rule) {
                case SGD -> 0;
                case MOMENTUM -> 1;
                case NESTEROV -> 2;
                case ADAM -> 3;
            };
        }

        void scalars(Launch launch, StepClock clock, Grid grid) {
            launch.integer(code())
                    .number(factor.given)
                    .size(factor.slots())
                    .size(clock.count(factor.step))
                    .run(grid);
        }
    }

    private void fused(Step request) {
        View weights = request.weights();
        int lanes = weights.blockSize() <= (long) KEPT * Grid.WARP ? Grid.WARP : Grid.BLOCK;
        Launch launch = request.state(
                        kernels.launch(KernelTable.STEP, weights.dtype()).view(weights))
                .view(request.health.cause())
                .view(request.health.step());
        request.scalars(request.inputs(request.loss(launch), clock), clock, Grid.groups(weights.replicas(), lanes));
    }

    private void checked(Step request) {
        View weights = request.weights();
        Grid grid = Grid.elementwise(weights.replicas(), weights.blockSize());
        View verdict = verdict(weights.replicas(), grid.chunks());
        Launch check = request.loss(kernels.launch(KernelTable.STEP_CHECK, weights.dtype())
                        .view(verdict)
                        .view(request.health.cause()))
                .view(weights);
        chunked(request, request.state(check), grid);
        Launch commit = request.state(
                        kernels.launch(KernelTable.STEP_COMMIT, weights.dtype()).view(weights))
                .view(request.health.cause())
                .view(request.health.step())
                .view(verdict);
        chunked(request, commit, grid);
    }

    private View verdict(long replicas, long chunks) {
        CudaBuffer buffer = verdicts.holding(Math.multiplyExact(replicas, chunks));
        return new View(buffer, 0, chunks, Shape.of(replicas, chunks));
    }

    private void chunked(Step request, Launch launch, Grid grid) {
        Launch sized = request.inputs(launch, clock).size(grid.chunkSize()).integer(grid.chunks());
        request.scalars(sized, clock, grid);
    }

    @Override
    public void normalizeRows(View w, View b, Health health) {
        kernels.launch(KernelTable.NORMALIZE_ROWS, w.dtype())
                .view(w)
                .view(b)
                .view(health.cause())
                .size(w.replicas())
                .size(w.dim(1))
                .size(w.dim(2))
                .run(Grid.wholeRows(w.replicas() * w.dim(1), w.dim(2)));
    }
}
