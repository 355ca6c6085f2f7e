package dev.rectifier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.engine.Engines;
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
        boolean present = Engines.providers().stream()
                .anyMatch(provider ->
                        provider.name().equals("cuda") && provider.probe().available());
        assumeFalse(present, "this machine has a GPU");
        Path out = folder.resolve("runs");
        int code = session.run("run", "demo", "--scale", "smoke", "--engine", "cuda", "--out", out.toString());
        assertThat(code).isEqualTo(ExitCode.NO_DEVICE.code());
        assertThat(session.err()).contains("cuda").contains("not available");
        assertThat(Files.exists(out)).isFalse();
    }

    @Test
    void printsTheResolvedSettings() {
        assertThat(session.run("run", "demo", "--scale", "smoke", "--cfg")).isZero();
        assertThat(session.out()).contains("# run ").contains(" = ");
    }

    @Test
    void aFinishedStudyLeavesAReportAndIsNotRunAgain() throws Exception {
        String[] line = {"run", "demo", "steps=200", "--scale", "smoke", "--engine", "cpu", "--out", folder.toString()};
        int code = session.run(line);
        assertThat(code).as(session.err()).isIn(0, 1);
        List<String> reports = files(folder.resolve("reports"));
        assertThat(reports).hasSize(1).allMatch(name -> name.startsWith("demo-smoke-"));
        Path report = folder.resolve("reports").resolve(reports.get(0));
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
    void whatWasStoppedBeforeItsFirstStepIsResumed() {
        session.interruption().receive(ExitCode.TERMINATED);
        int code = session.run(
                "run", "demo", "steps=200", "--scale", "smoke", "--engine", "cpu", "--out", folder.toString());
        assertThat(code).isEqualTo(ExitCode.TERMINATED.code());
        assertThat(session.err()).contains("resume --out " + folder);

        CommandLineSession later = new CommandLineSession();
        assertThat(later.run("resume", "--out", folder.toString()))
                .as(later.err())
                .isIn(0, 1);
        assertThat(later.out()).contains("LM-4");
        CommandLineSession last = new CommandLineSession();
        last.run("resume", "--out", folder.toString());
        assertThat(last.out()).contains("Nothing to resume");
    }

    @Test
    void jsonIsOneDocument() throws Exception {
        int code = session.run(
                "run",
                "demo",
                "steps=200",
                "--scale",
                "smoke",
                "--engine",
                "cpu",
                "--json",
                "--out",
                folder.toString());
        assertThat(code).isIn(0, 1);
        assertThat(new ObjectMapper().readTree(session.out()).isContainerNode()).isTrue();
    }

    private static List<String> files(Path folder) throws Exception {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).toList();
        }
    }
}
