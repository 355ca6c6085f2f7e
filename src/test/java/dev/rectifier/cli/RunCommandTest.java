package dev.rectifier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RunCommandTest {
    private final CommandLineSession session = new CommandLineSession();

    @TempDir
    Path folder;

    @ParameterizedTest
    @ValueSource(
            strings = {
                "run nonsense",
                "run demo --scale huge",
                "run demo train.steps",
                "run demo =3",
                "run demo no.such.setting=3",
                "run demo train.steps=3 train.steps=4",
                "run demo --threads 0",
                "run demo --threads many",
                "run demo --engine abacus",
                "verify --scale enormous",
                "export",
                "export ffff file.csv",
            })
    void malformedArgumentsAreOneLineCodeTwoAndWriteNothing(String line) throws Exception {
        Path out = folder.resolve("runs");
        assertThat(session.run((line + (line.equals("export") ? "" : " --out " + out)).split(" ")))
                .as(session.err())
                .isEqualTo(ExitCode.USAGE.code());
        assertThat(session.err().strip().lines().filter(text -> !text.startsWith("engine ")))
                .as(session.err())
                .hasSize(1);
        assertThat(Files.exists(out)).isFalse();
    }

    @Test
    void aForcedEngineThatIsNotThereIsCodeFourAndWritesNothing() {
        Path out = folder.resolve("runs");
        int code = session.run("run", "demo", "--scale", "smoke", "--engine", "cuda", "--out", out.toString());
        if (code == ExitCode.NO_DEVICE.code()) {
            assertThat(session.err()).contains("cuda").contains("not available");
            assertThat(Files.exists(out)).isFalse();
        }
    }

    @Test
    void printsTheResolvedSettings() {
        assertThat(session.run("run", "demo", "--scale", "smoke", "--cfg")).isZero();
        assertThat(session.out()).contains("# run ").contains(" = ");
    }

    @Test
    void aFinishedStudyLeavesAReportAndIsNotRunAgain() throws Exception {
        String[] line = {"run", "demo", "--scale", "smoke", "--engine", "cpu", "--out", folder.toString()};
        int code = session.run(line);
        assertThat(code).as(session.err()).isIn(0, 1);
        Path report = folder.resolve("reports").resolve("demo-smoke");
        assertThat(files(report)).contains("report.html", "verdicts.json", "verdicts.md", "replicas.csv");
        assertThat(Files.readString(report.resolve("report.html")))
                .contains("<svg")
                .doesNotContain("<script");
        assertThat(session.run(line)).isEqualTo(code);
        assertThat(session.err()).contains("is done already");
        assertThat(session.run("status", "--out", folder.toString())).isZero();
        assertThat(session.out()).contains("done");
        assertThat(session.run("resume", "--out", folder.toString())).isZero();
        assertThat(session.out()).contains("Nothing to resume");
    }

    @Test
    void aStopRequestEndsTheRunResumably() {
        session.interruption().receive(ExitCode.TERMINATED);
        int code = session.run("run", "demo", "--scale", "smoke", "--engine", "cpu", "--out", folder.toString());
        assertThat(code).isEqualTo(ExitCode.TERMINATED.code());
        assertThat(session.err()).contains("resume");
    }

    private static List<String> files(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
