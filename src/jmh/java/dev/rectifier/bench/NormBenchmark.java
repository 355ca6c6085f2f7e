package dev.rectifier.bench;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.NormOps.Affine;
import dev.rectifier.engine.NormOps.Moments;
import dev.rectifier.engine.NormOps.Normed;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.nio.FloatBuffer;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Scalar;
import org.bytedeco.pytorch.T_TensorTensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorOptional;
import org.bytedeco.pytorch.global.torch;
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
 * BatchNorm in training mode, ReLU, and one after the other, on the CPU in fp32: ours beside libtorch, in one run, both with all
 * cores. A call is forward and backward; scores are milliseconds. Before anything is timed both sides' outputs and gradients
 * are compared, and what differs most is printed.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(1)
@SuppressWarnings("try") // scopes act by being open
public class NormBenchmark {
    private static final double EPS = 1e-5;

    /** Of the largest number: some hundred roundings of fp32, which no wrong formula passes. */
    private static final double MOST_APART = 1e-5;

    /** Examples, channels, and for planes their height and width. */
    @Param({"128 512", "128 64 32 32", "128 512 2 2"})
    String shape = ""; // set from the list

    private final PointerScope scope = new PointerScope();
    private Engine engine;
    private Arena arena;
    private View y;
    private View dy;
    private View dx;
    private View mask;
    private View x;
    private Normed normed;
    private Affine gradient;
    private Tensor input;
    private Tensor signal;
    private TensorOptional scale;
    private TensorOptional shift;
    private TensorOptional none;
    private BoolPointer all;
    private Scalar zero;

    @Setup
    public void open() {
        int threads = Runtime.getRuntime().availableProcessors();
        torch.set_num_threads(threads);
        engine = Engines.open("cpu", EngineOptions.defaults().withThreads(threads)).engine();
        arena = engine.openArena("benchmark");
        long[] extents = Arrays.stream(shape.split(" ", -1)).mapToLong(Long::parseLong).toArray();
        long channels = extents[1];
        HostTensor values = normal(1, extents);
        HostTensor signals = normal(2, extents);
        HostTensor scales = normal(3, channels);
        HostTensor shifts = normal(4, channels);
        x = upload(values);
        dy = upload(signals);
        y = upload(values);
        dx = upload(values);
        mask = arena.zeros(DType.I32, Shape.of(1, PointwiseOps.maskWords(values.length()))).view();
        Moments moments = new Moments(moments(channels), moments(channels));
        normed = new Normed(x, moments, new Affine(upload(scales), upload(shifts)), EPS);
        gradient = new Affine(upload(scales), upload(shifts));
        input = tensor(values);
        signal = tensor(signals);
        scale = new TensorOptional(tensor(scales));
        shift = new TensorOptional(tensor(shifts));
        none = new TensorOptional();
        all = new BoolPointer(3).put(0, true).put(1, true).put(2, true);
        zero = new Scalar(0.0f);
        compare();
    }

    private View moments(long channels) {
        return arena.zeros(DType.F64, Shape.of(1, channels)).view();
    }

    private View upload(HostTensor values) {
        return arena.upload(values).view();
    }

    private static HostTensor normal(long seed, long... extents) {
        HostTensor values = HostTensor.zeros(DType.F32, Shape.of(extents).prepend(1));
        Random random = new Random(seed);
        for (int i = 0; i < values.length(); i++) {
            values.floats()[i] = (float) random.nextGaussian();
        }
        return values;
    }

    private static Tensor tensor(HostTensor values) {
        return Tensor.create(values.floats(), values.shape().tail().extents());
    }

    /** Of batch normalisation and ReLU joined: what holds for both holds for each. */
    private void compare() {
        rectifierNormRelu();
        try (PointerScope temporaries = new PointerScope()) {
            Tensor[] theirs = bothInLibtorch();
            double forward = apart(y, theirs[0]);
            double backward = apart(dx, theirs[1]);
            System.out.printf("%n%s: y and libtorch's differ by %.1e of the largest, dx by %.1e%n", shape, forward, backward);
            if (!(Math.max(forward, backward) < MOST_APART)) {
                throw new IllegalStateException("ours and libtorch's do not agree: nothing to time");
            }
        }
    }

    private double apart(View ours, Tensor theirs) {
        float[] values = ours.download().floats();
        FloatBuffer others = theirs.contiguous().createBuffer();
        double largest = 0;
        double most = 0;
        for (int i = 0; i < values.length; i++) {
            largest = Math.max(largest, Math.abs(others.get(i)));
            most = Math.max(most, Math.abs((double) values[i] - others.get(i)));
        }
        return most / largest;
    }

    @TearDown
    public void close() {
        engine.close();
        scope.close();
    }

    @Benchmark
    public void rectifierNorm() {
        engine.norm().forward(y, normed);
        engine.norm().backward(dx, gradient, dy, normed);
        engine.synchronize();
    }

    @Benchmark
    public void rectifierRelu() {
        engine.pointwise().relu(y, mask, x);
        engine.pointwise().reluBackward(dx, dy, mask);
        engine.synchronize();
    }

    @Benchmark
    public void rectifierNormRelu() {
        engine.norm().forwardRelu(y, mask, normed);
        engine.norm().backwardRelu(dx, gradient, dy, mask, normed);
        engine.synchronize();
    }

    @Benchmark
    public void libtorchNorm() {
        try (PointerScope temporaries = new PointerScope()) {
            backward(signal, forward());
        }
    }

    @Benchmark
    public void libtorchRelu() {
        try (PointerScope temporaries = new PointerScope()) {
            torch.threshold_backward(signal, torch.relu(input), zero);
        }
    }

    @Benchmark
    public void libtorchNormRelu() {
        try (PointerScope temporaries = new PointerScope()) {
            bothInLibtorch();
        }
    }

    /** y, dx. */
    private Tensor[] bothInLibtorch() {
        T_TensorTensorTensor_T made = forward();
        Tensor rectified = torch.relu(made.get0());
        Tensor gated = torch.threshold_backward(signal, rectified, zero);
        return new Tensor[] {rectified, backward(gated, made).get0()};
    }

    private T_TensorTensorTensor_T forward() {
        return torch.native_batch_norm(input, scale, shift, none, none, true, 0.1, EPS);
    }

    /** {@code made}: y, means, reciprocal roots of the variances. */
    private T_TensorTensorTensor_T backward(Tensor above, T_TensorTensorTensor_T made) {
        return torch.native_batch_norm_backward(
                above,
                input,
                scale,
                none,
                none,
                new TensorOptional(made.get1()),
                new TensorOptional(made.get2()),
                true,
                EPS,
                all);
    }
}
