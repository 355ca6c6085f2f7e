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
    private static final int MOST_LANES = 128;
    private static final int FEW_LANES = 8; // fewer do not fill a vector: then only what is tiny anyway is worth it
    private static final int FEW_EXAMPLES = 8; // a stretch may be one step: copies must not outweigh it
    private static final long TINY = 4096; // multiply-adds a step
    private static final long MOST_PARAMETERS = 1 << 22;
    private static final long PACK_BYTES = 1 << 20; // what a core's second cache holds

    private final Queue queue;

    CpuResident(Queue queue) {
        this.queue = queue;
    }

    @Override
    public Optional<String> refusal(ResidentTask task, long examples) {
        return task.student().parameters() > MOST_PARAMETERS
                ? Optional.of("networks of more than " + MOST_PARAMETERS + " parameters are not small")
                : Optional.empty();
    }

    @Override
    public Optional<String> disadvantage(ResidentTask task, long examples) {
        if (lanes(task, examples) > 0) {
            return Optional.empty();
        }
        int replicas = replicas(task);
        if (replicas < queue.threads()) {
            return Optional.of(replicas + " replicas do not keep " + queue.threads() + " threads busy");
        }
        long bytes = laneBytes(task, examples);
        if (bytes > PACK_BYTES && examples < FEW_EXAMPLES) {
            return Optional.of("a step of " + examples + " examples is short for a network of " + bytes
                    + " bytes, which would have to be brought in and out");
        }
        return Optional.empty();
    }

    @Override
    public boolean keepsBits() {
        return true;
    }

    @Override
    public Resident open(ResidentTask task) {
        IntUnaryOperator lanes = examples -> lanes(task, examples);
        return type(task) == DType.F32 ? new ResidentF32(task, queue, lanes) : new ResidentF64(task, queue, lanes);
    }

    /** Replicas side by side, shared out evenly over the threads; 0: each for itself. */
    private int lanes(ResidentTask task, long examples) {
        int replicas = replicas(task);
        long work = 3 * examples * task.student().parameters();
        long fitting = PACK_BYTES / laneBytes(task, examples);
        if (toLibrary(task, examples) || fitting < FEW_LANES || (replicas < FEW_LANES && work > TINY)) {
            return 0;
        }
        int most = (int) Math.min(MOST_LANES, fitting);
        int rounds = (replicas + most * queue.threads() - 1) / (most * queue.threads());
        int packs = rounds * queue.threads();
        return Math.max(1, (replicas + packs - 1) / packs);
    }

    private static int replicas(ResidentTask task) {
        return (int) task.state().loss().replicas();
    }

    private static DType type(ResidentTask task) {
        return task.state().parameters().weights().dtype();
    }

    /** Weights, gradient and state; activations and signals of every example. */
    private static long laneBytes(ResidentTask task, long examples) {
        ResidentNet net = task.student();
        long units = net.widths().stream().mapToLong(w -> w).sum();
        long teacher = task.teacher()
                .map(t -> t.net().parameters()
                        + examples * t.net().widths().stream().mapToLong(w -> w).sum())
                .orElse(0L);
        long numbers = (2L + task.rule().stateSlots()) * net.parameters() + 2 * examples * units + teacher;
        return numbers * type(task).bytes();
    }

    private static boolean toLibrary(ResidentTask task, long examples) {
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
