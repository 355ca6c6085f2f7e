package dev.rectifier.study.luckmatters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rectifier.conformance.Bound;
import dev.rectifier.conformance.Coarse;
import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.data.BatchPlan;
import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.FreshInputs;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Minibatches;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.model.LayerViews;
import dev.rectifier.model.Mlp;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.record.Setting;
import dev.rectifier.record.Settings;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import dev.rectifier.train.Checkpoint;
import dev.rectifier.train.Control;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Optimiser;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainSpec;
import dev.rectifier.train.TrainTask;
import dev.rectifier.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;
import org.apache.commons.math3.linear.Array2DRowRealMatrix;
import org.apache.commons.math3.linear.MatrixUtils;
import org.apache.commons.math3.linear.RealMatrix;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The matrix dynamics on the engine against the paper's formula written down with a matrix library, and its limits. */
class SeparatedDynamicsTest extends OnEveryEngine {
    /** A square of a power of two: dividing by it, or twice by its root, is exact. */
    private static final int EXAMPLES = 16;

    private final Engine engine = SOURCE.reference();
    private final Settings settings = Settings.empty()
            .with("inputs", 4)
            .with("teacher.hidden", Setting.wholes(List.of(3L, 5L)))
            .with("student.multiple", 2)
            .with("outputs", 6)
            .with("teacher.bias", 0.2)
            .with("activation", "relu")
            .with("cells", Setting.reals(List.of(1.0, 0.3, 0.0, 0.0, 1.0, 1.0)))
            .with("teachers", 2)
            .with("seed", 5);

    @ParameterizedTest
    @MethodSource("engines")
    void theGradientIsThePapersMatrixFormula(EngineSource.Present present) {
        SeededStart start = new SeededStart(settings);
        HostTensor student = coarse(start.studentParameters(DType.F64));
        HostTensor inputs = inputs(start, EXAMPLES);
        double[] gradient = separated(present.engine(), start, student, inputs);
        int size = (int) student.shape().dim(1);
        for (int r = 0; r < start.replicas(); r++) {
            double[] expected = PaperFormula.gradient(start, student, inputs, r);
            for (int i = 0; i < size; i++) {
                // The longest product has 33 bits after the point and its sums fewer than 20 before it: nothing is
                // rounded.
                assertThat(Math.abs(gradient[r * size + i] - expected[i])).isZero();
            }
        }
    }

    @Test
    void forOneExampleItIsTheExactGradient() {
        SeededStart start = new SeededStart(settings.with("teacher.bias", 0.0));
        HostTensor student = coarse(start.studentParameters(DType.F64));
        clearUpperBiases(start, student);
        HostTensor one = inputs(start, 1);
        assertThat(largestDifference(separated(engine, start, student, one), exact(start, student, one)))
                .isZero();
    }

    @Test
    void forABatchItIsAnApproximation() {
        SeededStart start = new SeededStart(settings.with("teacher.bias", 0.0));
        HostTensor student = coarse(start.studentParameters(DType.F64));
        clearUpperBiases(start, student);
        HostTensor batch = inputs(start, EXAMPLES);
        assertThat(largestDifference(separated(engine, start, student, batch), exact(start, student, batch)))
                .isPositive();
    }

    private static double largestDifference(double[] a, double[] b) {
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            largest = Math.max(largest, Math.abs(a[i] - b[i]));
        }
        return largest;
    }

    private static void clearUpperBiases(SeededStart start, HostTensor parameters) {
        ParameterLayout layout = ParameterLayout.of(start.student());
        for (int r = 0; r < start.replicas(); r++) {
            for (int l = 1; l < start.student().layers(); l++) {
                int from = Math.toIntExact(r * layout.size() + layout.bias(l).offset());
                for (int k = 0; k < start.student().fanOut(l); k++) {
                    parameters.set(from + k, 0);
                }
            }
        }
    }

    private HostTensor inputs(SeededStart start, int examples) {
        try (Arena arena = engine.openArena("test")) {
            return coarse(data(start, arena, examples).batch(0).x().download());
        }
    }

    private FreshInputs data(SeededStart start, Arena arena, int examples) {
        return new FreshInputs(
                engine,
                arena,
                StreamSpec.normal(0, 1),
                new InputShape(DType.F64, examples, 4),
                start.streams("inputs"),
                Sharing.PER_REPLICA);
    }

    private static double[] separated(Engine engine, SeededStart start, HostTensor student, HostTensor inputs) {
        try (Arena arena = engine.openArena("test")) {
            Mlp mlp = new Mlp(engine, start.student());
            LayerViews parameters = mlp.layout().views(arena.upload(student).view());
            LayerViews gradient =
                    mlp.layout().views(arena.zeros(DType.F64, student.shape()).view());
            View loss = arena.zeros(DType.F64, Shape.of(start.replicas())).view();
            new SeparatedGradient(
                            engine,
                            arena,
                            mlp,
                            parameters,
                            teacher(start),
                            inputs.shape().dim(1))
                    .compute(arena.upload(inputs).view(), gradient, loss);
            return gradient.flat().download().doubles();
        }
    }

    private static HostTensor teacherParameters(SeededStart start) {
        return coarse(start.teacherParameters(DType.F64));
    }

    /** Three bits after the point. */
    private static HostTensor coarse(HostTensor tensor) {
        return Coarse.rounded(tensor, 0x1p-3);
    }

    private static Targets.Teacher teacher(SeededStart start) {
        return Targets.Teacher.of(start.teacher(), teacherParameters(start));
    }

    /** The gradient that the trainer's back-propagation makes for the same batch. */
    private double[] exact(SeededStart start, HostTensor student, HostTensor inputs) {
        try (Arena arena = engine.openArena("test")) {
            int examples = Math.toIntExact(inputs.shape().dim(1));
            FiniteSet set = FiniteSet.of(arena, inputs, start.replicas());
            Streams streams = start.streams("order");
            TrainTask task = TrainTask.of(
                    start.student(),
                    student,
                    new Minibatches(engine, arena, set, BatchPlan.full(examples), streams, Sharing.PER_REPLICA),
                    teacher(start),
                    TrainSpec.of(Loss.HALF_SQUARED_NORM, Optimiser.sgd(0), 1));
            try (Trainer trainer = new Trainer(engine, task)) {
                trainer.advance();
                return trainer.gradient().flat().download().doubles();
            }
        }
    }

    @Test
    void rowsStayOnTheSphereAndAResumedLoopGoesOnBitForBit() {
        SeededStart start = new SeededStart(settings);
        try (Arena arena = engine.openArena("test");
                SeparatedLoop whole = loop(start, arena, "a");
                SeparatedLoop resumed = loop(start, arena, "a");
                SeparatedLoop other = loop(start, arena, "b")) {
            whole.advance();
            whole.advance();
            Checkpoint middle = Checkpoint.decode(whole.checkpoint().encode());
            whole.run(Control.of());
            resumed.restore(middle);
            assertThat(resumed.step()).isEqualTo(2);
            resumed.run(Control.of());
            assertThat(resumed.checkpoint().sameBits(whole.checkpoint())).isTrue();
            HostTensor weight = whole.parameters().weight(2).download();
            HostTensor bias = whole.parameters().bias(2).download();
            double square = bias.get(3) * bias.get(3);
            for (int d = 0; d < 10; d++) {
                square += weight.get(3 * 10 + d) * weight.get(3 * 10 + d);
            }
            // Eleven squares there, whose rounding the root halves, root and quotient; eleven squares here.
            assertThat(square).isCloseTo(1, within(Bound.gamma(DType.F64, 11 + 2 + 2 + 11)));
            assertThatThrownBy(() -> other.restore(middle)).hasMessageContaining("other settings");
        }
    }

    private SeparatedLoop loop(SeededStart start, Arena arena, String identity) {
        SeparatedTask task = new SeparatedTask(
                start.student(),
                start.studentParameters(DType.F64),
                teacher(start),
                0.05,
                5,
                Map.of("settings", identity));
        return SeparatedLoop.open(engine, task, data(start, arena, EXAMPLES));
    }

    /** dW_l = L*_l W*_l H*_{l+1}^T - L_l W_l H_{l+1}^T in the paper's orientation: W is inputs (with a constant) by outputs. */
    private static final class PaperFormula {
        private final List<RealMatrix> weights;
        private final RealMatrix[] f;
        private final RealMatrix[] gates;

        private PaperFormula(List<RealMatrix> weights, RealMatrix x) {
            this.weights = weights;
            f = new RealMatrix[weights.size()];
            gates = new RealMatrix[weights.size()];
            f[0] = withConstant(x);
            for (int l = 1; l < f.length; l++) {
                RealMatrix z = f[l - 1].multiply(weights.get(l - 1));
                gates[l] = map(z, v -> v > 0 ? 1 : 0);
                f[l] = withConstant(map(z, v -> Math.max(v, 0)));
            }
        }

        static double[] gradient(SeededStart start, HostTensor student, HostTensor inputs, int replica) {
            RealMatrix x = block(inputs, replica);
            PaperFormula own = new PaperFormula(columns(start.student(), student, replica), x);
            HostTensor truth = teacherParameters(start);
            PaperFormula other = new PaperFormula(columns(start.teacher(), truth, replica), x);
            double examples = x.getRowDimension();
            int top = own.weights.size() - 1;
            RealMatrix h = MatrixUtils.createRealIdentityMatrix(6);
            RealMatrix hStar = h;
            ParameterLayout layout = ParameterLayout.of(start.student());
            double[] flat = new double[Math.toIntExact(layout.size())];
            for (int l = top; l >= 0; l--) {
                RealMatrix lOwn = own.f[l].transpose().multiply(own.f[l]).scalarMultiply(1 / examples);
                RealMatrix lStar = own.f[l].transpose().multiply(other.f[l]).scalarMultiply(1 / examples);
                RealMatrix move = lStar.multiply(other.weights.get(l))
                        .multiply(hStar.transpose())
                        .subtract(lOwn.multiply(own.weights.get(l)).multiply(h.transpose()));
                put(flat, layout, l, move.scalarMultiply(-1));
                if (l > 0) {
                    h = next(own.weights.get(l), h, own.weights.get(l), own.gates[l], own.gates[l]);
                    hStar = next(own.weights.get(l), hStar, other.weights.get(l), own.gates[l], other.gates[l]);
                }
            }
            return flat;
        }

        /** (W H W*^T) o E[g g*^T] without the constant node. */
        private static RealMatrix next(RealMatrix w, RealMatrix h, RealMatrix wStar, RealMatrix g, RealMatrix gStar) {
            RealMatrix beta = w.multiply(h).multiply(wStar.transpose());
            RealMatrix d = g.transpose().multiply(gStar).scalarMultiply(1.0 / g.getRowDimension());
            RealMatrix result = d.copy();
            for (int i = 0; i < d.getRowDimension(); i++) {
                for (int j = 0; j < d.getColumnDimension(); j++) {
                    result.setEntry(i, j, d.getEntry(i, j) * beta.getEntry(i, j));
                }
            }
            return result;
        }

        private static void put(double[] flat, ParameterLayout layout, int l, RealMatrix w) {
            int inputs = w.getRowDimension() - 1;
            for (int k = 0; k < w.getColumnDimension(); k++) {
                for (int d = 0; d < inputs; d++) {
                    flat[(int) layout.weight(l).offset() + k * inputs + d] = w.getEntry(d, k);
                }
                flat[(int) layout.bias(l).offset() + k] = w.getEntry(inputs, k);
            }
        }

        private static List<RealMatrix> columns(MlpSpec spec, HostTensor parameters, int replica) {
            ParameterLayout layout = ParameterLayout.of(spec);
            int base = Math.toIntExact(replica * layout.size());
            List<RealMatrix> result = new ArrayList<>();
            for (int l = 0; l < spec.layers(); l++) {
                RealMatrix w = new Array2DRowRealMatrix(spec.fanIn(l) + 1, spec.fanOut(l));
                for (int k = 0; k < spec.fanOut(l); k++) {
                    for (int d = 0; d < spec.fanIn(l); d++) {
                        int at = base + (int) layout.weight(l).offset() + k * spec.fanIn(l) + d;
                        w.setEntry(d, k, parameters.get(at));
                    }
                    w.setEntry(
                            spec.fanIn(l),
                            k,
                            parameters.get(base + (int) layout.bias(l).offset() + k));
                }
                result.add(w);
            }
            return result;
        }

        private static RealMatrix block(HostTensor inputs, int replica) {
            int n = (int) inputs.shape().dim(1);
            int d = (int) inputs.shape().dim(2);
            RealMatrix x = new Array2DRowRealMatrix(n, d);
            for (int i = 0; i < n * d; i++) {
                x.setEntry(i / d, i % d, inputs.get(replica * n * d + i));
            }
            return x;
        }

        private static RealMatrix withConstant(RealMatrix f) {
            RealMatrix result = new Array2DRowRealMatrix(f.getRowDimension(), f.getColumnDimension() + 1);
            result.setSubMatrix(f.getData(), 0, 0);
            for (int i = 0; i < f.getRowDimension(); i++) {
                result.setEntry(i, f.getColumnDimension(), 1);
            }
            return result;
        }

        private static RealMatrix map(RealMatrix z, DoubleUnaryOperator by) {
            RealMatrix result = z.copy();
            for (int i = 0; i < z.getRowDimension(); i++) {
                for (int j = 0; j < z.getColumnDimension(); j++) {
                    result.setEntry(i, j, by.applyAsDouble(z.getEntry(i, j)));
                }
            }
            return result;
        }
    }
}
