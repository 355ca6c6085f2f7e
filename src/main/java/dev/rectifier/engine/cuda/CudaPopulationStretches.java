package dev.rectifier.engine.cuda;

import dev.rectifier.engine.PopulationNets;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.Ring;
import dev.rectifier.engine.Stretch;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Optional;

/**
 * Launches of {@code resident_population.cu}. Shared bytes of a block: 8 for each of 2 M (D + K) + 3 M numbers of the units,
 * M = S + T, and of 2 (D + K) sums and the 128 numbers of a tile a warp; then w for each of (2 + slots) P.
 */
final class CudaPopulationStretches {
    /** Shared memory of the kernel beside it, at most. */
    static final int STATIC_BYTES = 128;

    private static final int TILE = 4 * Grid.WARP;
    private static final int PARTS = 2; // student, teacher

    private final Kernels kernels;
    private final Staging factors;
    private final Staging slots;

    CudaPopulationStretches(Kernels kernels, Staging factors, Staging slots) {
        this.kernels = kernels;
        this.factors = factors;
        this.slots = slots;
    }

    /** Why no block takes the task; empty if one does. */
    Optional<String> refusal(ResidentTask task) {
        long bytes = sharedBytes(task) + STATIC_BYTES;
        long limit = kernels.context().sharedBytes();
        return bytes <= limit
                ? Optional.empty()
                : Optional.of("student, teacher and their pairs do not fit a block's shared memory: " + bytes
                        + " bytes of " + limit);
    }

    /** As few warps as take all units of the student in as few rounds as a full block does. Changes no bit. */
    private static long warps(PopulationNets nets) {
        long rounds = Grid.ceilDiv(nets.student(), Grid.BLOCK / Grid.WARP);
        return Grid.ceilDiv(nets.student(), rounds);
    }

    static long sharedBytes(ResidentTask task) {
        PopulationNets nets = task.populationNets();
        long widths = (long) nets.inputs() + nets.outputs();
        long numbers = nets.units() * (2 * widths + 3) + warps(nets) * (PARTS * widths + TILE);
        long elements = (2L + task.rule().stateSlots()) * nets.studentParameters();
        return numbers * Double.BYTES
                + elements * task.state().parameters().weights().dtype().bytes();
    }

    void train(ResidentTask task, Stretch stretch) {
        if (stretch.steps() == 0) {
            return;
        }
        ResidentTask.State state = task.state();
        PopulationNets nets = task.populationNets();
        long replicas = state.loss().replicas();
        Optional<View> table =
                stretch.ring().map(ring -> slots.of(CudaResident.table(ring, stretch.steps()), replicas));
        View schedule = factors.of(HostTensor.of(Shape.of(1, stretch.steps()), stretch.factors()), replicas);
        DType type = state.parameters().weights().dtype();
        int bytes = Math.toIntExact(sharedBytes(task));
        kernels.launch(KernelTable.RESIDENT_POPULATION, type)
                .allowShared(bytes)
                .view(state.parameters().weights())
                .view(state.parameters().gradient())
                .view(state.parameters().state())
                .view(state.loss())
                .view(state.health().cause())
                .view(state.health().step())
                .view(stretch.ring().map(Ring::weights))
                .view(stretch.ring().map(Ring::losses))
                .view(state.parameters().mask())
                .view(state.hyper())
                .view(task.teacher().orElseThrow().parameters())
                .view(schedule)
                .view(table)
                .size(replicas)
                .size(nets.student())
                .size(nets.teacher())
                .size(nets.inputs())
                .size(nets.outputs())
                .size(stretch.steps())
                .size(stretch.first())
                .integer(ResidentPlan.code(task.rule()))
                .integer(ResidentPlan.unitNorm(task))
                .number(stretch.lossScale())
                .run(new Grid(replicas, Math.toIntExact(warps(nets) * Grid.WARP), 1, 1, 0), bytes);
        kernels.context().synchronize();
    }
}
