package dev.rectifier.study.luckmatters;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Setting;
import dev.rectifier.record.Settings;
import dev.rectifier.record.Verdict;
import dev.rectifier.study.Bench;
import dev.rectifier.study.Overrides;
import dev.rectifier.study.RunResult;
import dev.rectifier.study.Scale;
import dev.rectifier.study.Study;
import dev.rectifier.study.StudyReport;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The whole study at its smallest scale, and the same with its mechanisms taken away: then it must not pass. */
class SmokeTest {
    @TempDir
    private Path folder;

    private final Study study = LuckMatters.study();
    private Bench bench;

    @BeforeEach
    void open() {
        bench = new Bench(folder);
    }

    @AfterEach
    void close() {
        bench.close();
    }

    @Test
    void allClaimsStandAtTheSmokeScale() {
        StudyReport report = bench.run(study, Scale.SMOKE, study.plan(Scale.SMOKE));
        assertThat(report.results()).allMatch(result -> result.kind() == RunResult.Kind.COMPLETED);
        assertThat(report.failedReplicas()).isZero();
        assertThat(report.verdicts().failures()).isEmpty();
        assertThat(report.figures()).hasSize(13);
        assertThat(report.summaries()).anyMatch(row -> row.metric().equals("rho-masked/0"));
    }

    @Test
    void studentsThatStartNearNothingAreNotSplitByIndex() {
        Settings unlucky = Settings.empty().with("cells", Setting.reals(List.of(0.0, 0.0, 0.0, 0.0, 0.0, 0.0)));
        assertThat(verdict(runs("two-layer.*", unlucky), "LM-4.x2.ratio").pass())
                .isFalse();
    }

    @Test
    void studentsThatStartNearNothingAreNotSplitByTheMatrixDynamicsEither() {
        Settings unlucky =
                Settings.empty().with("cells", Setting.reals(List.of(0.0, 0.0))).with("steps", 300);
        StudyReport report = runs("matrix-x2", unlucky);
        assertThat(verdict(report, "LM-4m.x2.ratio").pass()).isFalse();
        assertThat(verdict(report, "LM-4m.x2.start").pass()).isTrue();
    }

    @Test
    void linearStudentsDoNotFindTheNodesOfLinearTeachers() {
        Settings linear = Settings.empty().with("activation", "identity");
        assertThat(verdict(runs("control.*", linear), "LM-12.relu-gap").pass()).isFalse();
    }

    @Test
    void studentsThatDoNotTrainFail() {
        StudyReport report = runs("two-layer.*", Settings.empty().with("rate", 0.0));
        assertThat(verdict(report, "LM-4.x2.ratio").pass()).isFalse();
        assertThat(verdict(report, "LM-4.x2.order").claim().statistic()).contains("out of order");
    }

    @Test
    void luckyNodesThatDoNotMoveNeverArrive() {
        StudyReport report = runs("lucky-training", Settings.empty().with("rate", 0.0));
        assertThat(verdict(report, "LM-2.order").pass()).isFalse();
        assertThat(verdict(report, "LM-2.sgd-rate").pass()).isFalse();
    }

    @Test
    void nodesThatDoNotMoveHaveNoTimesWhateverTheirOverlap() {
        Settings still = Settings.empty().with("rate", 0.0).with("steps", 100);
        StudyReport report = runs("overlap-training", still);
        assertThat(verdict(report, "LM-2.overlap-50").pass()).isFalse();
        assertThat(verdict(report, "LM-2.overlap-16").pass()).isFalse();
    }

    /** Where both inputs are spread alike, and both students see as much, no difference may be found. */
    @Test
    void ablationsThatChangeNothingShowNothing() {
        Settings same = Settings.empty()
                .with("input.deviation", 10.0)
                .with("examples", 1_000)
                .with("sample", 16)
                .with("samples", 2);
        StudyReport report = runs("deep-main|ablation-(scale-1|epochs-of-1000)", same);
        assertThat(verdict(report, "LM-12.scale").ours().value()).isZero();
        assertThat(verdict(report, "LM-12.scale").pass()).isFalse();
        assertThat(verdict(report, "LM-12.examples").pass()).isFalse();
    }

    private StudyReport runs(String names, Settings overrides) {
        List<RunSpec> plan = study.plan(Scale.SMOKE).stream()
                .filter(spec -> spec.name().matches(names))
                .toList();
        return bench.run(study, Scale.SMOKE, Overrides.apply(plan, overrides));
    }

    private static Verdict verdict(StudyReport report, String claim) {
        return report.verdicts().verdicts().stream()
                .filter(v -> v.claim().id().equals(claim))
                .findFirst()
                .orElseThrow();
    }
}
