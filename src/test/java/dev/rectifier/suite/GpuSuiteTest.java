package dev.rectifier.suite;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.record.HostFacts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.Nested;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledIfSystemProperty;
import org.junit.jupiter.api.io.TempDir;

/** What the suite of the bundle chooses, counts and writes. */
class GpuSuiteTest {
    @TempDir
    private Path folder;

    private static SuiteOptions options(String... words) {
        return SuiteOptions.of(List.of(words), Optional.empty());
    }

    @Test
    void optionsAreReadInAnyOrder() throws IOException {
        Files.createDirectories(folder.resolve("emulated"));
        Files.createFile(folder.resolve("emulated/libcuda.so.1"));
        SuiteOptions options =
                options("--only", "Refusal", "out", "--engine", "emulated", "--native", folder.toString());
        assertThat(options.folder()).isEqualTo(Path.of("out"));
        assertThat(options.emulated()).isTrue();
        assertThat(options.natives()).contains(folder);
        assertThat(options.only().matcher("dev.rectifier.RefusalTest").find()).isTrue();
        assertThat(options("out").engine()).isEqualTo("cuda");
    }

    @Test
    void stepsAndGoalsAreChosenByName() {
        List<Step> steps = GpuSuite.chosen(options("--step", "doctor,goals", "--goal", "1,18", "out"));
        assertThat(steps).extracting(Step::name).containsExactly("doctor", "goals");
        assertThat(((CommandStep) steps.get(1)).words()).contains("--goal", "1,18", "--minutes");
        assertThat(GpuSuite.chosen(options("out"))).extracting(Step::name).contains("tests", "bench", "bench-peers");
        assertThatThrownBy(() -> GpuSuite.chosen(options("--step", "doktor", "out")))
                .hasMessageContaining("known are doctor, tests");
    }

    @Test
    void wrongWordsAreRefusedWithTheUsage() {
        for (String words : List.of("", "a b", "--engine cpu a", "--engine", "--what x a", "--only ( a")) {
            List<String> split = words.isEmpty() ? List.of() : List.of(words.split(" ", -1));
            assertThatThrownBy(() -> SuiteOptions.of(split, Optional.empty()))
                    .as(words)
                    .isInstanceOf(IllegalArgumentException.class);
        }
        assertThatThrownBy(() -> options("--engine", "emulated", "out"))
                .hasMessageContaining("native/build.sh")
                .hasMessageContaining("usage: gpu-suite");
    }

    @Test
    void everyTestThatOpensAnEngineSourceIsChosen() throws IOException {
        assertThat(DeviceTests.in(TestStep.classes()))
                .contains(
                        "dev.rectifier.conformance.ConformanceTest",
                        "dev.rectifier.engine.cuda.LargeShapesTest",
                        "dev.rectifier.gradients.TrainingDeterminismTest",
                        "dev.rectifier.cli.DeviceErrorsTest")
                .doesNotContain(
                        "dev.rectifier.ReadmeTest",
                        "dev.rectifier.engine.cuda.KernelTableTest",
                        "dev.rectifier.gradients.TorchGradientTest");
    }

    /** Run by {@link OneClass} alone: as a nested class outside of its outer one it is no test of this build. */
    static final class Outcomes {
        @Test
        void passes() {
            assertThat(Boolean.getBoolean("suite.fail")).isTrue();
        }

        @Test
        void fails() {
            if (Boolean.getBoolean("suite.fail")) {
                throw new AssertionError("as planned");
            }
        }

        @Test
        void isAborted() {
            Assumptions.abort("not here");
        }

        @Nested
        @EnabledIfSystemProperty(named = "suite.whole", matches = "true", disabledReason = "as a whole")
        final class Left {
            @Test
            void passesToo() {
                assertThat(Boolean.getBoolean("suite.fail")).isTrue();
            }
        }
    }

    private static ClassResult outcomes(boolean whole) {
        System.setProperty("suite.fail", "true");
        System.setProperty("suite.whole", Boolean.toString(whole));
        try {
            return OneClass.run(Outcomes.class.getName());
        } finally {
            System.clearProperty("suite.fail");
            System.clearProperty("suite.whole");
        }
    }

    @Test
    void outcomesAreCounted() {
        ClassResult result = outcomes(false);
        assertThat(List.of(result.passed(), result.failed(), result.skipped())).containsExactly(1, 1, 2);
        assertThat(result.remarks())
                .extracting(remark -> remark.kind() + ": " + remark.line().replaceAll(".*(: |==> )", ""))
                .containsExactlyInAnyOrder("failed: as planned", "skipped: not here", "skipped: as a whole");
    }

    @Test
    void aNestedClassThatIsNotLeftOutIsCountedTestByTest() {
        ClassResult result = outcomes(true);
        assertThat(List.of(result.passed(), result.failed(), result.skipped())).containsExactly(2, 1, 1);
    }

    @Test
    void aStepWithoutPassedTestsIsNoSuccess() {
        assertThat(TestStep.summed(List.of()).good()).isFalse();
        assertThat(TestStep.summed(List.of(ClassResult.lost("A", 1, "crashed"))).good())
                .isFalse();
        assertThat(TestStep.summed(List.of(new ClassResult("A", 1, 0, 3, 1, List.of())))
                        .good())
                .isTrue();
    }

    @Test
    void aSummaryNamesTheDeviceAndWhatFailed() throws IOException {
        SuiteFacts facts = new SuiteFacts(
                "2026-01-02T03:04:05Z",
                "1+abc",
                "cuda",
                "Some GPU",
                "Module 1.2",
                Map.of("cublas", "13"),
                new HostFacts("host", "Linux", "17", 4, 1));
        Remark remark = new Remark("failed", "adds(1)", "expected 1 | was 2\nmore");
        StepResult tests = TestStep.summed(List.of(new ClassResult("SumTest", 2, 1, 0, 0.5, List.of(remark))));
        Summary summary = Summary.of(facts, List.of(tests));
        assertThat(summary.markdown())
                .contains("# gpu-suite: FAILED")
                .contains("| device | Some GPU (engine cuda) |")
                .contains("| cublas | 13 |")
                .contains("| SumTest | 2 | 1 | 0 | 0.5 |")
                .contains("| SumTest | adds(1) | expected 1 / was 2 |")
                .doesNotContain("skipped | tests");
        summary.write(folder);
        assertThat(folder.resolve("summary.json"))
                .content()
                .contains("\"device\" : \"Some GPU\"")
                .contains("\"failed\" : 1");
    }
}
