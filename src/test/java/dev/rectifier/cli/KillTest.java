package dev.rectifier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.record.CheckpointStore;
import dev.rectifier.record.MetricTable;
import dev.rectifier.record.RunListing;
import dev.rectifier.record.RunState;
import dev.rectifier.record.RunStore;
import dev.rectifier.record.SavedCheckpoint;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.train.Checkpoint;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process killed at any moment leaves folders that can be read, and goes on to the same bits. With a checkpoint every 50 ms
 * most kills meet a run that has one, or is just writing one; every fifth comes earlier, at a random moment from the start on.
 */
class KillTest {
    private static final int KILLS = 5;
    private static final int KILLS_AT_LENGTH = 24;
    private static final int EARLY = 5;
    private static final long LONGEST_START_MILLIS = 1_500;
    private static final long LONGEST_TRAINING_MILLIS = 200;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(60);
    private static final Pattern RESUMED = Pattern.compile("Resumed at step [1-9]");

    @TempDir
    Path folder;

    @Test
    void killedAgainAndAgainItStillArrivesAtTheSameNumbers() throws Exception {
        kill(KILLS);
    }

    @Test
    @Tag("slow")
    void killedAtLengthToo() throws Exception {
        kill(KILLS_AT_LENGTH);
    }

    private void kill(int kills) throws Exception {
        List<Path> courses = new ArrayList<>(List.of(folder.resolve("killed-0")));
        int live = 0;
        for (int i = 0; i < kills; i++) {
            Path out = courses.get(courses.size() - 1);
            live += startAndKill(out, i) ? 1 : 0;
            assertReadable(out);
            if (isDone(out)) {
                courses.add(folder.resolve("killed-" + courses.size()));
            }
        }
        assertThat(live).as("kills that met a living process").isGreaterThan(kills / 2);
        finish(courses.get(courses.size() - 1));
        assertThat(resumes(courses)).as("resumes from a checkpoint").isGreaterThanOrEqualTo(kills / 3);
        Path whole = folder.resolve("whole");
        finish(whole);
        for (Path course : courses) {
            assertThat(metrics(course)).as(course.toString()).isEqualTo(metrics(whole));
        }
    }

    /** Counter-based, so that a failure names its own repetition. */
    private static long random(int kill, long below) {
        return Math.floorMod(SeedTree.root(25).child("kill").child(kill).key(), below);
    }

    /** True if the process was alive when it was killed. */
    private boolean startAndKill(Path out, int kill) throws IOException, InterruptedException {
        long before = newestStep(out);
        Process process = process(out).start();
        try {
            if (kill % EARLY == 0) {
                process.waitFor(random(kill, LONGEST_START_MILLIS), TimeUnit.MILLISECONDS);
            } else {
                awaitCheckpointBeyond(before, out, process);
                process.waitFor(random(kill, LONGEST_TRAINING_MILLIS), TimeUnit.MILLISECONDS);
            }
            return process.isAlive();
        } finally {
            process.destroyForcibly().waitFor();
        }
    }

    private static void awaitCheckpointBeyond(long step, Path out, Process process) throws InterruptedException {
        long start = System.nanoTime();
        while (process.isAlive() && newestStep(out) <= step) {
            assertThat(System.nanoTime() - start)
                    .as("nanoseconds without a checkpoint")
                    .isLessThan(PATIENCE_NANOS);
            process.waitFor(5, TimeUnit.MILLISECONDS);
        }
    }

    private static long newestStep(Path out) {
        return RunStore.at(out).list().stream()
                .flatMap(run -> CheckpointStore.reading(run.path(), note -> {}).steps().stream())
                .mapToLong(step -> step)
                .max()
                .orElse(-1);
    }

    private void finish(Path out) throws IOException, InterruptedException {
        assertThat(process(out).start().waitFor()).as("exit code").isIn(0, 1);
    }

    private ProcessBuilder process(Path out) {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> line = new ArrayList<>(List.of(java, "-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC"));
        line.addAll(List.of("-Drectifier.checkpoint.seconds=0.05", "-cp", System.getProperty("java.class.path")));
        line.addAll(List.of("dev.rectifier.cli.Main", "run", "demo", "--engine", "cpu", "--threads", "1", "--quiet"));
        line.addAll(List.of("teachers=1", "steps=6000", "sample=500", "evaluation=64", "--out", out.toString()));
        return new ProcessBuilder(line)
                .redirectOutput(folder.resolve("out.txt").toFile())
                .redirectError(folder.resolve("err.txt").toFile());
    }

    private static void assertReadable(Path out) {
        for (RunListing run : RunStore.at(out).list()) {
            assertThat(run.state()).as("state of " + run.path()).isNotEqualTo(RunState.FAILED);
            MetricTable.read(run.path()).names();
            List<String> notes = new ArrayList<>();
            CheckpointStore checkpoints = CheckpointStore.reading(run.path(), notes::add);
            Optional<SavedCheckpoint> latest = checkpoints.latest();
            assertThat(notes).isEmpty();
            assertThat(latest.stream().map(SavedCheckpoint::step).toList())
                    .isEqualTo(checkpoints.steps().stream().limit(1).toList());
            latest.ifPresent(
                    saved -> assertThat(Checkpoint.decode(saved.bytes()).step()).isEqualTo(saved.step()));
        }
    }

    private static boolean isDone(Path out) {
        return RunStore.at(out).list().stream().anyMatch(run -> run.state() == RunState.DONE);
    }

    private static long resumes(List<Path> courses) throws IOException {
        long count = 0;
        for (Path course : courses) {
            for (RunListing run : RunStore.at(course).list()) {
                Path log = run.path().resolve("log.txt");
                count += Files.exists(log)
                        ? RESUMED.matcher(Files.readString(log)).results().count()
                        : 0;
            }
        }
        return count;
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
