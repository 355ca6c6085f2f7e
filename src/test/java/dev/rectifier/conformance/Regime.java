package dev.rectifier.conformance;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.SplittableRandom;

/** Kinds of numbers an operation must cope with. */
enum Regime {
    /** Uniform in (-1, 1), about one in sixteen exactly 0. */
    RANDOM,
    ZEROS,
    /** Uniform in (-1, 0). */
    NEGATIVE,
    /** 1e4 plus uniform in (-1, 1): a sum of squares minus a squared mean would lose everything. */
    OFFSET,
    /** Of magnitude 1e15 (F32) or 1e120 (F64): sums of squares stay in range. */
    HUGE,
    /** Of magnitude 1e-20 (F32) or 1e-160 (F64): squares are subnormal or vanish. */
    TINY,
    /** As RANDOM, but one replica has NaNs, an infinity and a negative infinity among its numbers. */
    POISONED;

    /** The replica that {@link #POISONED} hits. */
    static int poisonedReplica(int replicas) {
        return replicas > 1 ? 1 : 0;
    }

    /** Values of shape [R, ...]; if {@code shared}, all replicas have the same. */
    HostTensor values(DType type, Shape shape, boolean shared, SplittableRandom random) {
        HostTensor tensor = HostTensor.zeros(type, shape);
        int block = Math.toIntExact(shape.tail().size());
        for (int i = 0; i < tensor.length(); i++) {
            tensor.set(i, shared && i >= block ? tensor.get(i - block) : value(type, random));
        }
        if (this == POISONED) {
            poison(tensor, block, shared);
        }
        return tensor;
    }

    private double value(DType type, SplittableRandom random) {
        double u = random.nextDouble(-1, 1);
        boolean single = type == DType.F32;
        return switch (this) {
            case RANDOM, POISONED -> random.nextInt(16) == 0 ? 0 : u;
            case ZEROS -> 0;
            case NEGATIVE -> -Math.abs(u);
            case OFFSET -> 1e4 + u;
            case HUGE -> u * (single ? 1e15 : 1e120);
            case TINY -> u * (single ? 1e-20 : 1e-160);
        };
    }

    private static void poison(HostTensor tensor, int block, boolean shared) {
        int replicas = Math.toIntExact(tensor.shape().dim(0));
        for (int r = 0; r < replicas && block > 0; r++) {
            if (shared || r == poisonedReplica(replicas)) {
                tensor.set(r * block + block - 1, Double.NEGATIVE_INFINITY);
                tensor.set(r * block + block / 2, Double.POSITIVE_INFINITY);
                tensor.set(r * block + 2 * block / 3, Double.NaN);
                tensor.set(r * block, Double.NaN);
            }
        }
    }
}
