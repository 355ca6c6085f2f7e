package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Health;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.UpdateOps;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import java.util.Optional;

/** Launches of {@code update.cu}. */
final class CudaUpdate implements UpdateOps {
    /** Parameters that a thread of the fused step keeps in registers (KEPT in the kernel). */
    private static final int KEPT = 16;

    private final Kernels kernels;
    private final StepClock clock;

    CudaUpdate(Kernels kernels, StepClock clock) {
        this.kernels = kernels;
        this.clock = clock;
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
        run(new Step(rule, parameters, hyper, health, new Factor(factor, Optional.empty(), step)));
    }

    /** The same with the factor of step s in slot s % slots of {@code factors} F64 [R, slots]. */
    void step(UpdateRule rule, Parameters parameters, View hyper, Health health, View factors, long step) {
        run(new Step(rule, parameters, hyper, health, new Factor(1, Optional.of(factors), step)));
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

    private record Step(UpdateRule rule, Parameters parameters, View hyper, Health health, Factor factor) {
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
        request.scalars(request.inputs(launch, clock), clock, Grid.groups(weights.replicas(), lanes));
    }

    private void checked(Step request) {
        View weights = request.weights();
        Grid grid = Grid.reduction(weights.replicas(), weights.blockSize(), 1);
        Launch check = kernels.launch(KernelTable.STEP_CHECK, weights.dtype())
                .view(request.health.cause())
                .view(request.health.step())
                .view(weights);
        chunked(request, request.state(check), grid);
        Launch commit = request.state(
                        kernels.launch(KernelTable.STEP_COMMIT, weights.dtype()).view(weights))
                .view(request.health.cause());
        chunked(request, commit, grid);
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
