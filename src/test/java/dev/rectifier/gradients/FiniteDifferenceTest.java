package dev.rectifier.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.Engine;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.Arrays;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients of whole networks, on every engine, against central differences in fp64.
 *
 * <p>In any one parameter the network is piecewise linear, so with the gates fixed only the loss bends: the truncation
 * error h^2 / 6 |f'''| of a step h = 4e-6 is below 3e-12 |f'''|, the rounding error below u |f| / h = 3e-11 |f|. Both stay
 * well under the 1e-7 of the largest entry that is asked for. That no gate moved is checked, not assumed: gates are the
 * same at both ends of a step, and between them every pre-activation is linear, layer by layer.
 */
class FiniteDifferenceTest extends OnEveryEngine {
    private static final double STEP = 0x1p-18;
    private static final double TOLERANCE = 1e-7;

    static Stream<Problem> problems() {
        return Problems.all(SOURCE.reference());
    }

    @ParameterizedTest
    @MethodSource("problems")
    void gradientsAreCentralDifferences(Problem problem) {
        double[] differences = differences(SOURCE.reference(), problem);
        for (EngineSource.Present present : SOURCE.engines()) {
            double[] gradient =
                    Passes.run(present.engine(), problem, DType.F64).gradient().doubles();
            for (int r = 0; r < Problem.REPLICAS; r++) {
                double error = relativeError(part(problem, gradient, r), part(problem, differences, r));
                assertThat(error).as(present.name() + ", replica " + r).isLessThanOrEqualTo(TOLERANCE);
            }
        }
    }

    private static double[] part(Problem problem, double[] values, int r) {
        return Arrays.copyOfRange(values, r * problem.size(), (r + 1) * problem.size());
    }

    /** Largest difference over the largest entry. */
    private static double relativeError(double[] actual, double[] expected) {
        double difference = 0;
        double scale = 0;
        for (int i = 0; i < actual.length; i++) {
            difference = Math.max(difference, Math.abs(actual[i] - expected[i]));
            scale = Math.max(scale, Math.abs(expected[i]));
        }
        return difference / scale;
    }

    private static double[] differences(Engine engine, Problem problem) {
        Passes.Result centre = Passes.run(engine, problem, DType.F64);
        double[] result = new double[problem.parameters().length()];
        for (int i = 0; i < problem.size(); i++) {
            Passes.Result above = Passes.run(engine, problem.moved(i, STEP), DType.F64);
            Passes.Result below = Passes.run(engine, problem.moved(i, -STEP), DType.F64);
            assertThat(above.sameGates(centre) && below.sameGates(centre))
                    .as("gates around parameter %d of %s", i, problem)
                    .isTrue();
            for (int r = 0; r < Problem.REPLICAS; r++) {
                result[r * problem.size() + i] = slope(above.losses(), below.losses(), r);
            }
        }
        return result;
    }

    private static double slope(HostTensor above, HostTensor below, int r) {
        return (above.get(r) - below.get(r)) / (2 * STEP);
    }
}
