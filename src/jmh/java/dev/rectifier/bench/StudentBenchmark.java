package dev.rectifier.bench;

import java.util.concurrent.TimeUnit;
import dev.rectifier.train.Way;
import org.bytedeco.pytorch.global.torch;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * Network-steps per second of 64 students 10-10-1 on the CPU: ours beside libtorch, in one run, both with all cores. An
 * operation is one SGD step of one network.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class StudentBenchmark {
    private static final int REPLICAS = 64;
    private static final int STEPS = 64;
    private static final double RATE = 0.01;

    @Param({"1", "32"})
    int batch;

    private RectifierStudents ours;
    private RectifierStudents stepwise;
    private TorchStudents theirs;
    private int step;

    @Setup
    public void open() {
        torch.set_num_threads(Runtime.getRuntime().availableProcessors());
        StudentShape shape = new StudentShape(REPLICAS, 10, 10, 1, batch);
        ours = new RectifierStudents(shape, RATE, Way.AUTO);
        stepwise = new RectifierStudents(shape, RATE, Way.STEPWISE);
        theirs = new TorchStudents(shape, 64, RATE);
    }

    @TearDown
    public void close() {
        ours.close();
        stepwise.close();
        theirs.close();
    }

    @Benchmark
    @OperationsPerInvocation(REPLICAS * STEPS)
    public void rectifier() {
        ours.steps(STEPS);
    }

    @Benchmark
    @OperationsPerInvocation(REPLICAS * STEPS)
    public void rectifierStepwise() {
        stepwise.steps(STEPS);
    }

    @Benchmark
    @OperationsPerInvocation(REPLICAS)
    public void libtorchAutograd() {
        theirs.stepAutograd(step++);
    }

    @Benchmark
    @OperationsPerInvocation(REPLICAS)
    public void libtorchByHand() {
        theirs.stepByHand(step++);
    }
}
