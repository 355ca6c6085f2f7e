package dev.rectifier.engine.cuda;

import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.ResidentNet;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.tensor.DType;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * One instance of {@code resident_lanes.cu}: two-layer fp32 networks of at most these widths, weights in registers. Entry names
 * say it all: {@code resident_lanes_D_K_L_G_kind}.
 *
 * @param kernel the entry
 * @param inputs D
 * @param hidden K
 * @param outputs L
 * @param lanes G, lanes that are one replica
 * @param kind which batches and rules it takes
 */
record ResidentLanes(KernelTable kernel, int inputs, int hidden, int outputs, int lanes, Kind kind) {
    /** All instances; where several take a task, the first that needs the fewest products does it. */
    static final List<ResidentLanes> ALL = Stream.of(KernelTable.values())
            .filter(kernel -> kernel.file().equals("resident_lanes"))
            .map(ResidentLanes::of)
            .toList();

    /** What an instance keeps in registers beside the weights. */
    enum Kind {
        /** Nothing: batches of one example, plain descent. */
        SINGLE,
        /** A gradient: any batch, plain descent. */
        BATCH,
        /** A gradient and a momentum: any batch, all rules but Adam. */
        FULL;

        boolean takes(UpdateRule rule, int examples) {
            return switch (this) {
                case SINGLE -> rule == UpdateRule.SGD && examples == 1;
                case BATCH -> rule == UpdateRule.SGD;
                case FULL -> rule != UpdateRule.ADAM;
            };
        }
    }

    private static ResidentLanes of(KernelTable kernel) {
        String[] parts = kernel.stem().substring("resident_lanes_".length()).split("_", -1);
        return new ResidentLanes(
                kernel,
                Integer.parseInt(parts[0]),
                Integer.parseInt(parts[1]),
                Integer.parseInt(parts[2]),
                Integer.parseInt(parts[3]),
                Kind.valueOf(parts[4].toUpperCase(Locale.ROOT)));
    }

    /** Whether this instance can train a plan, whatever its shared memory. */
    boolean takes(ResidentPlan plan) {
        ResidentTask task = plan.task();
        boolean plain = task.unitNormLayers().isEmpty()
                && task.state().parameters().mask().isEmpty()
                && task.state().parameters().weights().dtype() == DType.F32;
        return plain
                && kind.takes(task.rule(), plan.examples())
                && fits(task.student())
                && task.teacher().map(teacher -> hasShape(teacher.net())).orElse(true)
                && (outputs > 1 || task.loss() != LossKind.SOFTMAX_CROSS_ENTROPY);
    }

    private boolean fits(ResidentNet net) {
        return hasShape(net) && net.inputs() <= inputs && net.out(0) <= hidden && net.outputs() <= outputs;
    }

    /** Two layers; a sum of one product without a bias has other signs of zero than the chains here. */
    private static boolean hasShape(ResidentNet net) {
        return net.layers() == 2 && net.inputs() > 1 && (net.out(0) > 1 || net.bias());
    }

    /** Products that a replica's lanes do for an example, padding and all: the order among instances that take a task. */
    long work() {
        return (long) unitsPerLane() * lanes * (inputs + outputs) * (kind == Kind.SINGLE ? 2 : 3);
    }

    private int unitsPerLane() {
        return (hidden + lanes - 1) / lanes;
    }

    /** Threads and memory of a launch; empty where a warp needs more shared memory than a block may have. */
    Optional<ResidentLaunch> launch(ResidentPlan plan, long replicas, CudaContext context) {
        int threads = Memory.BLOCK;
        Memory memory = new Memory(this, plan);
        while (threads > Grid.WARP
                && (memory.bytes(threads) > context.sharedBytes()
                        || Grid.ceilDiv(replicas * lanes, threads) < context.multiprocessors())) {
            threads /= 2;
        }
        long bytes = memory.bytes(threads);
        if (bytes > context.sharedBytes()) {
            return Optional.empty();
        }
        Grid grid = new Grid(Grid.ceilDiv(replicas * lanes, threads), threads, 1, 1, 0);
        return Optional.of(new ResidentLaunch(kernel, grid, Math.toIntExact(bytes)));
    }

    /** Shared memory of a launch, in the words of {@code Shape} and {@code Region} there; as if no data were shared. */
    private record Memory(ResidentLanes shape, ResidentPlan plan) {
        static final int BLOCK = 128;

        private static long fours(long words) {
            return (words + 3) / 4 * 4;
        }

        private static long pitch(long words) {
            return 4 * ((words + 3) / 4 | 1);
        }

        long bytes(int threads) {
            long warps = threads / Grid.WARP;
            long replicas = Grid.WARP / shape.lanes;
            boolean one = plan.sharesTeacher();
            long region = Math.max(examples(Grid.WARP), replicas * examples(tile()))
                    + replicas * (team() + (one ? 0 : teacher()));
            return Float.BYTES * ((one ? teacher() : 0) + warps * region);
        }

        private int tile() {
            boolean alone = shape.lanes == 1 && shape.kind == Kind.SINGLE;
            return alone ? 1 : Math.max(shape.lanes, 4);
        }

        private long examples(int tile) {
            return pitch(tile * (pitch(shape.inputs) + shape.outputs));
        }

        private long team() {
            if (shape.lanes == 1) {
                return 0;
            }
            long rows = shape.kind == Kind.SINGLE ? 1 : Math.max(shape.lanes, 4);
            return pitch((rows + shape.outputs) * pitch(shape.hidden)
                    + fours(shape.outputs)
                    + 3 * fours(rows * shape.outputs));
        }

        private long teacher() {
            return plan.task()
                    .teacher()
                    .map(who -> who.net().out(0))
                    .map(units -> pitch(units * (pitch(shape.inputs) + 1 + shape.outputs) + shape.outputs))
                    .orElse(0L);
        }
    }
}
