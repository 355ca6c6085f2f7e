package dev.rectifier.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.tensor.Closeness;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients of whole networks, in both element types and on every engine, against libtorch's autograd in fp64.
 *
 * <p>Engine and libtorch may each differ from the exact gradient by what running error analysis of the network allows in
 * their types ({@link RoundedNetwork}); from one another by the sum. libtorch forms a softmax as the exponential of a
 * difference of logarithms: no more function calls, and so no larger an error, than the analysis counts.
 */
class TorchGradientTest extends OnEveryEngine {
    private static double largestShare;

    @BeforeAll
    static void open() {
        Torch.assumePresent();
    }

    @AfterAll
    static void close() {
        System.out.printf(Locale.ROOT, "gradients beside libtorch: largest share of a bound %.3f%n", largestShare);
    }

    static Stream<Problem> problems() {
        return Problems.all(SOURCE.reference());
    }

    @ParameterizedTest
    @MethodSource("problems")
    void gradientsAreThoseOfAutograd(Problem problem) {
        double[] expected = Torch.gradient(problem);
        double[] ofTorch = RoundedProblem.gradientErrors(problem, DType.F64);
        for (DType type : new DType[] {DType.F32, DType.F64}) {
            double[] bounds = RoundedProblem.gradientErrors(problem, type);
            Arrays.setAll(bounds, i -> bounds[i] + ofTorch[i]);
            for (EngineSource.Present present : SOURCE.engines()) {
                HostTensor found = Passes.run(present.engine(), problem, type).gradient();
                Closeness closeness = Closeness.of(found, expected, bounds);
                largestShare = Math.max(largestShare, closeness.share());
                assertThat(closeness.within())
                        .as("%s, %s, %s: %s", present.name(), type, problem, closeness)
                        .isTrue();
            }
        }
    }
}
