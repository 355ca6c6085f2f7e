package dev.rectifier.bench.training;

import dev.rectifier.model.Initializer;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.Optional;
import java.util.SplittableRandom;

/**
 * The numbers an ensemble starts from, in fp32: the same for all contenders. Starting weights repeat after a few replicas, so
 * that fp64 training of those few says what every replica must become.
 *
 * @param weights [R, P]
 * @param inputs [1, M, D]
 * @param targets [1, M, K], or I32 [1, M]
 * @param moves which parameters move; empty: all
 */
record EnsembleArrays(HostTensor weights, HostTensor inputs, HostTensor targets, Optional<boolean[]> moves) {
    private static final SeedTree SEED = SeedTree.root(1).child("bench ensemble");
    private static final long RANDOM = 20260101;
    private static final int BLOCK = 1 << 20;

    static EnsembleArrays of(Ensemble e) {
        SplittableRandom random = new SplittableRandom(RANDOM);
        HostTensor inputs =
                normals(random, Shape.of(1, e.examples(), e.student().inputs()));
        HostTensor targets = e.hasLabels()
                ? labels(random, e)
                : normals(random, Shape.of(1, e.examples(), e.student().outputs()));
        return new EnsembleArrays(weights(e), inputs, targets, moves(random, e));
    }

    /**
     * For an ensemble that is timed and not verified: weights uniform on +-1/sqrt(D), one drawn block of them all over, which
     * takes seconds where drawing them all takes minutes.
     *
     * @param like of an ensemble with the same data
     */
    static EnsembleArrays timed(Ensemble e, EnsembleArrays like) {
        SplittableRandom random = new SplittableRandom(RANDOM);
        HostTensor weights = HostTensor.zeros(DType.F32, Shape.of(e.replicas(), e.parameters()));
        float[] block = new float[Math.min(weights.length(), BLOCK)];
        float bound = (float) (1 / Math.sqrt(e.student().inputs()));
        for (int i = 0; i < block.length; i++) {
            block[i] = bound * (2 * random.nextFloat() - 1);
        }
        for (long from = 0; from < weights.length(); from += block.length) {
            int count = (int) Math.min(block.length, weights.length() - from);
            System.arraycopy(block, 0, weights.floats(), (int) from, count);
        }
        return new EnsembleArrays(weights, like.inputs(), like.targets(), like.moves());
    }

    static SeedTree seed() {
        return SEED;
    }

    private static HostTensor weights(Ensemble e) {
        int few = TrainingCheck.exactReplicas(e);
        HostTensor drawn = Initializer.draw(e.student(), DType.F32, Streams.range(SEED.child("students"), 0, few));
        if (few == e.replicas()) {
            return drawn;
        }
        int p = Math.toIntExact(e.parameters());
        HostTensor all = HostTensor.zeros(DType.F32, Shape.of(e.replicas(), p));
        for (int r = 0; r < e.replicas(); r++) {
            System.arraycopy(drawn.floats(), r % few * p, all.floats(), r * p, p);
        }
        return all;
    }

    private static HostTensor normals(SplittableRandom random, Shape shape) {
        HostTensor values = HostTensor.zeros(DType.F32, shape);
        float[] array = values.floats();
        for (int i = 0; i < array.length; i++) {
            array[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static HostTensor labels(SplittableRandom random, Ensemble e) {
        int[] labels = random.ints(e.examples(), 0, e.student().outputs()).toArray();
        return HostTensor.of(Shape.of(1, e.examples()), labels);
    }

    private static Optional<boolean[]> moves(SplittableRandom random, Ensemble e) {
        if (e.kept() == 1) {
            return Optional.empty();
        }
        boolean[] moves = new boolean[Math.toIntExact(e.parameters())];
        for (int i = 0; i < moves.length; i++) {
            moves[i] = random.nextDouble() < e.kept();
        }
        return Optional.of(moves);
    }
}
