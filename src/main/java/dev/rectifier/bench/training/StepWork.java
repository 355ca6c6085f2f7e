package dev.rectifier.bench.training;

import dev.rectifier.bench.Work;

/** What a training step of an ensemble counts for. */
final class StepWork {
    private static final long SWEPT = 1 << 20;

    private StepWork() {}

    /**
     * Operations: 6 N per connection, less 2 N D H1 since inputs need no gradient, and those of the update. Bytes: weights
     * read by forward and backward, read and written by the update (16 P, 8 P more per slot of state), activations and their
     * gradients written once and read twice (24 N per hidden unit): what fused kernels need that keep nothing on the chip. A
     * network of one hidden layer that is large enough for sweeps needs but one pass over its weights (8 P, 8 P more per slot).
     */
    static Work of(Ensemble e) {
        int slots = e.optimiser().rule().stateSlots();
        double n = e.batch();
        double firstLayer = (double) e.student().inputs() * e.student().fanOut(0);
        double flops = 6 * n * e.connections() - 2 * n * firstLayer + (2 + 4.0 * slots) * e.parameters();
        boolean swept = e.student().hidden().size() == 1 && e.parameters() >= SWEPT;
        double bytes = ((swept ? 8 : 16) + 8.0 * slots) * e.parameters() + (swept ? 0 : 24 * n * e.hiddenUnits());
        return new Work(e.replicas() * bytes, e.replicas() * flops, n * e.replicas());
    }

    /** Bytes on the device when trained step by step. */
    static long deviceBytes(Ensemble e) {
        long perReplica = (2L + e.optimiser().rule().stateSlots()) * e.parameters()
                + (long) e.batch() * (4 * e.hiddenUnits() + 3L * e.student().outputs());
        long set = (long) e.examples() * (e.student().inputs() + e.student().outputs());
        return 4 * (e.replicas() * perReplica + set);
    }

    /** Bytes on the heap of starting weights alone. */
    static long startBytes(Ensemble e) {
        return 4L * e.replicas() * e.parameters();
    }

    /** Bytes on the heap: starting weights, downloaded weights, and fp64 drawing, training and download of a few replicas. */
    static long hostBytes(Ensemble e) {
        Ensemble few = e.first(TrainingCheck.exactReplicas(e));
        return 8L * e.replicas() * e.parameters() + 24L * few.replicas() * few.parameters() + 2 * deviceBytes(few);
    }
}
