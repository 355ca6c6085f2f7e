package dev.rectifier.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.ShapeException;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Means and variances where they are hard or trivial, derivatives against differences and symmetry, and odd sizes. */
class NormStatisticsTest extends OnEveryEngine {
    private static final double U = DType.F64.unitRoundoff();

    /** One shape on one engine. */
    record Case(EngineSource.Present on, Shape extents) {
        @Override
        public String toString() {
            return on + " " + extents;
        }
    }

    /** In a tile and in stages, dense and in planes. */
    static Stream<Case> shapes() {
        return engines()
                .flatMap(on -> Stream.of(
                                Shape.of(100, 6), Shape.of(700, 33), Shape.of(7, 3, 5, 5), Shape.of(3, 3, 85, 85))
                        .map(shape -> new Case(on, shape)));
    }

    /** Of at most as many terms as {@link #ROUNDINGS} speaks of. */
    static Stream<Case> smallShapes() {
        return shapes().filter(one -> one.extents().size() < 1000);
    }

    private static double normal(SplittableRandom random) {
        return Math.sqrt(-2 * Math.log(1 - random.nextDouble())) * Math.cos(2 * Math.PI * random.nextDouble());
    }

    /**
     * Mean 1e4, deviation 1, fp32: with kappa = sqrt(sum x^2 / S), here 1e4, the relative error of the variance is at most
     * 2 (M kappa u + (M kappa u)^2) in fp64 ({@link NormOracle}); fp32 sums of squares would leave no digit.
     */
    @ParameterizedTest
    @MethodSource("shapes")
    void aLargeMeanCostsNoDigits(Case one) {
        SplittableRandom random = new SplittableRandom(5);
        NormScene scene = NormScene.random(DType.F32, 2, one.extents(), 3);
        for (int i = 0; i < scene.x().length(); i++) {
            scene.x().set(i, 1e4 + normal(random));
        }
        NormScene.Results results = scene.training(one.on().engine());
        for (int r = 0; r < 2; r++) {
            NormOracle oracle = new NormOracle(replica(scene.x(), r));
            for (int c = 0; c < one.extents().dim(1); c++) {
                double exact = oracle.statistics(c).variance().value();
                double found = results.variance().get(r * (int) one.extents().dim(1) + c);
                double nu = 1.1e4 * U * one.extents().size() / one.extents().dim(1);
                assertThat(exact).isBetween(0.4, 2.0);
                assertThat(Math.abs(found - exact) / exact)
                        .as("relative error of the variance")
                        .isLessThan(2 * (nu + nu * nu));
            }
        }
    }

    private static HostTensor replica(HostTensor values, int r) {
        HostTensor one = HostTensor.zeros(values.dtype(), values.shape().tail().prepend(1));
        System.arraycopy(values.array(), r * one.length(), one.array(), 0, one.length());
        return one;
    }

    /** A constant of few bits: its sums are exact, so its variance is 0 and y is the shift, to the bit. */
    @ParameterizedTest
    @MethodSource("shapes")
    void aConstantChannelBecomesItsShift(Case one) {
        NormScene scene = NormScene.random(DType.F32, 2, one.extents(), 4);
        for (int i = 0; i < scene.x().length(); i++) {
            scene.x().set(i, -2.5);
        }
        NormScene.Results results = scene.training(one.on().engine());
        int channels = (int) one.extents().dim(1);
        int places = (int) (one.extents().size() / one.extents().dim(0) / channels);
        for (int i = 0; i < results.y().length(); i++) {
            int r = i / (int) one.extents().size();
            assertThat(results.y().get(i)).isEqualTo(scene.shift().get(r * channels + i / places % channels));
        }
        assertThat(results.variance().toDoubles()).containsOnly(0);
        assertThat(results.mean().toDoubles()).containsOnly(-2.5);
    }

    @ParameterizedTest
    @MethodSource("engines")
    void oneValuePerChannelIsRefusedInTrainingMode(EngineSource.Present on) {
        NormScene scene = NormScene.random(DType.F32, 3, Shape.of(1, 5), 6);
        assertThatThrownBy(() -> scene.training(on.engine()))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("norm.forward")
                .hasMessageContaining("at least 2 values per channel in training mode");
        HostTensor moments = NormScene.random(DType.F64, 3, Shape.of(1, 5), 7).scale();
        HostTensor squares = HostTensor.zeros(DType.F64, moments.shape());
        scene.evaluation(on.engine(), moments, squares);
    }

    /**
     * phi(x, scale, shift, dy) = sum dy y has the gradient (dx, dscale, dshift, y) and the Hessian-vector product (tdx, tdscale,
     * tdshift, ty). Central differences of the gradient: the truncation error of step h is a third of what the difference
     * changes by when h is doubled, to leading order, so that change bounds it; rounding is the bound of the oracle at both ends.
     */
    @ParameterizedTest
    @MethodSource("smallShapes")
    void derivativesAreCentralDifferences(Case one) {
        Engine engine = one.on().engine();
        NormScene scene = NormScene.random(DType.F64, 1, one.extents(), 8);
        double h = 0x1p-17;
        requireDifferences(
                scene.training(engine),
                new NormScene.Results[] {
                    scene.moved(h).training(engine),
                    scene.moved(-h).training(engine),
                    scene.moved(2 * h).training(engine),
                    scene.moved(-2 * h).training(engine)
                },
                h);
        HostTensor mean = scene.training(engine).mean();
        HostTensor variance = scene.training(engine).variance();
        requireDifferences(
                scene.evaluation(engine, mean, variance),
                new NormScene.Results[] {
                    scene.moved(h).evaluation(engine, mean, variance),
                    scene.moved(-h).evaluation(engine, mean, variance),
                    scene.moved(2 * h).evaluation(engine, mean, variance),
                    scene.moved(-2 * h).evaluation(engine, mean, variance)
                },
                h);
    }

    private static void requireDifferences(NormScene.Results at, NormScene.Results[] ends, double h) {
        requireDifference("ty", at.ty(), ends, h, NormScene.Results::y);
        requireDifference("tdx", at.tdx(), ends, h, NormScene.Results::dx);
        requireDifference("tdscale", at.tdscale(), ends, h, NormScene.Results::dscale);
        requireDifference("tdshift", at.tdshift(), ends, h, NormScene.Results::dshift);
    }

    /** One result of several. */
    private interface Part {
        HostTensor of(NormScene.Results results);
    }

    private static void requireDifference(
            String what, HostTensor tangent, NormScene.Results[] ends, double h, Part part) {
        for (int i = 0; i < tangent.length(); i++) {
            double fine = (part.of(ends[0]).get(i) - part.of(ends[1]).get(i)) / (2 * h);
            double coarse = (part.of(ends[2]).get(i) - part.of(ends[3]).get(i)) / (4 * h);
            double rounding = 1.5 * largest(part.of(ends[0])) * ROUNDINGS * U / h;
            assertThat(tangent.get(i))
                    .as("%s, element %d", what, i)
                    .isCloseTo(fine, offset(Math.abs(coarse - fine) + rounding));
        }
    }

    /** Roundings on the way of an element: those of a sum of 175 terms, relative to the largest element. */
    private static final double ROUNDINGS = 200;

    private static double largest(HostTensor values) {
        double largest = 1;
        for (double value : values.toDoubles()) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    /** u^T H v = v^T H u: both sums have at most as large an error as their terms allow, M + 40 roundings each. */
    @ParameterizedTest
    @MethodSource("shapes")
    void theHessianIsSymmetric(Case one) {
        NormScene v = NormScene.random(DType.F64, 1, one.extents(), 9);
        NormScene u = v.towards(NormScene.random(DType.F64, 1, one.extents(), 10));
        NormScene.Results hv = v.training(one.on().engine());
        NormScene.Results hu = u.training(one.on().engine());
        double[] left = product(u, hv);
        double[] right = product(v, hu);
        double values = (double) one.extents().size() / one.extents().dim(1);
        double bound = (values + 40) * U * (left[1] + right[1]);
        assertThat(left[0]).isCloseTo(right[0], offset(bound));
    }

    /** A direction times a Hessian-vector product, and the same of magnitudes. */
    private static double[] product(NormScene direction, NormScene.Results results) {
        HostTensor[] a = {direction.tx(), direction.tscale(), direction.tshift(), direction.tdy()};
        HostTensor[] b = {results.tdx(), results.tdscale(), results.tdshift(), results.ty()};
        double[] sums = new double[2];
        for (int k = 0; k < a.length; k++) {
            for (int i = 0; i < a[k].length(); i++) {
                sums[0] += a[k].get(i) * b[k].get(i);
                sums[1] += Math.abs(a[k].get(i) * b[k].get(i));
            }
        }
        return sums;
    }

    /** All trials on odd sizes, in both types and with 1, 3 and 64 replicas. */
    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> oddSizes() {
        Stream<Cover.Point> pairs = Cover.pairs().stream().filter(p -> p.a() > 1 && p.a() * p.b() <= 33 * 257);
        Stream<Trial> dense = pairs.flatMap(p -> NormContract.operations(Scene.of(p), p.a(), p.b()));
        Stream<Trial> planes = Cover.pairs().stream()
                .filter(p -> p.index() % 3 != 2 && p.a() * p.b() <= 33 * 33 && p.a() * p.b() > 1)
                .flatMap(p -> NormContract.operations(Scene.of(p), 3, p.a(), p.b(), 1 + p.index() % 4));
        Examiner examiner = new Examiner();
        return Stream.concat(dense, planes)
                .map(trial -> DynamicTest.dynamicTest(trial.name(), () -> {
                    Judgement judgement = new Judgement(trial);
                    SOURCE.engines().forEach(on -> examiner.examine(on.name(), on.engine(), trial, judgement));
                }));
    }
}
