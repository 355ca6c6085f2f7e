package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Feed;
import dev.rectifier.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Which kernels train a stretch: the first special one that takes the shape, then one for all shapes for the replicas that
 * the special one leaves (none, as a rule: those that stand still or whose numbers stop being finite). Kernels for all shapes
 * are the general one, a thread per replica, and the block one, a block per replica. Every choice leaves the same bits, so
 * the order here may change without a result changing.
 *
 * <p>The system property {@code rectifier.resident} asks for {@code lanes}, {@code general} or {@code block} wherever it fits;
 * {@code auto}, the default, means {@code lanes}, then what suits the numbers.
 */
final class ResidentChoice {
    private static final String WISH = "rectifier.resident";
    // Guesses until they are measured.
    private static final int FEWEST_THREADS = 128; // replicas on a multiprocessor that the general kernel is worth
    private static final long BLOCK_OUTPUTS = 1024; // of a batch's widest level, from which a block is busy
    private static final long FEW_REPLICAS = 8; // per multiprocessor

    private final CudaContext context;

    ResidentChoice(CudaContext context) {
        this.context = context;
    }

    /** The launches of a stretch in their order; the last one's kernel takes all shapes. */
    List<ResidentLaunch> launches(ResidentPlan plan, long replicas) {
        List<ResidentLaunch> launches = new ArrayList<>();
        special(plan, replicas).ifPresent(launches::add);
        launches.add(rest(plan, replicas, launches.isEmpty()));
        return launches;
    }

    /** The special kernel for a plan, if there is one. */
    Optional<ResidentLaunch> special(ResidentPlan plan, long replicas) {
        if (!Set.of("auto", "lanes").contains(wish())) {
            return Optional.empty();
        }
        return ResidentLanes.ALL.stream()
                .filter(shape -> shape.takes(plan))
                .sorted(Comparator.comparingLong(ResidentLanes::work))
                .flatMap(shape -> shape.launch(plan, replicas, context).stream())
                .findFirst();
    }

    ResidentLaunch rest(ResidentPlan plan, long replicas, boolean alone) {
        Optional<ResidentBlockPlan> block = block(plan);
        boolean asBlock = !fits(plan, Grid.WARP) || (alone && prefersBlock(plan, replicas));
        return asBlock && block.isPresent() ? blocks(block.get(), replicas) : general(plan, replicas);
    }

    private boolean fits(ResidentPlan plan, int replicas) {
        return plan.sharedBytes(replicas) <= context.sharedBytes();
    }

    private static String wish() {
        return System.getProperty(WISH, "auto");
    }

    private boolean prefersBlock(ResidentPlan plan, long replicas) {
        if (!wish().equals("auto")) {
            return wish().equals("block");
        }
        return !fits(plan, FEWEST_THREADS)
                || plan.examples() * plan.widest() >= BLOCK_OUTPUTS
                || replicas < FEW_REPLICAS * context.multiprocessors();
    }

    private Optional<ResidentBlockPlan> block(ResidentPlan plan) {
        return ResidentBlockPlan.fitting(plan, context.sharedBytes() - ResidentBlockPlan.STATIC_BYTES);
    }

    ResidentLaunch general(ResidentPlan plan, long replicas) {
        int threads = plan.threads(replicas, context);
        Grid grid = new Grid(Grid.ceilDiv(replicas, threads), threads, 1, 1, 0);
        return new ResidentLaunch(KernelTable.RESIDENT, grid, Math.toIntExact(plan.sharedBytes(threads)));
    }

    private static ResidentLaunch blocks(ResidentBlockPlan plan, long replicas) {
        Grid grid = new Grid(replicas, plan.threads(), 1, 1, 0);
        return new ResidentLaunch(KernelTable.RESIDENT_BLOCK, grid, Math.toIntExact(plan.sharedBytes()));
    }

    /** The words of a plan for the kernel of a launch. */
    HostTensor words(ResidentLaunch how, ResidentPlan plan, Feed feed) {
        return how.kernel() == KernelTable.RESIDENT_BLOCK
                ? block(plan).orElseThrow().words(feed)
                : plan.words(feed);
    }

    /** Why no kernel takes such networks; empty if one does. */
    Optional<String> refusal(ResidentPlan plan) {
        if (fits(plan, Grid.WARP) || block(plan).isPresent()) {
            return Optional.empty();
        }
        long bytes = new ResidentBlockPlan(plan, 1).sharedBytes() + ResidentBlockPlan.STATIC_BYTES;
        return Optional.of(
                "such a network does not fit a block's shared memory: " + bytes + " bytes of " + context.sharedBytes());
    }

    /** Whether a batch of networks that no general kernel takes comes in pieces too small to keep a block busy. */
    Optional<String> disadvantage(ResidentPlan plan) {
        int least = Math.min(plan.examples(), ResidentBlockPlan.SMALL_CHUNK);
        return fits(plan, FEWEST_THREADS)
                        || block(plan).filter(p -> p.chunk() >= least).isPresent()
                ? Optional.empty()
                : Optional.of("fewer than " + least + " examples fit a block's shared memory beside such a network");
    }
}
