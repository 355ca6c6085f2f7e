package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ResidentNet;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.tensor.DType;

/**
 * Lanes where a pack holds enough replicas. A pass over the lanes costs a call, whether they are four or sixteen, while the
 * loops of one replica grow better with its network and its batch; so the larger the step, the more lanes it takes to win.
 * Measured on an AVX-512 core in fp32, packs are as quick as single replicas with, for multiply-adds a step of: 147, 2 lanes;
 * 363, 4; 726, 9; 1323, 14; 2904, 16; 5808, 26; 10584, 34.
 *
 * @param threads that share the replicas
 */
record MeasuredLanes(int threads) implements LaneRule {
    private static final int MOST_LANES = 512;
    private static final long PACK_BYTES = 1 << 20; // what a core's second cache holds
    private static final long WORK_PER_LANE = 200; // multiply-adds of a replica's step for which a pack wants one more
    private static final int FEWEST_LANES = 8; // fewer do not fill a vector
    private static final int FEWEST_AT_ONE_EXAMPLE = 2; // then gradients need no rows of their own

    /** As many as share all replicas out evenly over the threads, in as few rounds as fit. */
    @Override
    public int lanes(ResidentTask task, long examples) {
        long most = Math.max(1, Math.min(MOST_LANES, PACK_BYTES / laneBytes(task, examples)));
        long replicas = task.state().loss().replicas();
        long packs = threads * ceil(replicas, most * threads);
        long lanes = ceil(replicas, packs);
        return lanes < fewest(task, examples) ? 0 : (int) lanes;
    }

    private static long fewest(ResidentTask task, long examples) {
        return Math.max(
                examples == 1 ? FEWEST_AT_ONE_EXAMPLE : FEWEST_LANES, ceil(work(task, examples), WORK_PER_LANE));
    }

    /** Multiply-adds of one step of one replica, those of its teacher included. */
    static long work(ResidentTask task, long examples) {
        long taught = task.teacher().map(t -> t.net().parameters()).orElse(0L);
        return examples * (3 * task.student().parameters() + taught);
    }

    /** Weights, gradient and state; activations and signals of every example; what stands spread or crossed. */
    private static long laneBytes(ResidentTask task, long examples) {
        ResidentNet net = task.student();
        long beside = Math.min(examples, NetLanesF32.SIDE_BY_SIDE);
        long teacher = task.teacher()
                .map(t -> (1 + beside) * t.net().parameters() + examples * units(t.net()))
                .orElse(0L);
        long above = net.parameters() - net.weightAt(1);
        long numbers = (2L + beside + task.rule().stateSlots()) * net.parameters()
                + 2 * above
                + 2 * examples * units(net)
                + teacher;
        DType type = task.state().parameters().weights().dtype();
        return numbers * type.bytes();
    }

    private static long units(ResidentNet net) {
        return net.widths().stream().mapToLong(w -> w).sum();
    }

    private static long ceil(long a, long b) {
        return (a + b - 1) / b;
    }
}
