package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Resident;
import dev.rectifier.engine.ResidentNet;
import dev.rectifier.engine.ResidentOps;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.tensor.DType;
import java.util.Optional;
import java.util.stream.IntStream;

/** Says which networks are small enough, and how many replicas make a pack. */
final class CpuResident implements ResidentOps {
    private static final int MOST_LANES = 64;
    private static final int FEW_LANES = 8; // fewer do not fill a vector: then only what is tiny anyway is worth it
    private static final long TINY = 4096; // multiply-adds a step
    private static final long MOST_PARAMETERS = 1 << 22;
    private static final long PACK_BYTES = 1 << 20; // what a core's second cache holds

    private final Queue queue;

    CpuResident(Queue queue) {
        this.queue = queue;
    }

    @Override
    public Optional<String> refusal(ResidentTask task, long examples) {
        if (task.student().parameters() > MOST_PARAMETERS) {
            return Optional.of("networks of more than " + MOST_PARAMETERS + " parameters are not small");
        }
        if (toLibrary(task.student(), examples)
                || task.teacher().map(t -> toLibrary(t.net(), examples)).orElse(false)) {
            return Optional.of("products of this size go to OpenBLAS, which sums in another order");
        }
        return Optional.empty();
    }

    @Override
    public Optional<String> disadvantage(ResidentTask task, long examples) {
        int replicas = (int) task.state().loss().replicas();
        long work = 3 * examples * task.student().parameters();
        if (replicas < FEW_LANES && work > TINY) {
            return Optional.of(replicas + " replicas do not fill a vector");
        }
        long bytes = FEW_LANES * laneBytes(task, examples);
        if (bytes > PACK_BYTES) {
            return Optional.of(FEW_LANES + " replicas need " + bytes + " bytes, more than the " + PACK_BYTES
                    + " that stay close to a core");
        }
        return Optional.empty();
    }

    @Override
    public boolean keepsBits() {
        return true;
    }

    @Override
    public Resident open(ResidentTask task) {
        int capacity = lanes(task);
        return type(task) == DType.F32
                ? new ResidentF32(task, queue, capacity)
                : new ResidentF64(task, queue, capacity);
    }

    /** Replicas per pack: shared out evenly over the threads. */
    private int lanes(ResidentTask task) {
        int replicas = (int) task.state().loss().replicas();
        int most = (int) Math.max(FEW_LANES, Math.min(MOST_LANES, PACK_BYTES / laneBytes(task, 1)));
        int rounds = (replicas + most * queue.threads() - 1) / (most * queue.threads());
        int packs = rounds * queue.threads();
        return Math.max(1, (replicas + packs - 1) / packs);
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

    /** Whether single operations would ask OpenBLAS, whose sums have another order. */
    private static boolean toLibrary(ResidentNet net, long examples) {
        int n = Math.toIntExact(examples);
        return IntStream.range(0, net.layers())
                .anyMatch(l -> Blas.takes(ProductShape.forward(n, net.in(l), net.out(l)))
                        || Blas.takes(ProductShape.inputGradient(n, net.in(l), net.out(l)))
                        || Blas.takes(ProductShape.weightGradient(n, net.in(l), net.out(l))));
    }
}
