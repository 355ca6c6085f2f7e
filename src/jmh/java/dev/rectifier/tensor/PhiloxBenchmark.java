package dev.rectifier.tensor;

import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** Random words per second on one thread. The stream is made anew at every training step, so it must be cheap. */
@State(Scope.Thread)
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class PhiloxBenchmark {
    private static final int GROUPS = 256;
    private static final int WORDS = 4 * GROUPS;

    private final int[] planes = new int[WORDS];
    private final Philox stream = new Philox(1, 0, 0);

    /** One block of 1024 words. */
    @Benchmark
    @OperationsPerInvocation(WORDS)
    public int[] words() {
        stream.words(0, GROUPS, planes);
        return planes;
    }
}
