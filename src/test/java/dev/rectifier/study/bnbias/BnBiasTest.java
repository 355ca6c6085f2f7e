package dev.rectifier.study.bnbias;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.record.MetricTable;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Verdict;
import dev.rectifier.study.Bench;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.RunResult;
import dev.rectifier.study.Scale;
import dev.rectifier.study.Study;
import dev.rectifier.study.StudyReport;
import dev.rectifier.study.images.DataHome;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The study at its smallest scale; with ReLU taken away its claims must not stand. */
class BnBiasTest {
    private final Study study = BnBias.study();

    @TempDir
    private Path folder;

    @Test
    void claimsStandAtTheSmokeScaleAndFallWithoutRelu() {
        try (Bench bench = new Bench(folder)) {
            StudyReport report = bench.run(study, Scale.SMOKE, study.plan(Scale.SMOKE));
            assertThat(report.results()).allMatch(result -> result.kind() == RunResult.Kind.COMPLETED);
            assertThat(report.failedReplicas()).isZero();
            assertThat(report.verdicts().failures()).isEmpty();
            assertThat(report.figures()).hasSize(3);
            assertThat(report.summaries()).anyMatch(row -> row.metric().equals("share/features.1"));
            controlFails(report);
        }
    }

    /** The control's numbers in the network's place. */
    private void controlFails(StudyReport report) {
        RunResult linear = report.results().get(1);
        Evidence.Run run = new Evidence.Run(linear.spec(), MetricTable.read(linear.folder()));
        Evidence swapped = new Evidence(Map.of(BnBiasPlans.MAIN, run, BnBiasPlans.CONTROL, run));
        for (Verdict verdict : study.analyse(Scale.SMALL, swapped).verdicts()) {
            if (verdict.claim().id().matches(".*(majority|upper|top)")) {
                assertThat(verdict.pass()).as(verdict.claim().id()).isFalse();
            }
        }
        assertThat(study.analyse(Scale.SMOKE, swapped).verdicts().get(0).pass()).isFalse();
    }

    @Test
    void missingImagesAreNamedBeforeAnythingIsWritten() {
        Study elsewhere = new BnBias(new DataHome(List.of(folder.resolve("none"))));
        try (Bench bench = new Bench(folder.resolve("runs"))) {
            assertThatThrownBy(() -> bench.run(elsewhere, Scale.SMALL, elsewhere.plan(Scale.SMALL)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining(folder.resolve("none/cifar10-subset").toString())
                    .hasMessageContaining("RECTIFIER_DATA");
        }
        assertThat(folder.resolve("runs")).doesNotExist();
    }

    @Test
    void filesOfAnotherContentAreRefused() throws Exception {
        Path set = Files.createDirectories(folder.resolve("cifar10-subset"));
        Files.write(set.resolve("data_batch_1.bin.gz"), new byte[3073]);
        Files.write(set.resolve("test_batch.bin.gz"), new byte[3073]);
        RunSpec spec = study.plan(Scale.SMALL).get(0);
        Study here = new BnBias(new DataHome(List.of(folder)));
        assertThatThrownBy(() -> here.experiment(spec).check()).hasMessageContaining("SHA-256");
    }

    @Test
    void everyScaleDecidesItsClaimsFromItsRuns() {
        for (Scale scale : Scale.values()) {
            List<Verdict> verdicts =
                    study.analyse(scale, new Evidence(Map.of())).verdicts();
            assertThat(verdicts).hasSameSizeAs(study.claims(scale)).noneMatch(Verdict::pass);
        }
    }
}
