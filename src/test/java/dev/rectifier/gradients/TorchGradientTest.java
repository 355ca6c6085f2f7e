package dev.rectifier.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.conformance.EngineSource;
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
 * <p>The bound is measured on the second opinion itself: its operands are shaken by one unit in the last place of the
 * engine's type, and an engine may differ by ten times the largest change seen.
 */
class TorchGradientTest {
    private static final int SHAKES = 4;
    private static final int ROOM = 10;

    @SuppressWarnings("NullAway.Init")
    private static EngineSource source;

    private static double largestShare;

    @BeforeAll
    static void open() {
        source = new EngineSource();
        Torch.assumePresent();
    }

    @AfterAll
    static void close() {
        System.out.printf(Locale.ROOT, "gradients beside libtorch: largest share of a bound %.3f%n", largestShare);
        source.close();
    }

    static Stream<Problem> problems() {
        return Problems.all(source.reference());
    }

    @ParameterizedTest
    @MethodSource("problems")
    void gradientsAreThoseOfAutograd(Problem problem) {
        double[] expected = Torch.gradient(problem);
        for (DType type : new DType[] {DType.F32, DType.F64}) {
            double[] bounds = new double[expected.length];
            Arrays.fill(bounds, ROOM * sensitivity(problem, expected, type.unitRoundoff()));
            for (EngineSource.Present present : source.engines()) {
                HostTensor found = Passes.run(present.engine(), problem, type).gradient();
                Closeness closeness = Closeness.of(found, expected, bounds);
                largestShare = Math.max(largestShare, closeness.share());
                assertThat(closeness.within())
                        .as("%s, %s, %s: %s", present.name(), type, problem, closeness)
                        .isTrue();
            }
        }
    }

    private static double sensitivity(Problem problem, double[] expected, double u) {
        double largest = 0;
        for (int seed = 0; seed < SHAKES; seed++) {
            double[] shaken = Torch.gradient(problem.perturbed(u, seed));
            for (int i = 0; i < expected.length; i++) {
                largest = Math.max(largest, Math.abs(shaken[i] - expected[i]));
            }
        }
        return largest;
    }
}
