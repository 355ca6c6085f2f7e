package dev.rectifier.bench;

import dev.rectifier.train.Way;
import java.util.concurrent.TimeUnit;
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
 * Two-layer students on the CPU: ours beside libtorch, in one run, both with all cores, both walking through the same number of
 * stored batches in order. Scores are milliseconds per {@link #STEPS} SGD steps of the whole ensemble; {@code samples/s = 1000
 * STEPS R N / score}. A measured call takes {@link #STRETCHES} times as many, since resident training is made for long stretches.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MILLISECONDS)
@Warmup(iterations = 3, time = 2)
@Measurement(iterations = 5, time = 2)
@Fork(1)
public class StudentBenchmark {
    /** Steps that a score is about. */
    static final int STEPS = 64;

    /** Scores per measured call. */
    static final int STRETCHES = 4;

    /** Batches drawn beforehand; both sides walk through them again and again. */
    static final int BATCHES = 16;

    private static final double RATE = 0.01;

    /** Replicas x inputs-hidden-outputs, batch. */
    @Param({
        "64 x 10-10-1 batch 1",
        "1024 x 10-10-1 batch 1",
        "64 x 10-10-1 batch 32",
        "64 x 50-50-10 batch 32",
        "64 x 50-50-10 batch 256",
        "1 x 784-1024-10 batch 128"
    })
    String shape = ""; // set from the list

    private RectifierStudents ours;
    private RectifierStudents stepwise;
    private TorchStudents theirs;
    private int step;

    @Setup
    public void open() {
        torch.set_num_threads(Runtime.getRuntime().availableProcessors());
        StudentShape students = StudentShape.parse(shape);
        ours = new RectifierStudents(students, RATE, Way.AUTO);
        stepwise = new RectifierStudents(students, RATE, Way.STEPWISE);
        theirs = new TorchStudents(students, BATCHES, RATE);
    }

    @TearDown
    public void close() {
        ours.close();
        stepwise.close();
        theirs.close();
    }

    @Benchmark
    @OperationsPerInvocation(STRETCHES)
    public void rectifier() {
        ours.steps(STRETCHES * STEPS);
    }

    @Benchmark
    @OperationsPerInvocation(STRETCHES)
    public void rectifierStepwise() {
        stepwise.steps(STRETCHES * STEPS);
    }

    @Benchmark
    @OperationsPerInvocation(STRETCHES)
    public void libtorchAutograd() {
        for (int i = 0; i < STRETCHES * STEPS; i++) {
            theirs.stepAutograd(step++);
        }
    }

    @Benchmark
    @OperationsPerInvocation(STRETCHES)
    public void libtorchByHand() {
        for (int i = 0; i < STRETCHES * STEPS; i++) {
            theirs.stepByHand(step++);
        }
    }
}
