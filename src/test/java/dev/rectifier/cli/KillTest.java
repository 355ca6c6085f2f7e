package dev.rectifier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.record.MetricTable;
import dev.rectifier.record.RunListing;
import dev.rectifier.record.RunState;
import dev.rectifier.record.RunStore;
import dev.rectifier.tensor.SeedTree;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A process killed at any moment leaves folders that can be read, and goes on to the same bits. */
class KillTest {
    private static final int KILLS = 25;
    private static final long LONGEST_LIFE_MILLIS = 2500;

    @TempDir
    Path folder;

    @Test
    void killedAgainAndAgainItStillArrivesAtTheSameNumbers() throws Exception {
        Path killed = folder.resolve("killed");
        for (int i = 0; i < KILLS; i++) {
            start(killed, lifeOf(i));
            assertReadable(killed);
        }
        assertThat(finish(killed)).as("exit code of the surviving process").isIn(0, 1);
        Path whole = folder.resolve("whole");
        assertThat(finish(whole)).isIn(0, 1);
        assertThat(metrics(killed)).isEqualTo(metrics(whole));
    }

    /** Counter-based, so that a failure names its own repetition. */
    private static long lifeOf(int kill) {
        return Math.floorMod(SeedTree.root(25).child("kill").child(kill).key(), LONGEST_LIFE_MILLIS);
    }

    private void start(Path out, long lifeMillis) throws IOException, InterruptedException {
        Process process = process(out).start();
        process.waitFor(lifeMillis, TimeUnit.MILLISECONDS);
        process.destroyForcibly().waitFor();
    }

    private int finish(Path out) throws IOException, InterruptedException {
        return process(out).start().waitFor();
    }

    private ProcessBuilder process(Path out) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ProcessBuilder builder = new ProcessBuilder(List.of(
                java,
                "-XX:TieredStopAtLevel=1",
                "-cp",
                System.getProperty("java.class.path"),
                "dev.rectifier.cli.Main",
                "run",
                "demo",
                "--scale",
                "smoke",
                "--engine",
                "cpu",
                "--quiet",
                "--out",
                out.toString()));
        return builder.redirectOutput(folder.resolve("out.txt").toFile())
                .redirectError(folder.resolve("err.txt").toFile());
    }

    private static void assertReadable(Path out) {
        for (RunListing run : RunStore.at(out).list()) {
            assertThat(run.state()).as("state of " + run.path()).isNotEqualTo(RunState.FAILED);
            MetricTable.read(run.path()).names();
        }
    }

    /** Every metric of every run, bit for bit. */
    private static Map<String, String> metrics(Path out) throws IOException {
        Map<String, String> all = new TreeMap<>();
        for (RunListing run : RunStore.at(out).list()) {
            assertThat(run.state()).isEqualTo(RunState.DONE);
            StringBuilder csv = new StringBuilder();
            MetricTable.read(run.path()).writeCsv(csv);
            all.put(run.id().hex(), csv.toString());
        }
        assertThat(all).isNotEmpty();
        return all;
    }
}
