package dev.rectifier.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.Engine;
import dev.rectifier.model.PassKind.Mode;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gradients and Hessian products of chains that hold every kind of layer, in both modes of BatchNorm and on every engine, in fp64:
 * against libtorch (its autograd twice), against central differences, and by the Hessian's symmetry.
 *
 * <p>Rounding: a sum of n terms in any order is off by n u times the sum of their magnitudes; n is taken for the longest sum that
 * a pass could have, and the magnitudes for the largest result.
 */
class ChainCurvatureTest extends OnEveryEngine {
    private static final double UNIT = 0x1p-53;
    private static final double STEP = 0x1p-16;

    static Stream<ChainPoint> points() {
        return Chains.points();
    }

    /** Of one step, so by one mask. */
    static Stream<ChainPoint> dropped() {
        return Stream.of(ChainPoint.draw("dropout", Chains.dropped(), Mode.TRAINING));
    }

    /** Masks are the same bits on every engine, so what follows them is as near as elsewhere. */
    @ParameterizedTest
    @MethodSource("dropped")
    void droppedOnEveryEngine(ChainPoint point) {
        ChainPoint.Passes expected = point.on(SOURCE.reference());
        double bound = 2 * point.terms() * UNIT;
        for (EngineSource.Present present : SOURCE.engines()) {
            ChainPoint.Passes found = point.on(present.engine());
            requireClose(present.name() + " outputs", found.outputs(), expected.outputs(), bound);
            requireClose(present.name() + " gradient", found.gradient(), expected.gradient(), bound);
            requireClose(present.name() + " product", found.product(), expected.product(), bound);
        }
    }

    @ParameterizedTest
    @MethodSource("points")
    void everythingIsAsInLibtorch(ChainPoint point) {
        Torch.assumePresent();
        ChainPoint.Passes expected = TorchChain.of(point);
        double bound = 2 * point.terms() * UNIT; // both sides round
        for (EngineSource.Present present : SOURCE.engines()) {
            ChainPoint.Passes found = point.on(present.engine());
            requireClose(present.name() + " outputs", found.outputs(), expected.outputs(), bound);
            requireClose(present.name() + " losses", found.losses(), expected.losses(), bound);
            requireClose(present.name() + " gradient", found.gradient(), expected.gradient(), bound);
            requireClose(present.name() + " product", found.product(), expected.product(), bound);
            requireClose(present.name() + " moments", found.state(), expected.state(), bound);
        }
    }

    private static double largest(double[] values) {
        return Arrays.stream(values).map(Math::abs).max().orElse(0);
    }

    private static void requireClose(String what, double[] found, double[] expected, double relative) {
        double bound = relative * largest(expected);
        assertThat(found).as(what).hasSameSizeAs(expected);
        for (int i = 0; i < found.length; i++) {
            assertThat(Math.abs(found[i] - expected[i]))
                    .as("%s %d: %s and %s", what, i, found[i], expected[i])
                    .isLessThanOrEqualTo(bound);
        }
    }

    /** The truncation of a step is a third of what the difference changes by when the step is doubled. */
    @ParameterizedTest
    @MethodSource({"points", "dropped"})
    void theyAreCentralDifferences(ChainPoint point) {
        Engine engine = SOURCE.reference();
        ChainPoint.Passes here = point.on(engine);
        double[] near = differences(engine, point, STEP);
        double[] far = differences(engine, point, 2 * STEP);
        double loss = 2 * point.terms() * UNIT * largest(here.losses()) / STEP;
        double slope = 2 * point.terms() * UNIT * largest(here.gradient()) / STEP;
        for (int r = 0; r < ChainPoint.REPLICAS; r++) {
            double along = 0;
            for (int i = r * point.size(); i < (r + 1) * point.size(); i++) {
                along += here.gradient()[i] * point.direction().get(i);
                double truncation = Math.abs(far[i] - near[i]);
                assertThat(Math.abs(here.product()[i] - near[i]))
                        .as("product %d: %s and %s", i, here.product()[i], near[i])
                        .isLessThanOrEqualTo(slope + truncation);
            }
            int at = near.length - ChainPoint.REPLICAS + r;
            assertThat(Math.abs(along - near[at]))
                    .as("slope of replica %d: %s and %s", r, along, near[at])
                    .isLessThanOrEqualTo(loss + Math.abs(far[at] - near[at]));
        }
    }

    /** Of all gradients, then of the losses. */
    private static double[] differences(Engine engine, ChainPoint point, double h) {
        ChainPoint.Passes above = point.moved(h).on(engine);
        ChainPoint.Passes below = point.moved(-h).on(engine);
        double[] result = new double[above.gradient().length + ChainPoint.REPLICAS];
        for (int i = 0; i < above.gradient().length; i++) {
            result[i] = (above.gradient()[i] - below.gradient()[i]) / (2 * h);
        }
        for (int r = 0; r < ChainPoint.REPLICAS; r++) {
            int at = above.gradient().length + r;
            result[at] = (above.losses()[r] - below.losses()[r]) / (2 * h);
        }
        return result;
    }

    @ParameterizedTest
    @MethodSource({"points", "dropped"})
    void theHessianIsSymmetric(ChainPoint point) {
        SplittableRandom random = new SplittableRandom(17);
        HostTensor u = HostTensor.zeros(DType.F64, point.direction().shape());
        for (int i = 0; i < u.length(); i++) {
            u.set(i, random.nextDouble(-1, 1));
        }
        Engine engine = SOURCE.reference();
        double[] hv = point.on(engine).product();
        double[] hu = point.along(u).on(engine).product();
        double left = 0;
        double right = 0;
        for (int i = 0; i < hv.length; i++) {
            left += u.get(i) * hv[i];
            right += point.direction().get(i) * hu[i];
        }
        double size = (largest(hv) + largest(hu)) * hv.length;
        assertThat(Math.abs(left - right)).isLessThanOrEqualTo(2 * point.terms() * UNIT * size);
    }

    /** Dropout that keeps everything, put around every ReLU, leaves nothing to be computed in one. */
    @ParameterizedTest
    @MethodSource("points")
    void fusedLayersHaveTheBitsOfSingleOnes(ChainPoint point) {
        if (point.mode() == Mode.TRAINING) {
            ChainPoint apart = point.with(Chains.apart(point.spec()));
            for (EngineSource.Present present : SOURCE.engines()) {
                ChainPoint.Passes single = apart.on(present.engine());
                ChainPoint.Passes fused = point.on(present.engine());
                assertThat(fused.outputs()).as(present.name()).isEqualTo(single.outputs());
                assertThat(fused.gradient()).as(present.name()).isEqualTo(single.gradient());
                assertThat(fused.product()).as(present.name()).isEqualTo(single.product());
                assertThat(fused.state()).as(present.name()).isEqualTo(single.state());
            }
        }
    }
}
