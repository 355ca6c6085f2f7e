package dev.rectifier.gradients;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.PopulationNets;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.analysis.integration.gauss.GaussIntegratorFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Expectations over Gaussian inputs: what is known of them by hand, by integrals over the angle and by differences. */
class PopulationTest extends OnEveryEngine {
    private static final double U = DType.F64.unitRoundoff();
    private static final PopulationNets ONE = new PopulationNets(2, 1, 1, 1);
    private static final int NODES = 20;

    @SuppressWarnings("ArrayRecordComponent") // read, never compared
    private record Result(double loss, double[] gradient) {}

    private static Result evaluate(
            Engine engine, HostTensor student, HostTensor teacher, PopulationNets nets, double scale) {
        try (Arena arena = engine.openArena("population")) {
            View loss = arena.zeros(DType.F64, Shape.of(1)).view();
            View gradient = arena.zeros(student.dtype(), student.shape()).view();
            engine.population()
                    .squaredRelu(
                            loss,
                            gradient,
                            arena.upload(student).view(),
                            arena.upload(teacher).view(),
                            nets,
                            scale);
            return new Result(loss.download().get(0), gradient.download().toDoubles());
        }
    }

    private static HostTensor row(double... values) {
        return HostTensor.of(Shape.of(1, values.length), values);
    }

    /** E[relu(w.x) relu(v.x)]: the slope in a student's outgoing weight 0, of a teacher whose own is -1. */
    private static double height(Engine engine, double[] w, double[] v) {
        return evaluate(engine, row(w[0], w[1], 0), row(v[0], v[1], -1), ONE, 0.5)
                .gradient()[2];
    }

    /** Its slope in w: the student's outgoing weight is 1, and its own height |w|^2 / 2 has the slope w, half of it here. */
    private static double[] slope(Engine engine, double[] w, double[] v) {
        double[] gradient = evaluate(engine, row(w[0], w[1], 1), row(v[0], v[1], -1), ONE, 0.5)
                .gradient();
        return new double[] {gradient[0] - w[0] / 2, gradient[1] - w[1] / 2};
    }

    @ParameterizedTest
    @MethodSource("engines")
    void heightsKnownByHand(EngineSource.Present present) {
        Engine engine = present.engine();
        double[] w = {3, -4};
        assertThat(height(engine, w, w)).isEqualTo(12.5);
        assertThat(height(engine, w, new double[] {6, -8})).isEqualTo(25);
        assertThat(height(engine, w, new double[] {-3, 4})).isZero();
        assertThat(height(engine, w, new double[] {8, 6}))
                .isCloseTo(50 / (2 * Math.PI), within(12 * U * 50)); // (2 D + 8) u |w| |v|
        assertThat(height(engine, w, new double[] {0, 0})).isZero();
        assertThat(height(engine, new double[] {0, 0}, w)).isZero();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aUnitWithoutWeightsHasNoSlope(EngineSource.Present present) {
        assertThat(slope(present.engine(), new double[] {0, 0}, new double[] {1, 2}))
                .containsExactly(0, 0);
        assertThat(slope(present.engine(), new double[] {1, 2}, new double[] {-1, -2}))
                .containsExactly(0, 0);
        assertThat(slope(present.engine(), new double[] {1, 2}, new double[] {1, 2}))
                .containsExactly(0.5, 1);
    }

    /**
     * In the plane of w and v the input is rho (cos f, sin f) with E[rho^2] = 2 and f uniform; both units are active between
     * t - pi/2 and pi/2. The integrands are products of cosines, which 20 nodes integrate to the last bit: each sum of 20
     * terms of at most |w| |v| is wrong by 20 u |w| |v|. Rounding v turns it by 2 u; the engine may be wrong by (2 D + 8) u |w| |v|
     * in a height and (4 D + 28 + 25) u (|w| + |v|) / (2 pi) in a slope, two units and one output summed.
     */
    @ParameterizedTest
    @MethodSource("engines")
    void heightsAndSlopesAreIntegralsOverTheAngle(EngineSource.Present present) {
        double p = 1.5;
        double q = 0.75;
        for (double t = 0x1p-30; t < Math.PI; t += 0.1) {
            double angle = t;
            double[] w = {p, 0};
            double[] v = {q * Math.cos(t), q * Math.sin(t)};
            double height = p * integral(t, f -> q * Math.cos(f) * Math.cos(f - angle));
            assertThat(height(present.engine(), w, v)).isCloseTo(height, within((12 + NODES + 2) * U * p * q));
            double[] slope = slope(present.engine(), w, v);
            double bound = ((4 * 2 + 53) / (2 * Math.PI) + NODES + 2) * U * (p + q);
            assertThat(slope[0]).isCloseTo(integral(t, f -> q * Math.cos(f - angle) * Math.cos(f)), within(bound));
            assertThat(slope[1]).isCloseTo(integral(t, f -> q * Math.cos(f - angle) * Math.sin(f)), within(bound));
        }
    }

    private static double integral(double t, DoubleUnaryOperator density) {
        return new GaussIntegratorFactory()
                        .legendre(NODES, t - Math.PI / 2, Math.PI / 2)
                        .integrate(density::applyAsDouble)
                / Math.PI;
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aStudentEqualToItsTeacherHasLossAndGradientZero(EngineSource.Present present) {
        PopulationNets nets = new PopulationNets(7, 33, 33, 5);
        for (DType type : new DType[] {DType.F32, DType.F64}) {
            HostTensor parameters = draw(type, nets.studentParameters());
            Result result = evaluate(present.engine(), parameters, parameters, nets, 0.5);
            assertThat(result.loss()).isZero();
            assertThat(Arrays.stream(result.gradient()).filter(g -> g != 0)).isEmpty();
        }
    }

    private static HostTensor draw(DType type, long size) {
        SplittableRandom random = new SplittableRandom(size);
        HostTensor values = HostTensor.zeros(type, Shape.of(1, size));
        for (int i = 0; i < values.length(); i++) {
            values.set(i, random.nextDouble(-1, 1));
        }
        return values;
    }

    /**
     * Truncation is a third of what doubling the step changes. A loss is wrong by (2 D + 2 M + K + 16) u scale (sum |V| |W|)^2 as the
     * contract says, a difference by that over the step, half of it once more at twice the step; the gradient itself is
     * wrong by less than a 2^-10th of that.
     */
    @ParameterizedTest
    @MethodSource("engines")
    void gradientsAreCentralDifferences(EngineSource.Present present) {
        PopulationNets nets = new PopulationNets(3, 4, 2, 2);
        HostTensor student = draw(DType.F64, nets.studentParameters());
        HostTensor teacher = draw(DType.F64, nets.teacherParameters());
        double step = 0x1p-16;
        double size = weight(student, nets, nets.student()) + weight(teacher, nets, nets.teacher());
        double lossError = (2 * 3 + 2 * 6 + 2 + 16) * U * 0.5 * size * size;
        double[] gradient =
                evaluate(present.engine(), student, teacher, nets, 0.5).gradient();
        for (int i = 0; i < gradient.length; i++) {
            double fine = difference(present.engine(), student, teacher, i, step);
            double coarse = difference(present.engine(), student, teacher, i, 2 * step);
            assertThat(gradient[i])
                    .as("parameter %d", i)
                    .isCloseTo(fine, within(Math.abs(coarse - fine) + 2 * lossError / step));
        }
    }

    private static double difference(Engine engine, HostTensor student, HostTensor teacher, int i, double step) {
        PopulationNets nets = new PopulationNets(3, 4, 2, 2);
        double above =
                evaluate(engine, moved(student, i, step), teacher, nets, 0.5).loss();
        double below =
                evaluate(engine, moved(student, i, -step), teacher, nets, 0.5).loss();
        return (above - below) / (2 * step);
    }

    private static HostTensor moved(HostTensor values, int i, double by) {
        HostTensor moved = row(values.toDoubles());
        moved.set(i, values.get(i) + by);
        return moved;
    }

    /** sum_a |V_a| |W_a|. */
    private static double weight(HostTensor flat, PopulationNets nets, int units) {
        double sum = 0;
        for (int a = 0; a < units; a++) {
            double in = 0;
            double out = 0;
            for (int d = 0; d < nets.inputs(); d++) {
                in += Math.pow(flat.get(a * nets.inputs() + d), 2);
            }
            for (int k = 0; k < nets.outputs(); k++) {
                out += Math.pow(flat.get(units * (nets.inputs() + k) + a), 2);
            }
            sum += Math.sqrt(in * out);
        }
        return sum;
    }
}
