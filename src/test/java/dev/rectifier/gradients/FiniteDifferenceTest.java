package dev.rectifier.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.Engine;
import dev.rectifier.tensor.Closeness;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients of whole networks, on every engine, against central differences in fp64.
 *
 * <p>In any one parameter the network is piecewise linear, so with the gates fixed only the loss bends. The truncation
 * error h^2 / 6 |f'''| of a step h is a third of what the difference changes by when h is doubled; the rounding of the losses
 * is carried along by {@link RoundedProblem}, as that of the gradient is. That no gate moved is checked, not assumed: gates are
 * the same at both ends of a step, and between them every pre-activation is linear, layer by layer.
 */
class FiniteDifferenceTest extends OnEveryEngine {
    private static final double STEP = 0x1p-18;

    static Stream<Problem> problems() {
        return Problems.all(SOURCE.reference());
    }

    @ParameterizedTest
    @MethodSource("problems")
    void gradientsAreCentralDifferences(Problem problem) {
        double[] differences = differences(SOURCE.reference(), problem, STEP);
        double[] bounds = bounds(problem, differences);
        for (EngineSource.Present present : SOURCE.engines()) {
            HostTensor gradient =
                    Passes.run(present.engine(), problem, DType.F64).gradient();
            Closeness closeness = Closeness.of(gradient, differences, bounds);
            assertThat(closeness.within())
                    .as("%s: %s", present.name(), closeness)
                    .isTrue();
        }
    }

    /** Truncation, three times over; rounding of both losses here and at twice the step; rounding of the gradient. */
    private static double[] bounds(Problem problem, double[] differences) {
        double[] coarser = differences(SOURCE.reference(), problem, 2 * STEP);
        double[] losses = RoundedProblem.lossErrors(problem, DType.F64);
        double[] bounds = RoundedProblem.gradientErrors(problem, DType.F64);
        for (int i = 0; i < bounds.length; i++) {
            double rounding = losses[i / problem.size()] / STEP;
            bounds[i] += Math.abs(coarser[i] - differences[i]) + 1.5 * rounding;
        }
        return bounds;
    }

    private static double[] differences(Engine engine, Problem problem, double step) {
        Passes.Result centre = Passes.run(engine, problem, DType.F64);
        double[] result = new double[problem.parameters().length()];
        for (int i = 0; i < problem.size(); i++) {
            Passes.Result above = Passes.run(engine, problem.moved(i, step), DType.F64);
            Passes.Result below = Passes.run(engine, problem.moved(i, -step), DType.F64);
            assertThat(above.sameGates(centre) && below.sameGates(centre))
                    .as("gates around parameter %d of %s", i, problem)
                    .isTrue();
            for (int r = 0; r < Problem.REPLICAS; r++) {
                result[r * problem.size() + i] =
                        (above.losses().get(r) - below.losses().get(r)) / (2 * step);
            }
        }
        return result;
    }
}
