package dev.rectifier.curvature;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.View;
import dev.rectifier.model.PassKind.Mode;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Products of every kind of loss and both modes of BatchNorm on every engine, against matrices that are made without any second
 * derivative: of central differences of gradients and of outputs, and of single examples' gradients.
 */
class LossPointTest extends OnEveryEngine {
    private static final double STEP = 0x1p-17;
    /** Of central differences in fp64, and of fp32 products. */
    private static final double RELATIVE = 1e-7;

    private static final double SINGLE = 1e-4;

    static Stream<SmallProblem> problems() {
        return SmallProblem.all(1);
    }

    static Stream<SmallProblem> ensembles() {
        return SmallProblem.all(3);
    }

    private static HostTensor direction(SmallProblem problem) {
        return SmallProblem.normal(new SplittableRandom(5), problem.replicas(), problem.size());
    }

    /** What an operator makes of a vector. */
    private static double[] product(
            Engine engine,
            SmallProblem problem,
            DType type,
            HostTensor vector,
            Function<LossPoint, LinearOperator> operator) {
        try (Arena arena = engine.openArena("test")) {
            LossPoint point = problem.open(engine, arena, type, Pieces.WHOLE);
            return product(arena, operator.apply(point), vector);
        }
    }

    private static double[] product(Arena arena, LinearOperator operator, HostTensor vector) {
        View v = SmallProblem.uploaded(arena, operator.dtype(), vector);
        View out = arena.allocate(operator.dtype(), v.shape()).view();
        operator.apply(out, v);
        return out.download().toDoubles();
    }

    private static double[] gradient(Engine engine, SmallProblem problem) {
        try (Arena arena = engine.openArena("test")) {
            View out = arena.allocate(DType.F64, problem.parameters().shape()).view();
            problem.open(engine, arena, DType.F64, Pieces.WHOLE).gradient(out);
            return out.download().toDoubles();
        }
    }

    private static double[] outputs(Engine engine, SmallProblem problem) {
        try (Arena arena = engine.openArena("test")) {
            return problem.open(engine, arena, DType.F64, Pieces.WHOLE)
                    .outputs()
                    .toDoubles();
        }
    }

    /** Central differences along each weight: [P][...]. */
    private static double[][] differences(
            Engine engine, SmallProblem problem, BiFunction<Engine, SmallProblem, double[]> of) {
        double[][] columns = new double[problem.size()][];
        for (int p = 0; p < columns.length; p++) {
            double[] above = of.apply(engine, problem.at(moved(problem.parameters(), p, STEP)));
            double[] below = of.apply(engine, problem.at(moved(problem.parameters(), p, -STEP)));
            Arrays.setAll(above, i -> (above[i] - below[i]) / (2 * STEP));
            columns[p] = above;
        }
        return columns;
    }

    private static HostTensor moved(HostTensor parameters, int p, double h) {
        HostTensor there = HostTensor.rounded(DType.F64, parameters.shape(), parameters.toDoubles());
        there.set(p, there.get(p) + h);
        return there;
    }

    /** sum_p columns[p] v[p]. */
    private static double[] times(double[][] columns, double[] v) {
        double[] sum = new double[columns[0].length];
        for (int p = 0; p < columns.length; p++) {
            for (int i = 0; i < sum.length; i++) {
                sum[i] += columns[p][i] * v[p];
            }
        }
        return sum;
    }

    private static double norm(double[] v) {
        return Math.sqrt(Arrays.stream(v).map(x -> x * x).sum());
    }

    private static void requireClose(String what, double[] found, double[] expected, double relative) {
        assertThat(found).as(what).hasSameSizeAs(expected);
        double[] gap = new double[found.length];
        Arrays.setAll(gap, i -> found[i] - expected[i]);
        double size = Math.max(norm(expected), 1e-3);
        assertThat(norm(gap) / size).as(what).isLessThanOrEqualTo(relative);
    }

    @ParameterizedTest
    @MethodSource("problems")
    void hessianProductsAreThoseOfTheExplicitHessian(SmallProblem problem) {
        HostTensor v = direction(problem);
        double[][] hessian = differences(SOURCE.reference(), problem, LossPointTest::gradient);
        double[] expected = times(hessian, v.toDoubles());
        for (EngineSource.Present present : SOURCE.engines()) {
            double[] whole = product(present.engine(), problem, DType.F64, v, LossPoint::hessian);
            requireClose(present.name() + " fp64", whole, expected, RELATIVE);
            double[] single = product(present.engine(), problem, DType.F32, v, LossPoint::hessian);
            requireClose(present.name() + " fp32", single, expected, SINGLE);
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void gaussNewtonProductsAreThoseOfTheExplicitJacobian(SmallProblem problem) {
        HostTensor v = direction(problem);
        double[][] jacobian = differences(SOURCE.reference(), problem, LossPointTest::outputs);
        double[] outputs = outputs(SOURCE.reference(), problem);
        double[] curved = secondDerivative(problem, outputs, times(jacobian, v.toDoubles()));
        double[] expected = new double[problem.size()];
        Arrays.setAll(expected, p -> inner(jacobian[p], curved));
        for (EngineSource.Present present : SOURCE.engines()) {
            double[] whole = product(present.engine(), problem, DType.F64, v, LossPoint::gaussNewton);
            requireClose(present.name() + " fp64", whole, expected, RELATIVE);
            double[] single = product(present.engine(), problem, DType.F32, v, LossPoint::gaussNewton);
            requireClose(present.name() + " fp32", single, expected, SINGLE);
        }
    }

    private static double inner(double[] a, double[] b) {
        double sum = 0;
        for (int i = 0; i < a.length; i++) {
            sum += a[i] * b[i];
        }
        return sum;
    }

    /** The textbook formulas, unshifted: outputs here are small. */
    private static double[] secondDerivative(SmallProblem problem, double[] o, double[] u) {
        double[] out = new double[o.length];
        int k = problem.spec().outputs();
        for (int first = 0; first < o.length; first += k) {
            double total = 0;
            double mean = 0;
            for (int i = first; i < first + k; i++) {
                total += Math.exp(o[i]);
                mean += Math.exp(o[i]) * u[i];
            }
            for (int i = first; i < first + k; i++) {
                double s = 1 / (1 + Math.exp(-o[i]));
                double second = switch (problem.loss()) {
                    case SQUARED -> 2 * u[i];
                    case LOGISTIC -> s * (1 - s) * u[i];
                    case HINGE -> 0;
                    case SOFTMAX_CROSS_ENTROPY -> Math.exp(o[i]) / total * (u[i] - mean / total);
                };
                out[i] = problem.objective().scale() * second;
            }
        }
        return out;
    }

    static Stream<SmallProblem> separable() {
        return problems().filter(p -> p.mode() == Mode.EVALUATION);
    }

    static Stream<SmallProblem> separableEnsembles() {
        return Stream.concat(separable(), ensembles().filter(p -> p.mode() == Mode.EVALUATION));
    }

    @ParameterizedTest
    @MethodSource("separable")
    void empiricalFisherProductsAreThoseOfSingleGradients(SmallProblem problem) {
        HostTensor v = direction(problem);
        double[] expected = new double[problem.size()];
        for (int n = 0; n < SmallProblem.EXAMPLES; n++) {
            double[] g = gradient(SOURCE.reference(), problem.example(n));
            double along = SmallProblem.EXAMPLES * inner(g, v.toDoubles());
            Arrays.setAll(expected, p -> expected[p] + along * g[p]);
        }
        for (EngineSource.Present present : SOURCE.engines()) {
            double[] found = product(present.engine(), problem, DType.F64, v, LossPoint::empiricalFisher);
            requireClose(present.name(), found, expected, 1e-12);
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void jacobianProductsGoBothWays(SmallProblem problem) {
        HostTensor v = direction(problem);
        double[][] jacobian = differences(SOURCE.reference(), problem, LossPointTest::outputs);
        double[] expected = times(jacobian, v.toDoubles());
        for (EngineSource.Present present : SOURCE.engines()) {
            try (Arena arena = present.engine().openArena("test")) {
                LossPoint point = problem.open(present.engine(), arena, DType.F64, Pieces.WHOLE);
                View on = SmallProblem.uploaded(arena, DType.F64, v);
                HostTensor forward = point.jacobian(on);
                requireClose(present.name() + " J v", forward.toDoubles(), expected, RELATIVE);
                View u = SmallProblem.uploaded(
                        arena,
                        DType.F64,
                        SmallProblem.normal(
                                new SplittableRandom(8), forward.shape().extents()));
                View back = arena.allocate(DType.F64, on.shape()).view();
                point.jacobianTransposed(back, u);
                double left = inner(forward.toDoubles(), u.download().toDoubles());
                double right = inner(back.download().toDoubles(), v.toDoubles());
                assertThat(left).isCloseTo(right, org.assertj.core.data.Offset.offset(1e-12 * (1 + Math.abs(left))));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("problems")
    void hessiansAreSymmetricAndLinear(SmallProblem problem) {
        HostTensor v = direction(problem);
        HostTensor u = SmallProblem.normal(new SplittableRandom(6), 1, problem.size());
        HostTensor both = HostTensor.zeros(DType.F64, v.shape());
        for (int i = 0; i < both.length(); i++) {
            both.set(i, 2 * v.get(i) - 3 * u.get(i));
        }
        Engine engine = SOURCE.reference();
        double[] hv = product(engine, problem, DType.F64, v, LossPoint::hessian);
        double[] hu = product(engine, problem, DType.F64, u, LossPoint::hessian);
        double size = norm(hv) * norm(u.toDoubles()) + norm(hu) * norm(v.toDoubles());
        assertThat(Math.abs(inner(hv, u.toDoubles()) - inner(hu, v.toDoubles())))
                .isLessThanOrEqualTo(1e-13 * size);
        double[] sum = new double[hv.length];
        Arrays.setAll(sum, i -> 2 * hv[i] - 3 * hu[i]);
        requireClose("linear", product(engine, problem, DType.F64, both, LossPoint::hessian), sum, 1e-13);
    }

    /** All that a point gives, in an order in which each product needs passes that another has replaced. */
    private static double[][] everything(Engine engine, SmallProblem problem, DType type, Pieces pieces) {
        try (Arena arena = engine.openArena("test")) {
            LossPoint point = problem.open(engine, arena, type, pieces);
            HostTensor v = direction(problem);
            View gradient = arena.allocate(type, v.shape()).view();
            double[] first = product(arena, point.hessian(), v);
            double[] second = product(arena, point.gaussNewton(), v);
            double[] again = product(arena, point.hessian(), v);
            assertThat(again).containsExactly(first);
            point.gradient(gradient);
            assertThat(product(arena, point.gaussNewton(), v)).containsExactly(second);
            View u = SmallProblem.uploaded(
                    arena,
                    type,
                    SmallProblem.normal(
                            new SplittableRandom(8), point.outputs().shape().extents()));
            View back = arena.allocate(type, v.shape()).view();
            point.jacobianTransposed(back, u);
            return new double[][] {
                point.jacobian(SmallProblem.uploaded(arena, type, v)).toDoubles(),
                back.download().toDoubles(),
                point.loss(),
                point.outputs().toDoubles(),
                gradient.download().toDoubles(),
                first,
                second
            };
        }
    }

    @ParameterizedTest
    @MethodSource("separableEnsembles")
    void piecesGiveTheSame(SmallProblem problem) {
        for (EngineSource.Present present : SOURCE.engines()) {
            double[][] whole = everything(present.engine(), problem, DType.F64, Pieces.WHOLE);
            double[][] kept = everything(present.engine(), problem, DType.F64, Pieces.kept(3));
            double[][] streamed = everything(present.engine(), problem, DType.F64, Pieces.streamed(3));
            for (int i = 0; i < whole.length; i++) {
                assertThat(streamed[i]).containsExactly(kept[i]);
                requireClose(present.name() + " " + i, kept[i], whole[i], 1e-14 * SmallProblem.EXAMPLES);
            }
        }
    }

    @ParameterizedTest
    @MethodSource("ensembles")
    void aReplicaHasTheBitsItHasAlone(SmallProblem problem) {
        for (EngineSource.Present present : SOURCE.engines()) {
            for (DType type : new DType[] {DType.F32, DType.F64}) {
                requireBitsAlone(present, problem, type, LossPoint::hessian);
                requireBitsAlone(present, problem, type, LossPoint::gaussNewton);
                if (problem.mode() == Mode.EVALUATION) {
                    requireBitsAlone(present, problem, type, LossPoint::empiricalFisher);
                }
            }
        }
    }

    private static void requireBitsAlone(
            EngineSource.Present present,
            SmallProblem problem,
            DType type,
            Function<LossPoint, LinearOperator> operator) {
        HostTensor v = direction(problem);
        double[] all = product(present.engine(), problem, type, v, operator);
        for (int r = 0; r < problem.replicas(); r++) {
            HostTensor own = SmallProblem.block(v, r);
            double[] alone = product(present.engine(), problem.alone(r), type, own, operator);
            int from = r * problem.size();
            assertThat(Arrays.copyOfRange(all, from, from + problem.size()))
                    .as("%s %s replica %d", present.name(), type, r)
                    .containsExactly(alone);
        }
    }

    @Test
    void passesAreMadeAnewWhenTheParametersHaveMoved() {
        SmallProblem problem =
                SmallProblem.draw("perceptron", SmallProblem.perceptron(), Mode.EVALUATION, LossKind.SQUARED, 1);
        Engine engine = SOURCE.reference();
        try (Arena arena = engine.openArena("test")) {
            LossPoint point = problem.open(engine, arena, DType.F64, Pieces.WHOLE);
            double before = point.loss()[0];
            HostTensor doubled = problem.parameters();
            for (int i = 0; i < doubled.length(); i++) {
                doubled.set(i, 2 * doubled.get(i));
            }
            point.problem().at().parameters().flat().buffer().upload(doubled);
            assertThat(point.loss()[0]).isEqualTo(before);
            point.moved();
            double[] there = problem.at(doubled)
                    .open(engine, arena, DType.F64, Pieces.WHOLE)
                    .loss();
            assertThat(point.loss()).containsExactly(there).doesNotContain(before);
        }
    }

    @Test
    void examplesThatNeedEachOtherAreNotTakenApart() {
        SmallProblem problem =
                SmallProblem.draw("normalised", SmallProblem.normalised(), Mode.TRAINING, LossKind.SQUARED, 1);
        Engine engine = SOURCE.reference();
        try (Arena arena = engine.openArena("test")) {
            assertThatThrownBy(() -> problem.open(engine, arena, DType.F64, Pieces.streamed(3)))
                    .hasMessage(
                            "BatchNorm in training mode normalises over all 7 examples together, so they cannot be taken 3 at"
                                    + " a time: take them at once, or evaluation mode.");
            LossPoint point = problem.open(engine, arena, DType.F64, Pieces.WHOLE);
            assertThatThrownBy(point::empiricalFisher).hasMessageContaining("no gradients of single examples");
        }
    }

    @Test
    void aLabelThatIsNoClassShows() {
        SmallProblem problem = SmallProblem.draw(
                "perceptron", SmallProblem.perceptron(), Mode.EVALUATION, LossKind.SOFTMAX_CROSS_ENTROPY, 1);
        problem.targets().set(2, 3);
        HostTensor v = direction(problem);
        for (EngineSource.Present present : SOURCE.engines()) {
            assertThat(product(present.engine(), problem, DType.F64, v, LossPoint::gaussNewton))
                    .contains(Double.NaN);
        }
    }
}
