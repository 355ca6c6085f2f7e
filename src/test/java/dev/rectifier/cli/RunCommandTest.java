package dev.rectifier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.engine.Engines;
import dev.rectifier.record.RunFolder;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.RunStore;
import dev.rectifier.study.Overrides;
import dev.rectifier.study.Scale;
import dev.rectifier.study.Studies;
import dev.rectifier.study.Study;
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
                "run demo steps=3 steps=4",
                "run demo rate=abc",
                "run demo rate=0",
                "run demo rate=nan",
                "run demo batch=0",
                "run demo batch=1.5",
                "run demo steps=-1",
                "run demo steps=1e40",
                "run demo activation=tanh",
                "run demo activation=relu,relu",
                "run demo cells=1,2",
                "run demo cells=1,x",
                "run demo cells=1,0.5,0",
                "run demo name=other",
                "run luck-matters angles=0.5,4",
                "run luck-matters teacher.hidden=5,6",
                "run demo --threads 0",
                "run demo --threads many",
                "run demo --engine abacus",
                "run demo --math abacus",
                "run demo --engine cpu --math bf16",
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

    @ParameterizedTest
    @ValueSource(
            strings = {
                "3:1|seed: 24§cells: [1, 0]§rate: abc§",
                "2:1|rate: 0.1§rate: 0.2§",
                "1:1|batch: 0§",
                "1:1|learning: 0.1§",
                "1:1|rate: [0.1, 0.2]§",
                "1:|- 1§- 2§",
                "1:|rate: !!float 0.1§",
                "1:|rate: *a§",
                "1:|rate:§",
                "1:8|rate: {§",
                "3:1|seed: 1§---§seed: 2§",
            })
    void aMalformedFileIsOneLineWithItsPlaceAndWritesNothing(String placeAndText) throws Exception {
        String[] parts = placeAndText.split("\\|", 2);
        Path file = Files.writeString(folder.resolve("my.yaml"), parts[1].replace('§', '\n'));
        Path out = folder.resolve("runs");
        int code = session.run("run", "demo", "--config", file.toString(), "--out", out.toString());
        assertThat(code).as(session.err()).isEqualTo(ExitCode.USAGE.code());
        assertThat(session.err().strip().lines()).as(session.err()).hasSize(1);
        assertThat(session.err()).contains("my.yaml:" + parts[0]);
        assertThat(Files.exists(out)).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"study: luck-matters", "scale: full", "name: two-layer-x7"})
    void aFileOfAnotherRunIsRefused(String line) throws Exception {
        Path file = Files.writeString(folder.resolve("my.yaml"), line + "\nrate: 0.1\n");
        Path out = folder.resolve("runs");
        assertThat(session.run("run", "demo", "--config", file.toString(), "--out", out.toString()))
                .isEqualTo(ExitCode.USAGE.code());
        assertThat(session.err()).contains("my.yaml").contains(line.split(": ", -1)[1]);
        assertThat(Files.exists(out)).isFalse();
    }

    @Test
    void aMissingFileIsCodeTwo() {
        assertThat(session.run(
                        "run", "demo", "--config", folder.resolve("none.yaml").toString()))
                .isEqualTo(ExitCode.USAGE.code());
        assertThat(session.err()).contains("none.yaml", "no such file");
    }

    @Test
    void aFileChangesThePlanAndWordsWinOverIt() throws Exception {
        Path file = Files.writeString(folder.resolve("my.yaml"), "rate: 0.125\nsteps: 77\nteacher:\n  hidden: 9\n");
        assertThat(session.run("run", "demo", "--config", file.toString(), "steps=99", "--cfg"))
                .as(session.err())
                .isZero();
        assertThat(session.out()).contains("0.125", "99").doesNotContain("77").containsPattern("teacher.hidden = .*9");
    }

    @Test
    void aRunsOwnConfigGivesTheSameRun() throws Exception {
        Path out = folder.resolve("runs");
        String[] line = {"run", "demo", "steps=4", "sample=2", "teachers=1", "--engine", "cpu", "--out", out.toString()
        };
        assertThat(session.run(line)).as(session.err()).isIn(0, 1);
        Path run = RunStore.at(out).list().get(0).path();
        session.run(
                "run",
                "demo",
                "--config",
                run.resolve("config.yaml").toString(),
                "--engine",
                "cpu",
                "--out",
                out.toString());
        assertThat(session.err()).contains("is done already");
        assertThat(RunStore.at(out).list()).hasSize(1);
    }

    @Test
    void everySettingOfEveryPlanHasAMeaning() {
        for (Study study : Studies.all()) {
            for (Scale scale : Scale.values()) {
                List<RunSpec> plan = study.plan(scale);
                assertThat(Overrides.apply(study, plan, List.of())).isEqualTo(plan);
            }
        }
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

    /** Images that stay on the host are made ready there: 2 arrays of each size of batch. */
    @Test
    void aPlanNamesWhatIsHeldOnTheHost() {
        String[] line = {"run", "bn-bias", "--scale", "smoke", "--engine", "cpu", "--plan"};
        assertThat(session.run(line)).as(session.err()).isZero();
        assertThat(session.out())
                .containsPattern("host: batches made ahead +.*F32 \\[R, \\d+, \\d+]")
                .containsPattern("host +.* of this machine's own memory beside that");
    }

    @Test
    void aPlanGivesTheNumbersAndNothingElse() {
        Path out = folder.resolve("runs");
        String[] line = {
            "run", "demo", "--engine", "cpu", "--plan", "--chunk", "5", "teachers=3", "--out", out.toString()
        };
        assertThat(session.run(line)).as(session.err()).isZero();
        assertThat(session.out())
                .contains("run two-layer-x2: 10-40-30, R = 12, batch")
                .containsPattern("trainer: weights +\\d+\\.\\d KiB  F32 \\[R, 1670]")
                .containsPattern("total +.* for 5 replicas: .* each, .* shared")
                .containsPattern("memory +.* free of .* kept in reserve")
                .containsPattern("chunks +3 of up to 5 replicas, .*the largest R that fits is \\d+")
                .containsPattern("training +(resident|step by step): .*; \\d+ steps")
                .containsPattern("time +about .*, from \\d+ of the first steps on this engine");
        assertThat(Files.exists(out)).isFalse();
    }

    @Test
    void aPlanThatCannotBeMadeToFitIsCodeFive() {
        String terabytes = "evaluation=1000000 batch=1000000 student.multiple=1000 teachers=1";
        assertThat(session.run(("run demo --engine cpu --plan " + terabytes).split(" ")))
                .isEqualTo(ExitCode.OUT_OF_MEMORY.code());
        assertThat(session.out()).containsPattern("refused +Out of device memory, before anything was allocated: ");
        assertThat(session.out()).contains("Not even one replica fits").doesNotContain("time ");
    }

    @Test
    void aChunkOfNothingIsCodeTwo() {
        assertThat(session.run("run", "demo", "--engine", "cpu", "--chunk", "0"))
                .isEqualTo(ExitCode.USAGE.code());
        assertThat(session.err()).contains("--chunk must be at least 1");
    }

    @Test
    void theArithmeticIsStoredAndAnotherIsSaid() throws Exception {
        String[] line = {
            "run", "demo", "steps=4", "sample=2", "teachers=1", "--engine", "cpu", "--out", folder.toString()
        };
        String[] split =
                Stream.concat(Stream.of(line), Stream.of("--math", "tf32x3")).toArray(String[]::new);
        assertThat(session.run(split)).as(session.err()).isIn(0, 1);
        Path run = RunStore.at(folder).list().get(0).path();
        assertThat(RunFolder.readManifest(run).orElseThrow().engine().mathMode())
                .isEqualTo("TF32X3");
        CommandLineSession later = new CommandLineSession();
        later.run(line);
        assertThat(later.err()).contains("is done already").contains(" in TF32X3, not by cpu on ");
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
