package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Resident;
import dev.rectifier.engine.ResidentNet;
import dev.rectifier.engine.ResidentOps;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.tensor.DType;
import java.util.Optional;
import java.util.function.IntUnaryOperator;
import java.util.stream.IntStream;

/** Says which networks are small enough, and how many replicas make a pack. */
final class CpuResident implements ResidentOps {
    private static final long MOST_PARAMETERS = 1 << 22;
    private static final long SHARED_WORK = 1 << 23; // multiply-adds of a step that are worth sharing, some 200 us

    private final Queue queue;
    private final LaneRule rule;

    CpuResident(Queue queue, LaneRule rule) {
        this.queue = queue;
        this.rule = rule;
    }

    @Override
    public Optional<String> refusal(ResidentTask task, long examples) {
        return task.student().parameters() > MOST_PARAMETERS
                ? Optional.of("networks of more than " + MOST_PARAMETERS + " parameters are not small")
                : Optional.empty();
    }

    /**
     * Only where threads would stand idle: measured on one thread, the better of packs and one replica at a time was never
     * slower than step by step.
     */
    @Override
    public Optional<String> disadvantage(ResidentTask task, long examples) {
        if (task.isPopulation()) {
            return Optional.empty(); // single operations share out replicas alone as well
        }
        long replicas = task.state().loss().replicas();
        return replicas < queue.threads() && MeasuredLanes.work(task, examples) >= SHARED_WORK
                ? Optional.of(replicas + " replicas do not keep " + queue.threads() + " threads busy")
                : Optional.empty();
    }

    @Override
    public String manner(ResidentTask task, long examples) {
        if (task.isPopulation()) {
            return "expectations in closed form, one replica at a time";
        }
        int lanes = lanes(task, examples);
        return lanes == 0 ? "one replica at a time" : lanes + " replicas as vector lanes";
    }

    @Override
    public boolean keepsBits() {
        return true;
    }

    @Override
    public Resident open(ResidentTask task) {
        if (task.isPopulation()) {
            return population(task);
        }
        IntUnaryOperator lanes = examples -> lanes(task, examples);
        DType type = task.state().parameters().weights().dtype();
        return type == DType.F32 ? new ResidentF32(task, queue, lanes) : new ResidentF64(task, queue, lanes);
    }

    private Resident population(ResidentTask task) {
        return task.state().parameters().weights().dtype() == DType.F32
                ? new ResidentPopulationF32(task, queue)
                : new ResidentPopulationF64(task, queue);
    }

    private int lanes(ResidentTask task, long examples) {
        return toLibrary(task, examples) ? 0 : rule.lanes(task, examples);
    }

    /** Whether a product of these networks is one for OpenBLAS. */
    static boolean toLibrary(ResidentTask task, long examples) {
        return toLibrary(task.student(), examples)
                || task.teacher().map(t -> toLibrary(t.net(), examples)).orElse(false);
    }

    /** Whether single operations would ask OpenBLAS, whose sums have another order than those of lanes. */
    private static boolean toLibrary(ResidentNet net, long examples) {
        int n = Math.toIntExact(examples);
        return IntStream.range(0, net.layers())
                .anyMatch(l -> Blas.takes(ProductShape.forward(n, net.in(l), net.out(l)))
                        || Blas.takes(ProductShape.inputGradient(n, net.in(l), net.out(l)))
                        || Blas.takes(ProductShape.weightGradient(n, net.in(l), net.out(l))));
    }
}
