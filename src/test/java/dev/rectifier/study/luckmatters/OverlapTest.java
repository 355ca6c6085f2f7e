package dev.rectifier.study.luckmatters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rectifier.conformance.Bound;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.View;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Settings;
import dev.rectifier.stats.Normal;
import dev.rectifier.study.Scale;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import org.junit.jupiter.api.Test;

class OverlapTest {
    private final Settings settings = new OverlapPart("test")
            .plan(Scale.SMOKE).stream()
                    .filter(spec -> spec.name().equals("overlap-training"))
                    .map(RunSpec::settings)
                    .findFirst()
                    .orElseThrow();
    private final OverlapNets nets = new OverlapNets(settings);

    @Test
    void twoNodesWithBiasOverlapByTheNormalDistribution() {
        for (double h : new double[] {0, -0.5, -1}) {
            BiasedGaussianRelu pair = new BiasedGaussianRelu(new double[] {1, 0}, h, new double[] {0, 1}, h, 1);
            // Phi2(h, h; r) is Phi(h)^2 but for r = cos(pi / 2) = 6e-17, which adds less than 2 u; product, sum and
            // quotient.
            double one = Normal.cdf(h);
            assertThat(pair.bothActive() / one).isCloseTo(one, within(one * Bound.gamma(DType.F64, 5)));
        }
    }

    @Test
    void rowsHaveUnitNormAndStartAtTheirAngle() {
        HostTensor student = nets.student();
        HostTensor teacher = nets.teacher();
        int size = (int) student.shape().dim(1);
        for (int bias = 0; bias < 3; bias++) {
            for (int a = 0; a < nets.angles().length; a++) {
                int base = nets.cell(bias, a) * size;
                double[] own = row(student, base, 2);
                double[] other = row(teacher, base, 2);
                // Rounding to fp32 moves a row by u of its length: both rows tilt by u, a square moves by 2 u, a ratio
                // by
                // 2 u. One more pays for what fp64 rounded before.
                double rounding = Bound.gamma(DType.F32, 3);
                assertThat(Vectors.angle(own, other)).isCloseTo(nets.angles()[a], within(rounding));
                double b = student.get(base + 6 * 12 + 2);
                assertThat(Vectors.dot(own, own) + b * b).isCloseTo(1, within(rounding));
                assertThat(b / Vectors.norm(own)).isCloseTo(nets.biases()[bias], within(rounding));
            }
        }
    }

    private static double[] row(HostTensor parameters, int base, int node) {
        double[] row = new double[12];
        for (int d = 0; d < 12; d++) {
            row[d] = parameters.get(base + node * 12 + d);
        }
        return row;
    }

    @Test
    void aNetIsTheSameInEveryCellButForBiasAndAngle() {
        HostTensor teacher = nets.teacher();
        int size = (int) teacher.shape().dim(1);
        int other = (nets.cell(2, 1) + 1) * size;
        for (int i = 7 * 12; i < size; i++) {
            assertThat(teacher.get(other + i)).isEqualTo(teacher.get(size + i));
        }
        assertThat(teacher.get(2 * size + 7 * 12)).isNotEqualTo(teacher.get(size + 7 * 12));
    }

    @Test
    void jointActivityCountsExamplesOnBothSides() {
        try (Engine engine = Engines.open("cpu", EngineOptions.defaults()).engine();
                Arena arena = engine.openArena("test")) {
            double[] first = {1, -1, 1, 1, -1, -1, 1, -1};
            double[] second = {1, 1, -1, 1};
            View a = arena.upload(HostTensor.of(Shape.of(1, 4, 2), first)).view();
            View b = arena.upload(HostTensor.of(Shape.of(1, 4, 1), second)).view();
            JointActivity joint = new JointActivity(engine, arena, a, b);
            joint.refresh(mask(engine, arena, a), mask(engine, arena, b));
            // Node 0 is active on examples 0, 1 and 3, node 1 on 1, the other side on 0, 1 and 3; 1/2 squared is exact.
            assertThat(joint.moments().download().doubles()).containsExactly(0.75, 0.25);
        }
    }

    private static View mask(Engine engine, Arena arena, View z) {
        View mask = arena.zeros(DType.I32, Shape.of(1, 1)).view();
        View y = arena.allocate(z.dtype(), z.shape()).view();
        engine.pointwise().relu(y, mask, z);
        return mask;
    }

    @Test
    void ratioIsPairsOverNodes() {
        double[] moments = {0.5, 0.2, 0.2, 0.5};
        // Twice 0.2 over 1: nothing is rounded.
        assertThat(OverlapRatio.offDiagonalOverDiagonal(moments, 2)[0]).isEqualTo(0.4);
    }

    @Test
    void nodesWithoutAnAxisAreRefused() {
        assertThatThrownBy(() -> new OverlapNets(settings.with("inputs", 6)))
                .hasMessageContaining("'inputs'")
                .hasMessageContaining("6 and 6");
    }
}
