package dev.rectifier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.cuda.Emulated;
import dev.rectifier.engine.cuda.EmulatedControl;
import dev.rectifier.record.MetricTable;
import dev.rectifier.record.RunListing;
import dev.rectifier.record.RunState;
import dev.rectifier.record.RunStore;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A device that fails under a command, on the emulated driver: exit code 6 where it is lost and 5 where its memory is full,
 * one clear line, and a folder that goes on to the bits of an undisturbed run.
 */
class DeviceErrorsTest {
    private static final List<String> COMMAND = List.of(
            "run", "demo", "--engine", "emulated", "--quiet", "teachers=1", "steps=24", "sample=8", "evaluation=64");

    private static final String CHECKPOINT_SECONDS = "rectifier.checkpoint.seconds";

    /** Less than the 72 KiB of one replica of {@link #COMMAND}. */
    private static final String TOO_LITTLE_MEMORY = "60000";

    /** Enough for two of its four replicas at a time, which need 142 KiB, and for scratch. */
    private static final String LITTLE_MEMORY = "200000";

    @TempDir
    private static Path whole;

    private static long calls;
    private static int exitCode;
    private static String metrics = "";

    @TempDir
    private Path folder;

    /** The undisturbed run. A checkpoint at every step that takes a millisecond. */
    @BeforeAll
    static void runUndisturbed() throws IOException {
        Emulated.require();
        Engines.open("emulated", EngineOptions.defaults()).engine().close(); // loads the driver
        System.setProperty(CHECKPOINT_SECONDS, "0.001");
        long before = EmulatedControl.calls();
        CommandLineSession session = new CommandLineSession();
        exitCode = session.run(line(whole));
        calls = EmulatedControl.calls() - before;
        assertThat(exitCode).as(session.err()).isIn(ExitCode.GOOD.code(), ExitCode.CHECK_FAILED.code());
        metrics = metrics(whole);
    }

    @AfterAll
    static void everyMinuteAgain() {
        System.clearProperty(CHECKPOINT_SECONDS);
    }

    @AfterEach
    void noMoreErrors() {
        EmulatedControl.failAt(0, 0);
    }

    private static String[] line(Path out) {
        List<String> words = new ArrayList<>(COMMAND);
        words.addAll(List.of("--out", out.toString()));
        return words.toArray(String[]::new);
    }

    private static RunListing onlyRun(Path out) {
        List<RunListing> runs = RunStore.at(out).list();
        assertThat(runs).hasSize(1);
        return runs.get(0);
    }

    /** Every metric, bit for bit. */
    private static String metrics(Path out) throws IOException {
        assertThat(onlyRun(out).state()).isEqualTo(RunState.DONE);
        StringBuilder csv = new StringBuilder();
        MetricTable.read(onlyRun(out).path()).writeCsv(csv);
        return csv.toString();
    }

    @ParameterizedTest
    @CsvSource({
        "0.3, " + CUresult.CUDA_ERROR_UNKNOWN,
        "0.6, " + CUresult.CUDA_ERROR_LAUNCH_FAILED,
        "0.7, " + CUresult.CUDA_ERROR_UNKNOWN
    })
    void aLostDeviceIsCodeSixAndTheRunGoesOn(double share, int error) throws IOException {
        EmulatedControl.failAt(Math.round(share * calls), error);
        CommandLineSession session = new CommandLineSession();
        assertThat(session.run(line(folder))).as(session.err()).isEqualTo(ExitCode.DEVICE_LOST.code());
        assertThat(session.err().strip().lines())
                .singleElement()
                .asString()
                .startsWith("rectifier: cu")
                .contains("failed with " + CUresult.stringFor(error));
        assertThat(EmulatedControl.liveBytes()).isZero();
        assertResumes(share >= 0.5);
    }

    /** Goes on, from a checkpoint if {@code late}, to the same bits. */
    private void assertResumes(boolean late) throws IOException {
        RunListing run = onlyRun(folder);
        assertThat(run.state()).isEqualTo(RunState.INTERRUPTED);
        assertThat(Files.readString(run.path().resolve("log.txt"))).contains("Stopped by the device: ");
        CommandLineSession later = new CommandLineSession();
        assertThat(later.run("resume", "--out", folder.toString()))
                .as(later.err())
                .isEqualTo(exitCode);
        if (late) {
            assertThat(Files.readString(run.path().resolve("log.txt"))).containsPattern("Resumed at step [1-9]");
        }
        assertThat(metrics(folder)).isEqualTo(metrics);
        CommandLineSession last = new CommandLineSession();
        last.run("resume", "--out", folder.toString());
        assertThat(last.out()).contains("Nothing to resume");
    }

    @Test
    void fullMemoryIsCodeFiveAndTheRunGoesOnWhereThereIsMore() throws Exception {
        assertThat(onlyLine("RECTIFIER_EMULATED_MEMORY", TOO_LITTLE_MEMORY, ExitCode.OUT_OF_MEMORY))
                .startsWith("rectifier: Out of device memory, before anything was allocated")
                .contains("for 4 replicas", "free of", "Not even one replica fits");
        assertResumes(false);
    }

    @Test
    void littleMemoryIsMadeDoWithByChunks() throws Exception {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        Process process = process("RECTIFIER_EMULATED_MEMORY", LITTLE_MEMORY, out, err);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        assertThat(process.exitValue()).as(Files.readString(err)).isEqualTo(exitCode);
        assertThat(Files.readAllLines(onlyRun(folder).path().resolve("chunks.txt")))
                .containsExactly("replicas 0 to 1 of 4: done, 0 failed", "replicas 2 to 3 of 4: done, 0 failed");
        assertThat(metrics(folder)).isEqualTo(metrics);
    }

    @Test
    void aLostContextIsToldOnceAlthoughNothingCanBeReleased() throws Exception {
        String at = calls / 2 + ":" + CUresult.CUDA_ERROR_LAUNCH_FAILED;
        assertThat(onlyLine("RECTIFIER_EMULATED_FAIL_AT", at, ExitCode.DEVICE_LOST))
                .startsWith("rectifier: cu")
                .contains("context is lost");
    }

    /** The one line, log included, that a process says which ends with this code under a driver told so. */
    private String onlyLine(String variable, String value, ExitCode code) throws Exception {
        Path out = Files.createTempFile(folder, "out", ".txt");
        Path err = Files.createTempFile(folder, "err", ".txt");
        Process process = process(variable, value, out, err);
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).isTrue();
        String told = Files.readString(err);
        assertThat(process.exitValue()).as(told).isEqualTo(code.code());
        assertThat(told.strip().lines()).hasSize(1);
        assertThat(Files.readString(out)).isEmpty();
        return told;
    }

    @Test
    void aDeviceThatFailsWhileTheEngineOpensIsNotSaidToBeMissing() {
        long before = EmulatedControl.calls();
        Engine engine = Engines.open("emulated", EngineOptions.defaults()).engine();
        long opening = EmulatedControl.calls() - before;
        engine.close();
        for (long n = 1; n <= opening; n++) {
            assertFailsAtOnce(n, CUresult.CUDA_ERROR_OUT_OF_MEMORY, ExitCode.OUT_OF_MEMORY);
        }
        assertFailsAtOnce(opening, CUresult.CUDA_ERROR_LAUNCH_FAILED, ExitCode.DEVICE_LOST);
        assertFailsAtOnce(1, CUresult.CUDA_ERROR_NO_DEVICE, ExitCode.NO_DEVICE);
        assertThat(RunStore.at(folder).list()).isEmpty();
    }

    private void assertFailsAtOnce(long call, int error, ExitCode code) {
        EmulatedControl.failAt(call, error);
        CommandLineSession session = new CommandLineSession();
        assertThat(session.run(line(folder)))
                .as("call %d: %s", call, session.err())
                .isEqualTo(code.code());
        assertThat(session.err().strip().lines())
                .singleElement()
                .asString()
                .startsWith("rectifier: cu")
                .contains(CUresult.stringFor(error));
    }

    /** The driver reads its orders when it is loaded, so they take a process of its own; with native access, as the jar asks. */
    private Process process(String variable, String value, Path out, Path err) throws IOException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        List<String> words =
                new ArrayList<>(List.of(java, "-XX:TieredStopAtLevel=1", "--enable-native-access=ALL-UNNAMED"));
        words.add("-Drectifier.native=" + System.getProperty("rectifier.native"));
        words.addAll(List.of("-cp", System.getProperty("java.class.path"), "dev.rectifier.cli.Main"));
        words.addAll(List.of(line(folder)));
        ProcessBuilder builder =
                new ProcessBuilder(words).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().put(variable, value);
        return builder.start();
    }

    @Test
    void itSaysHowToGoOn() {
        EmulatedControl.failAt(calls / 2, CUresult.CUDA_ERROR_UNKNOWN);
        CommandLineSession session = new CommandLineSession();
        List<String> words = new ArrayList<>(List.of(line(folder)));
        words.remove("--quiet");
        assertThat(session.run(words.toArray(String[]::new))).isEqualTo(ExitCode.DEVICE_LOST.code());
        assertThat(session.err()).contains("to go on where it stopped").contains("resume --out " + folder);
    }
}
