package dev.rectifier.bench;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.ConvOps.Window;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.bytedeco.javacpp.BoolPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.LongArrayRefOptional;
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
 * Convolutions on the CPU in fp32: ours beside libtorch, in one run, both with all cores. Scores are milliseconds per call;
 * GFLOP/s = 2e-6 N K Ho Wo C k k / score.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
@SuppressWarnings("try") // scopes act by being open
public class ConvBenchmark {
    /** Images, channels, side of the plane, output channels, side of the kernel, stride, padding. */
    @Param({"64 64 32 64 3 1 1", "64 64 32 128 3 2 1", "64 64 32 128 1 2 0", "64 512 4 512 3 1 1", "64 1 28 6 5 1 2"})
    String shape = ""; // set from the list

    private final PointerScope scope = new PointerScope();
    private Engine engine;
    private Arena arena;
    private Window window;
    private View x;
    private View w;
    private View y;
    private View dx;
    private View dw;
    private Tensor images;
    private Tensor kernels;
    private Tensor signal;
    private long[] stride;
    private long[] padding;

    @Setup
    public void open() {
        int threads = Runtime.getRuntime().availableProcessors();
        torch.set_num_threads(threads);
        engine = Engines.open("cpu", EngineOptions.defaults().withThreads(threads)).engine();
        arena = engine.openArena("benchmark");
        String[] words = shape.split(" ", -1);
        long[] n = new long[words.length];
        for (int i = 0; i < n.length; i++) {
            n[i] = Long.parseLong(words[i]);
        }
        window = new Window((int) n[5], (int) n[6]);
        long out = window.windows(n[2], n[4]);
        x = normal(n[0], n[1], n[2], n[2]);
        w = normal(n[3], n[1], n[4], n[4]);
        y = normal(n[0], n[3], out, out);
        dx = normal(n[0], n[1], n[2], n[2]);
        dw = normal(n[3], n[1], n[4], n[4]);
        images = torch.randn(n[0], n[1], n[2], n[2]);
        kernels = torch.randn(n[3], n[1], n[4], n[4]);
        signal = torch.randn(n[0], n[3], out, out);
        stride = new long[] {n[5], n[5]};
        padding = new long[] {n[6], n[6]};
    }

    private View normal(long... extents) {
        HostTensor values = HostTensor.zeros(DType.F32, Shape.of(extents).prepend(1));
        Random random = new Random(1);
        for (int i = 0; i < values.length(); i++) {
            values.floats()[i] = (float) random.nextGaussian();
        }
        return arena.upload(values).view();
    }

    @TearDown
    public void close() {
        engine.close();
        scope.close();
    }

    @Benchmark
    public void rectifierForward() {
        engine.conv().forward(y, x, w, window);
        engine.synchronize();
    }

    @Benchmark
    public void rectifierInputGradient() {
        engine.conv().inputGradient(dx, y, w, window);
        engine.synchronize();
    }

    @Benchmark
    public void rectifierWeightGradient() {
        engine.conv().weightGradient(dw, y, x, window);
        engine.synchronize();
    }

    @Benchmark
    public void libtorchForward() {
        try (PointerScope temporaries = new PointerScope()) {
            torch.conv2d(images, kernels, new TensorOptional(), stride, padding, new long[] {1, 1}, 1);
        }
    }

    @Benchmark
    public void libtorchInputGradient() {
        backward(true);
    }

    @Benchmark
    public void libtorchWeightGradient() {
        backward(false);
    }

    private void backward(boolean ofInputs) {
        try (PointerScope temporaries = new PointerScope()) {
            BoolPointer wanted =
                    new BoolPointer(3).put(0, ofInputs).put(1, !ofInputs).put(2, false);
            torch.convolution_backward(
                    signal,
                    images,
                    kernels,
                    new LongArrayRefOptional(),
                    stride,
                    padding,
                    new long[] {1, 1},
                    false,
                    new long[] {0, 0},
                    1,
                    wanted);
        }
    }
}
