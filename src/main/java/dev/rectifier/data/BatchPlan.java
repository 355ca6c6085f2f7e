package dev.rectifier.data;

/**
 * Which of M examples the batch of a step takes: a pure function of (key, replica id, step).
 *
 * @param examples M, the size of the set
 * @param batch N; the last batch of an epoch is smaller where N does not divide M (and the order is not WITH_REPLACEMENT)
 * @param order how they are taken
 */
public record BatchPlan(int examples, int batch, Order order) {
    /** How a set is walked through. */
    public enum Order {
        /** A new permutation every epoch; every example once per epoch. */
        SHUFFLED,
        /** Independent uniform draws; epochs have no meaning beyond counting. */
        WITH_REPLACEMENT,
        /** As stored, again and again. */
        SEQUENTIAL
    }

    public BatchPlan {
        if (examples < 1 || batch < 1 || (batch > examples && order != Order.WITH_REPLACEMENT)) {
            throw new IllegalArgumentException("Cannot take batches of " + batch + " from " + examples
                    + " examples: a batch has at least 1 and, unless drawn with replacement, at most all of them.");
        }
    }

    /** The whole set at every step. */
    public static BatchPlan full(int examples) {
        return new BatchPlan(examples, examples, Order.SEQUENTIAL);
    }

    /** Shuffled epochs. */
    public static BatchPlan shuffled(int examples, int batch) {
        return new BatchPlan(examples, batch, Order.SHUFFLED);
    }

    /** Independent draws. */
    public static BatchPlan withReplacement(int examples, int batch) {
        return new BatchPlan(examples, batch, Order.WITH_REPLACEMENT);
    }

    /** Steps per epoch: ceil(M / N). */
    public long stepsPerEpoch() {
        return (examples + (long) batch - 1) / batch;
    }

    /** The epoch a step belongs to. */
    public long epoch(long step) {
        return step / stepsPerEpoch();
    }

    /** N of a step: {@link #batch}, or what is left of the epoch. */
    public int size(long step) {
        if (order == Order.WITH_REPLACEMENT) {
            return batch;
        }
        long first = firstPosition(step);
        return (int) Math.min(batch, examples - first);
    }

    /** How many steps from {@code step} on, {@code most} of them at most, have batches of one size. */
    long alike(long step, long most) {
        if (smallestBatch() == batch) {
            return most;
        }
        long full = stepsPerEpoch() - 1;
        long place = step % stepsPerEpoch();
        return Math.min(most, place < full ? full - place : 1);
    }

    /** Place within the epoch of the first example of a step. */
    long firstPosition(long step) {
        return step % stepsPerEpoch() * batch;
    }

    /** Smallest N of any step. */
    public int smallestBatch() {
        return size(stepsPerEpoch() - 1);
    }

    /** True when every step takes the whole set as it is stored. */
    boolean isWholeSet() {
        return order == Order.SEQUENTIAL && batch == examples;
    }

    /**
     * Writes the row numbers of a step for one replica.
     *
     * @param out gets {@link #size} numbers in 0 .. M-1 from {@code at} on
     * @param key of the stream of orders
     * @param id the replica's number in the ensemble
     */
    public void rows(int[] out, int at, long key, int id, long step) {
        int size = size(step);
        switch (order) {
            case SHUFFLED -> shuffledRows(out, at, size, key, id, step);
            case WITH_REPLACEMENT -> UniformRows.fill(out, at, size, examples, key, id, step);
            case SEQUENTIAL -> {
                int first = (int) firstPosition(step);
                for (int n = 0; n < size; n++) {
                    out[at + n] = first + n;
                }
            }
        }
    }

    private void shuffledRows(int[] out, int at, int size, long key, int id, long step) {
        int first = (int) firstPosition(step);
        if (isSmallShuffle()) {
            char[] order = Shuffle.order(examples, key, id, epoch(step));
            for (int n = 0; n < size; n++) {
                out[at + n] = order[first + n];
            }
            return;
        }
        long roundKey = Permutation.keyOf(key, id, epoch(step));
        for (int n = 0; n < size; n++) {
            out[at + n] = Permutation.apply(examples, roundKey, first + n);
        }
    }

    /** Whether an epoch's order is made at once by {@link Shuffle}. */
    boolean isSmallShuffle() {
        return order == Order.SHUFFLED && examples <= Shuffle.LARGEST;
    }
}
