package dev.rectifier.engine.cuda;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * Which kernels train a stretch: the first special one that takes the shape, then the general one for the replicas that the
 * special one leaves (none, as a rule: those that stand still or whose numbers stop being finite). Every choice leaves the
 * same bits, so the order here may change without a result changing.
 */
final class ResidentChoice {
    private final CudaContext context;

    ResidentChoice(CudaContext context) {
        this.context = context;
    }

    /** The launches of a stretch in their order; the last one is the general kernel's. */
    List<ResidentLaunch> launches(ResidentPlan plan, long replicas) {
        List<ResidentLaunch> launches = new ArrayList<>();
        special(plan, replicas).ifPresent(launches::add);
        launches.add(general(plan, replicas));
        return launches;
    }

    /** The special kernel for a plan, if there is one. */
    Optional<ResidentLaunch> special(ResidentPlan plan, long replicas) {
        return Optional.empty();
    }

    private ResidentLaunch general(ResidentPlan plan, long replicas) {
        int threads = plan.threads(replicas, context);
        Grid grid = new Grid(Grid.ceilDiv(replicas, threads), threads, 1, 1, 0);
        return new ResidentLaunch(KernelTable.RESIDENT, grid, Math.toIntExact(plan.sharedBytes(threads)));
    }
}
