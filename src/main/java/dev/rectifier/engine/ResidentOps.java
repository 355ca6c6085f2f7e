package dev.rectifier.engine;

import java.util.Optional;

/**
 * Whole stretches of training of many small networks in one call, with weights that stay close to the arithmetic: the way
 * to train for networks whose single operations are too small to be worth a call.
 *
 * <p>Products are IEEE whatever the engine's {@link MathMode}; where another is asked for, fp32 tasks are refused.
 *
 * <p>An engine does not have to have it; what it refuses is trained operation by operation. Whether it refuses depends on
 * the task and the device model, never on the number of replicas, unless both ways leave the same bits.
 */
public interface ResidentOps {
    /** An engine without. */
    ResidentOps NONE = new ResidentOps() {
        @Override
        public Optional<String> refusal(ResidentTask task, long examples) {
            return Optional.of("this engine has no resident kernels");
        }

        @Override
        public Optional<String> disadvantage(ResidentTask task, long examples) {
            return Optional.empty();
        }

        @Override
        public Resident open(ResidentTask task) {
            throw new UnsupportedOperationException("This engine has no resident kernels.");
        }
    };

    /**
     * Why this engine cannot train a task with batches of up to {@code examples} so, in words that complete «step by step:
     * ...»; empty if it can.
     */
    Optional<String> refusal(ResidentTask task, long examples);

    /** Why it would be slower than step by step, in the same form; empty if it would not. */
    Optional<String> disadvantage(ResidentTask task, long examples);

    /** How it would train, in words that complete «resident: ...». */
    default String manner(ResidentTask task, long examples) {
        return "the networks are small";
    }

    /** The same choice of tasks, wherever their buffers lie: on an engine that drafts they belong to no other. */
    default ResidentOps rule() {
        return this;
    }

    /** Whether a stretch leaves the same bits as single steps; else the way of training is part of a run's identity. */
    default boolean keepsBits() {
        return false;
    }

    /** Makes ready to train. The task's buffers stay the caller's and must outlive the result. */
    Resident open(ResidentTask task);
}
