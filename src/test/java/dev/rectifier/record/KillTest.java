package dev.rectifier.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A real process is killed (SIGKILL where there are signals) at random moments; the folder is read and resumed after each. */
class KillTest {
    private static final int KILLS = 5;

    @TempDir
    Path root;

    @Test
    void aKilledProcessLeavesAReadableRun() throws IOException, InterruptedException {
        SplittableRandom random = new SplittableRandom(42);
        RunStore store = RunStore.at(root);
        long reached = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Process process = startWriter();
            assertThatThrownBy(() -> store.open(KilledWriter.spec())).isInstanceOf(RunLockedException.class);
            Thread.sleep(random.nextInt(20, 150));
            process.destroyForcibly().waitFor();
            assertThat(store.stateOf(KilledWriter.spec())).isEqualTo(RunState.INTERRUPTED);
            reached = check(store.pathOf(KilledWriter.spec()), reached);
        }
        assertThat(reached).isPositive();
        try (RunFolder run = store.open(KilledWriter.spec())) {
            assertThat(run.notes()).anyMatch(note -> note.contains("taken over"));
        }
    }

    private static long check(Path folder, long reached) {
        long step = CheckpointStore.reading(folder, KillTest::fail)
                .latest()
                .map(saved -> checkContent(saved))
                .orElse(0L);
        assertThat(step).isGreaterThanOrEqualTo(reached);
        if (step > 0) {
            MetricSeries loss = MetricTable.read(folder).series("loss");
            assertThat(loss.steps()).startsWith(LongStream.range(0, step).toArray());
            assertThat(loss.atStep(step - 1)).containsExactly(KilledWriter.row(step - 1));
        }
        return step;
    }

    private static long checkContent(SavedCheckpoint saved) {
        assertThat(saved.bytes()).isEqualTo(KilledWriter.content(saved.step()));
        return saved.step();
    }

    private static void fail(String note) {
        throw new AssertionError(note);
    }

    private Process startWriter() throws IOException {
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        KilledWriter.class.getName(),
                        root.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        BufferedReader output = process.inputReader();
        assertThat(output.readLine()).isEqualTo("working");
        return process;
    }
}
