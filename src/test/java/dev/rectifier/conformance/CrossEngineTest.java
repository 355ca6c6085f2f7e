package dev.rectifier.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.tensor.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiPredicate;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * What has the same bits on every engine, as {@code numerics.md} lists it: every trial of these operations that is not large,
 * on every engine present, against the CPU with one thread. What is not listed there is held by bounds alone
 * ({@link ConformanceTest}).
 */
class CrossEngineTest extends OnEveryEngine {
    private static final long LARGE = 20_000;

    /** No library takes a product as thin as this: OpenBLAS from 8 on, cuBLAS from 256. */
    private static final int THIN = 7;

    private static final List<String> MOVES = List.of(
            "pointwise.relu",
            "pointwise.activeCounts",
            "pointwise.fill",
            "pointwise.copy",
            "pointwise.gather",
            "pointwise.transpose",
            "pool.pick",
            "reduce.argmax",
            "reduce.correct",
            "update.guard");

    private static final List<String> CHAINS = List.of(
            "pointwise.scale",
            "pointwise.axpy",
            "pointwise.gate",
            "pool.",
            "weightNorm.",
            "random.",
            "update.step",
            "population.",
            "norm.track",
            "norm.normaliseTangent");

    /** Bias gradients are sums, and their examples are dealt out differently. */
    private static final List<String> PRODUCTS =
            List.of("dense.forward", "dense.inputGradient", "dense.weightGradient");

    /**
     * A promise between engines.
     *
     * @param name in words
     * @param same what it says of an output on two engines
     * @param covers the trials of the operations under it
     */
    record Promise(String name, BiPredicate<HostTensor, HostTensor> same, Predicate<Trial> covers) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Promise> promises() {
        return Stream.of(
                new Promise(
                        "moved, compared or counted: every bit, the payload of a NaN included",
                        HostTensor::sameBits,
                        trial -> isOneOf(trial, MOVES)),
                new Promise(
                        "a fixed chain of correctly rounded operations per element: every bit, all NaNs being one",
                        Examiner::sameValues,
                        trial -> (isOneOf(trial, CHAINS) || isGiven(trial)) && !hasPower(trial)),
                new Promise(
                        "a product in own loops: the same numbers, a zero of either sign",
                        CrossEngineTest::sameNumbers,
                        trial -> isOneOf(trial, PRODUCTS) && isThin(trial)));
    }

    private static boolean isOneOf(Trial trial, List<String> prefixes) {
        return prefixes.stream().anyMatch(trial.operation()::startsWith);
    }

    /** Its backward pass has sums. */
    private static boolean isGiven(Trial trial) {
        return trial.operation().equals("norm.normalise");
    }

    /** Adam's bias correction is a power, which no standard asks to be correctly rounded. */
    private static boolean hasPower(Trial trial) {
        return trial.name().contains("rule=ADAM");
    }

    private static boolean isThin(Trial trial) {
        return trial.operands().stream()
                .flatMapToLong(o -> Arrays.stream(o.values().shape().tail().extents()))
                .anyMatch(extent -> extent <= THIN);
    }

    @ParameterizedTest
    @MethodSource("promises")
    void everyEngineKeepsThePromise(Promise promise) {
        List<Trial> trials = Contract.all()
                .flatMap(Contract::trials)
                .filter(trial -> trial.elements() <= LARGE)
                .filter(promise.covers())
                .toList();
        assertThat(trials).hasSizeGreaterThan(100);
        Examiner examiner = new Examiner();
        for (Trial trial : trials) {
            List<HostTensor> reference = examiner.run(SOURCE.reference(), trial);
            for (EngineSource.Present present : SOURCE.engines()) {
                List<HostTensor> found = examiner.run(present.engine(), trial);
                for (int o = 0; o < found.size(); o++) {
                    assertThat(promise.same().test(found.get(o), reference.get(o)))
                            .as("%s, %s: output %d", present, trial, o)
                            .isTrue();
                }
            }
        }
    }

    private static boolean sameNumbers(HostTensor one, HostTensor other) {
        return Examiner.sameValues(withoutSignOfZero(one), withoutSignOfZero(other));
    }

    private static HostTensor withoutSignOfZero(HostTensor values) {
        double[] positive = Arrays.stream(values.toDoubles()).map(v -> v + 0.0).toArray();
        return HostTensor.rounded(values.dtype(), values.shape(), positive);
    }
}
