package dev.rectifier.model;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.model.LayerSpec.Dense;
import dev.rectifier.model.LayerSpec.Dropout;
import dev.rectifier.model.PassKind.Derivatives;
import dev.rectifier.model.PassKind.Mode;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What a layer of dropout does to ones: y = x W with W the identity, dropped twice, by layers of the same rate. Counts are held
 * to 6 of their standard deviations, which one in 10^9 runs of a sound generator misses.
 */
class DropoutTest extends OnEveryEngine {
    private static final int UNITS = 16;
    private static final int EXAMPLES = 2048;
    private static final int REPLICAS = 3;
    private static final int ELEMENTS = UNITS * EXAMPLES;
    private static final double DEVIATIONS = 6;

    private static double[] ones(int count) {
        double[] ones = new double[count];
        Arrays.fill(ones, 1);
        return ones;
    }

    private static HostTensor identity(int replicas) {
        double[] weights = new double[replicas * UNITS * UNITS];
        for (int i = 0; i < replicas * UNITS; i++) {
            weights[i * UNITS + i % UNITS] = 1;
        }
        return HostTensor.of(Shape.of(replicas, UNITS * UNITS), weights);
    }

    private static ChainSpec spec(Dropout... layers) {
        return layers.length == 1
                ? ChainSpec.of(Shape.of(UNITS), new Dense(UNITS, false), layers[0])
                : ChainSpec.of(Shape.of(UNITS), new Dense(UNITS, false), layers[0], layers[1]);
    }

    /** Outputs for inputs of one, [R, N, K] row-major. */
    private static double[] outputs(Engine engine, ChainSpec spec, Mode mode, Streams noise, long step) {
        try (Arena arena = engine.openArena("dropout")) {
            PassKind kind = new PassKind(mode, Derivatives.NONE, Optional.of(noise));
            ChainPass pass = new Chain(engine, spec).pass(arena, DType.F64, noise.replicas(), EXAMPLES, kind);
            NetworkValues at = NetworkValues.of(
                    spec.layout().views(arena.upload(identity(noise.replicas())).view()));
            HostTensor x =
                    HostTensor.of(Shape.of(noise.replicas(), EXAMPLES, UNITS), ones(noise.replicas() * ELEMENTS));
            pass.forward(at, arena.upload(x).view(), step);
            return pass.output().download().toDoubles();
        }
    }

    private static Streams noise() {
        return Streams.range(SeedTree.root(77).child("noise"), 5, REPLICAS);
    }

    private static double[] replica(double[] all, int r) {
        return Arrays.copyOfRange(all, r * ELEMENTS, (r + 1) * ELEMENTS);
    }

    private static void requireCount(String what, long count, long of, double share) {
        double deviation = Math.sqrt(of * share * (1 - share));
        assertThat((double) count)
                .as(what)
                .isBetween(of * share - DEVIATIONS * deviation, of * share + DEVIATIONS * deviation);
    }

    /**
     * Every output is 0 or 1 / keep, rounded; so the mean is 1 and the variance rate / keep where the share kept is right. How
     * far the counts of the units lie apart is that of independent elements: sum (c - N q)^2 / (N q p) has mean U and
     * variance 2 U + (1 - 6 p q) U / (N q p) over U units.
     */
    @ParameterizedTest
    @ValueSource(doubles = {0.1, 0.25, 0.5, 0.9})
    void theShareKeptIsWhatTheRateSaysAndTheMeanStays(double rate) {
        double keep = 1 - rate;
        double[] all = outputs(SOURCE.reference(), spec(new Dropout(rate)), Mode.TRAINING, noise(), 3);
        for (int r = 0; r < REPLICAS; r++) {
            double[] y = replica(all, r);
            assertThat(Arrays.stream(y).distinct().sorted()).containsExactly(0.0, 1 / keep);
            requireCount("kept", Arrays.stream(y).filter(v -> v > 0).count(), ELEMENTS, keep);
            double mean = Arrays.stream(y).sum() / ELEMENTS;
            double spread = Math.sqrt(rate / keep / ELEMENTS);
            assertThat(mean).isBetween(1 - DEVIATIONS * spread, 1 + DEVIATIONS * spread);
            double scatter = IntStream.range(0, UNITS)
                    .mapToDouble(unit -> IntStream.range(0, EXAMPLES)
                            .filter(n -> y[n * UNITS + unit] > 0)
                            .count())
                    .map(count -> Math.pow(count - EXAMPLES * keep, 2) / (EXAMPLES * keep * rate))
                    .sum();
            double variance = 2 * UNITS + (1 - 6 * rate * keep) * UNITS / (EXAMPLES * keep * rate);
            assertThat(scatter)
                    .isBetween(
                            Math.max(0, UNITS - DEVIATIONS * Math.sqrt(variance)),
                            UNITS + DEVIATIONS * Math.sqrt(variance));
        }
    }

    /** Replicas, steps and layers: that two masks agree at a place has probability q^2 + p^2. */
    @Test
    void masksOfReplicasStepsAndLayersHaveNothingToDoWithEachOther() {
        double rate = 0.3;
        double agreeing = rate * rate + (1 - rate) * (1 - rate);
        ChainSpec one = spec(new Dropout(rate));
        double[] here = outputs(SOURCE.reference(), one, Mode.TRAINING, noise(), 3);
        double[] next = outputs(SOURCE.reference(), one, Mode.TRAINING, noise(), 4);
        requireCount("replicas", agreements(replica(here, 0), replica(here, 1)), ELEMENTS, agreeing);
        requireCount("replicas", agreements(replica(here, 1), replica(here, 2)), ELEMENTS, agreeing);
        requireCount("steps", agreements(replica(here, 0), replica(next, 0)), ELEMENTS, agreeing);
        double[] twice =
                outputs(SOURCE.reference(), spec(new Dropout(rate), new Dropout(rate)), Mode.TRAINING, noise(), 3);
        long kept = Arrays.stream(replica(twice, 0)).filter(v -> v > 0).count();
        requireCount("layers", kept, ELEMENTS, (1 - rate) * (1 - rate));
    }

    private static long agreements(double[] one, double[] other) {
        return IntStream.range(0, one.length)
                .filter(i -> one[i] > 0 == other[i] > 0)
                .count();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void everyEngineHasTheSameBitsAndAReplicaAloneToo(EngineSource.Present present) {
        ChainSpec spec = spec(new Dropout(0.25));
        double[] expected = outputs(SOURCE.reference(), spec, Mode.TRAINING, noise(), 3);
        assertThat(outputs(present.engine(), spec, Mode.TRAINING, noise(), 3)).isEqualTo(expected);
        for (int r = 0; r < REPLICAS; r++) {
            assertThat(outputs(present.engine(), spec, Mode.TRAINING, noise().only(r), 3))
                    .isEqualTo(replica(expected, r));
        }
        assertThat(outputs(present.engine(), spec, Mode.EVALUATION, noise(), 3)).containsOnly(1.0);
    }
}
