package dev.rectifier.bench;

import dev.rectifier.curvature.LinearOperator;
import dev.rectifier.curvature.LossPoint;
import dev.rectifier.curvature.Objective;
import dev.rectifier.curvature.Pieces;
import dev.rectifier.curvature.Problem;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.View;
import dev.rectifier.model.Chain;
import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.LayerSpec;
import dev.rectifier.model.NetworkValues;
import dev.rectifier.model.PassKind;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Gradient, Hessian and Gauss-Newton products of a perceptron's cross-entropy on the CPU in fp32: ours beside libtorch, in one
 * run, both with all cores. The error of the products is printed beside, against the same product in fp64. Scores are
 * milliseconds per gradient or product.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class CurvatureBenchmark {
    /** Widths and examples. */
    @Param({"784-1024-512-256-128-64-10 512"})
    String shape = ""; // set from the list

    private Engine engine;
    private Arena arena;
    private LossPoint point;
    private LinearOperator hessian;
    private LinearOperator gaussNewton;
    private View vector;
    private View product;
    private TorchPerceptron peer;

    /** What both sides are given, in fp32. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, compared by nobody
    record Given(long[] widths, float[] parameters, float[] direction, float[] x, int[] labels) {
        static Given draw(long[] widths, int examples) {
            Random random = new Random(1);
            long size = spec(widths).layout().size();
            float[] parameters = new float[Math.toIntExact(size)];
            int at = 0;
            for (int l = 1; l < widths.length; l++) {
                for (long i = 0; i < widths[l] * (widths[l - 1] + 1); i++) {
                    parameters[at++] = (float) (random.nextGaussian() * Math.sqrt(2.0 / widths[l - 1]));
                }
            }
            float[] x = normal(random, Math.toIntExact(examples * widths[0]));
            int classes = (int) widths[widths.length - 1];
            int[] labels = random.ints(examples, 0, classes).toArray();
            return new Given(widths, parameters, normal(random, parameters.length), x, labels);
        }

        private static float[] normal(Random random, int count) {
            float[] values = new float[count];
            for (int i = 0; i < count; i++) {
                values[i] = (float) random.nextGaussian();
            }
            return values;
        }

        int examples() {
            return labels.length;
        }
    }

    static ChainSpec spec(long[] widths) {
        List<LayerSpec> layers = new ArrayList<>();
        for (int l = 1; l < widths.length; l++) {
            layers.add(new LayerSpec.Dense((int) widths[l]));
            if (l + 1 < widths.length) {
                layers.add(new LayerSpec.Relu());
            }
        }
        return ChainSpec.of(Shape.of(widths[0]), layers);
    }

    @Setup
    public void open() {
        String[] words = shape.split(" ", -1);
        String[] each = words[0].split("-", -1);
        long[] widths = new long[each.length];
        for (int i = 0; i < widths.length; i++) {
            widths[i] = Long.parseLong(each[i]);
        }
        Given given = Given.draw(widths, Integer.parseInt(words[1]));
        int threads = Runtime.getRuntime().availableProcessors();
        engine = Engines.open("cpu", EngineOptions.defaults().withThreads(threads)).engine();
        arena = engine.openArena("benchmark");
        point = open(given, DType.F32);
        hessian = point.hessian();
        gaussNewton = point.gaussNewton();
        vector = row(DType.F32, given.direction);
        product = arena.allocate(DType.F32, vector.shape()).view();
        peer = new TorchPerceptron(given, threads);
        report(given);
    }

    private LossPoint open(Given given, DType type) {
        ChainSpec spec = spec(given.widths);
        int examples = given.examples();
        HostTensor labels = HostTensor.of(Shape.of(1, examples), given.labels);
        View x = row(type, given.x).reshape(Shape.of(examples, spec.inputs()));
        Problem problem = new Problem(
                new Chain(engine, spec),
                NetworkValues.of(spec.layout().views(row(type, given.parameters))),
                PassKind.Mode.EVALUATION,
                new Problem.Examples(x, arena.upload(labels).view()),
                Objective.mean(LossKind.SOFTMAX_CROSS_ENTROPY, examples, spec.outputs()));
        return LossPoint.open(engine, arena, problem, Pieces.WHOLE);
    }

    private View row(DType type, float[] values) {
        HostTensor tensor = HostTensor.zeros(type, Shape.of(1, values.length));
        for (int i = 0; i < values.length; i++) {
            tensor.set(i, values[i]);
        }
        return arena.upload(tensor).view();
    }

    /** ||product - exact|| / ||exact||, the exact one in fp64. */
    private void report(Given given) {
        View exact = arena.allocate(DType.F64, vector.shape()).view();
        open(given, DType.F64).hessian().apply(exact, row(DType.F64, given.direction));
        double[] reference = exact.download().toDoubles();
        hessian.apply(product, vector);
        System.out.printf(
                Locale.ROOT,
                "%nerror of the Hessian product: Rectifier %.1e, libtorch %.1e%n",
                error(product.download().toDoubles(), reference),
                error(peer.hessianProduct(), reference));
    }

    private static double error(double[] found, double[] exact) {
        double gap = 0;
        double size = 0;
        for (int i = 0; i < exact.length; i++) {
            gap += (found[i] - exact[i]) * (found[i] - exact[i]);
            size += exact[i] * exact[i];
        }
        return Math.sqrt(gap / size);
    }

    @TearDown
    public void close() {
        engine.close();
        peer.close();
    }

    @Benchmark
    public void rectifierGradient() {
        point.moved();
        point.gradient(product);
        engine.synchronize();
    }

    /** With the passes of the gradient kept, as in Lanczos iterations. */
    @Benchmark
    public void rectifierHessianKept() {
        hessian.apply(product, vector);
        engine.synchronize();
    }

    @Benchmark
    public void rectifierHessian() {
        point.moved();
        hessian.apply(product, vector);
        engine.synchronize();
    }

    @Benchmark
    public void rectifierGaussNewtonKept() {
        gaussNewton.apply(product, vector);
        engine.synchronize();
    }

    @Benchmark
    public void libtorchGradient() {
        peer.gradient();
    }

    @Benchmark
    public void libtorchHessian() {
        peer.hessian();
    }

    /** The second backward pass alone, over a graph that is kept. */
    @Benchmark
    public void libtorchHessianKept() {
        peer.hessianKept();
    }
}
