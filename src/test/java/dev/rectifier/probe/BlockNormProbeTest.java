package dev.rectifier.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rectifier.conformance.Bound;
import dev.rectifier.conformance.Coarse;
import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.Mlp;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import dev.rectifier.train.Targets;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The averages E[beta*], E[H*], E[H] against Jacobians by hand, and block norms against those of matrices whose singular values are known. */
class BlockNormProbeTest extends OnEveryEngine {
    private static final int REPLICAS = 2;
    private static final int EXAMPLES = 4;
    private final MlpSpec teacher = MlpSpec.of(3, 2, 4, 3);
    private final MlpSpec student = teacher.widened(2);
    private final HostTensor truth = drawn("teacher", teacher);
    private final HostTensor own = drawn("student", student);
    private final HostTensor inputs = inputs();

    private static HostTensor drawn(String purpose, MlpSpec spec) {
        Streams streams = Streams.range(SeedTree.root(3).child(purpose), 0, REPLICAS);
        return Coarse.rounded(Initializer.draw(spec, DType.F64, streams), 0x1p-4);
    }

    private static HostTensor inputs() {
        double[] x = new double[REPLICAS * EXAMPLES * 3];
        for (int i = 0; i < x.length; i++) {
            x[i] = Math.sin(1 + 7.3 * i);
        }
        return Coarse.rounded(HostTensor.of(Shape.of(REPLICAS, EXAMPLES, 3), x), 0x1p-4);
    }

    @ParameterizedTest
    @MethodSource("engines")
    void averagesAreThoseOfJacobiansExampleByExample(EngineSource.Present present) {
        Engine engine = present.engine();
        try (Arena arena = engine.openArena("test")) {
            Mlp mlp = new Mlp(engine, student);
            PathMatrices paths = new PathMatrices(
                    engine,
                    arena,
                    mlp,
                    Targets.Teacher.of(teacher, truth),
                    arena.upload(inputs).view());
            // Twice: the second call must not add to the first.
            paths.refresh(mlp.layout().views(arena.upload(own).view()));
            paths.refresh(mlp.layout().views(arena.upload(own).view()));
            for (int l = 0; l < 2; l++) {
                for (int r = 0; r < REPLICAS; r++) {
                    requireEqual(paths.betaStar(l), r, mean(l, r, false, true));
                    requireEqual(paths.hStar(l), r, mean(l, r, true, true));
                    requireEqual(paths.h(l), r, mean(l, r, true, false));
                }
            }
        }
    }

    private static void requireEqual(View view, int replica, double[][] expected) {
        double[][] actual = BlockNorms.matrix(view, view.download().doubles(), replica);
        assertThat(actual).hasDimensions(expected.length, expected[0].length);
        for (int i = 0; i < expected.length; i++) {
            for (int j = 0; j < expected[0].length; j++) {
                // Four coarse weights along a path and back, and 1/4: 18 bits after the point, so nothing is rounded.
                assertThat(actual[i][j]).isEqualTo(expected[i][j]);
            }
        }
    }

    private double[][] mean(int l, int replica, boolean gated, boolean star) {
        MlpSpec other = star ? teacher : student;
        double[][] sum = new double[student.hidden().get(l)][other.hidden().get(l)];
        for (int n = 0; n < EXAMPLES; n++) {
            double[] x = new double[3];
            for (int d = 0; d < 3; d++) {
                x[d] = inputs.get((replica * EXAMPLES + n) * 3 + d);
            }
            double[][] left = jacobian(student, own, replica, x, l, gated);
            double[][] right = jacobian(other, star ? truth : own, replica, x, l, gated);
            for (int k = 0; k < 3; k++) {
                for (int i = 0; i < sum.length; i++) {
                    for (int j = 0; j < sum[0].length; j++) {
                        sum[i][j] += left[k][i] * right[k][j] / EXAMPLES;
                    }
                }
            }
        }
        return sum;
    }

    /** d outputs / d f_l at one input [K][W], columns times the layer's own gates if asked. */
    private static double[][] jacobian(
            MlpSpec spec, HostTensor parameters, int replica, double[] x, int l, boolean gated) {
        double[][] f = HostNetworks.of(spec, parameters, replica).activations(x);
        double[][] j = weight(spec, parameters, replica, spec.layers() - 1);
        for (int above = spec.layers() - 2; above > l; above--) {
            j = Matrices.product(
                    Matrices.columnsScaled(j, gates(f[above + 1])), weight(spec, parameters, replica, above));
        }
        return gated ? Matrices.columnsScaled(j, gates(f[l + 1])) : j;
    }

    private static double[] gates(double[] f) {
        double[] gates = new double[f.length];
        for (int i = 0; i < f.length; i++) {
            gates[i] = f[i] > 0 ? 1 : 0;
        }
        return gates;
    }

    private static double[][] weight(MlpSpec spec, HostTensor parameters, int replica, int layer) {
        ParameterLayout layout = ParameterLayout.of(spec);
        int from =
                Math.toIntExact(replica * layout.size() + layout.weight(layer).offset());
        double[][] w = new double[spec.fanOut(layer)][spec.fanIn(layer)];
        for (int k = 0; k < w.length; k++) {
            for (int d = 0; d < w[0].length; d++) {
                w[k][d] = parameters.get(from + k * w[0].length + d);
            }
        }
        return w;
    }

    /**
     * With q = (s_2 / s_1)^2 a round leaves at most q^2 of the error of the square, so a round that gains less than SETTLED
     * leaves less than SETTLED q^2 / (1 - q^2); q is at most 9/16 here, which makes it half. Two normalisations and a product
     * of at most 8 entries round less than 40 times, which counts when the gain is judged and in the result.
     */
    private static Offset<Double> settled(double norm) {
        return within(norm * (OperatorNorm.SETTLED / 2 + 2 * Bound.gamma(DType.F64, 40)));
    }

    @Test
    void operatorNormIsTheLargestSingularValue() {
        // Orthogonal columns of signs times 4, 3, 2, 1: the singular values are those times sqrt(8).
        double[][] a = new double[8][4];
        for (int i = 0; i < 32; i++) {
            a[i / 4][i % 4] = (Integer.bitCount(i / 4 & i % 4) % 2 == 0 ? 1 : -1) * (4 - i % 4);
        }
        double expected = 4 * Math.sqrt(8);
        assertThat(OperatorNorm.of(a)).isCloseTo(expected, settled(expected));
        assertThat(OperatorNorm.of(new double[3][2])).isZero();
        a[2][1] = Double.NaN;
        assertThat(OperatorNorm.of(a)).isNaN();
    }

    @Test
    void blocksAreCutByWinnersAndScaledByTheirSize() {
        double[][] hStar = {{0, 1}, {4, 0}, {0, 2}, {0, 0}};
        double[][] h = {{1, 0, 0, 2}, {0, 3, 0, 0}, {0, 0, 5, 0}, {2, 0, 0, 7}};
        BlockNorms norms = BlockNorms.of(hStar, h, new int[] {1, 2});
        // Diagonal blocks, and a rest {{1, 2}, {2, 7}} with the eigenvalue 4 + sqrt(13).
        assertThat(norms.hStarUu()).isCloseTo(4 / 2.0, settled(2));
        assertThat(norms.hStarUr()).isEqualTo(1 / 2.0);
        assertThat(norms.hUu()).isCloseTo(5 / 2.0, settled(2.5));
        assertThat(norms.hUr()).isZero();
        double rest = (4 + Math.sqrt(13)) / 2;
        assertThat(norms.hRr()).isCloseTo(rest, settled(rest));
        assertThat(norms.starRatio()).isEqualTo(BlockNorms.starRatio(hStar, new int[] {1, 2}));
    }

    @Test
    void aStudentThatWinsTwiceStandsTwiceAmongTheWinners() {
        double[][] hStar = {{3, 0}, {0, 1}};
        BlockNorms norms = BlockNorms.of(hStar, new double[2][2], new int[] {0, 0});
        // Two rows (3, 0) have the norm sqrt(18), over the root of 2 x 2 entries; the first round is exact.
        assertThat(norms.hStarUu()).isEqualTo(Math.sqrt(18) / 2);
        assertThat(BlockNorms.rest(3, new int[] {0, 0})).containsExactly(1, 2);
    }

    @Test
    void theLeadOfTheDiagonalIsItsMeanOverThatOfTheRest() {
        double[][] matrix = {{9, 9, 9}, {-4, 1, 0}, {0.5, 0, 2}};
        double lead = BlockNorms.diagonalLead(matrix, new int[] {1, 2}, new int[] {0, 2});
        // (4 + 2) / 2 over (0 + 0.5) / 2.
        assertThat(lead).isEqualTo(12);
    }
}
