package dev.rectifier.study;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.record.MetricTable;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Settings;
import dev.rectifier.study.luckmatters.LuckMatters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class StudyRunnerTest {
    private static final Settings SHORT =
            Settings.empty().with("steps", 40).with("sample", 10).with("teachers", 2);

    @TempDir
    private Path folder;

    private final Study study = LuckMatters.study();

    @Test
    void whatIsDoneIsSkipped() {
        try (Bench bench = new Bench(folder)) {
            bench.run(study, Scale.SMOKE, twoLayer());
            StudyReport again = bench.run(study, Scale.SMOKE, twoLayer());
            assertThat(again.results()).allMatch(r -> r.kind() == RunResult.Kind.SKIPPED && r.replicas() == 6);
        }
    }

    @Test
    void anInterruptedRunContinuesToTheSameNumbers() {
        try (Bench whole = new Bench(folder.resolve("whole"));
                Bench torn = new Bench(folder.resolve("torn"))) {
            StudyReport uninterrupted = whole.run(study, Scale.SMOKE, twoLayer());
            for (int part = 0; part < 3; part++) {
                AtomicInteger asked = new AtomicInteger();
                StudyReport stopped = torn.run(study, Scale.SMOKE, twoLayer(), () -> asked.incrementAndGet() > 13);
                assertThat(stopped.isInterrupted()).isTrue();
                assertThat(stopped.verdicts().verdicts()).isEmpty();
            }
            StudyReport resumed = torn.run(study, Scale.SMOKE, twoLayer());
            assertThat(csv(resumed)).isEqualTo(csv(uninterrupted));
        }
    }

    @Test
    void aFailingRunIsReportedAndTheOthersGoOn() {
        List<RunSpec> plan = List.of(broken(), twoLayer().get(0));
        try (Bench bench = new Bench(folder)) {
            StudyReport report = bench.run(study, Scale.SMOKE, plan);
            assertThat(report.results())
                    .extracting(RunResult::kind)
                    .containsExactly(RunResult.Kind.FAILED, RunResult.Kind.COMPLETED);
            assertThat(report.failures().get(0).message()).contains("angles");
            assertThat(report.verdicts().verdicts())
                    .filteredOn(v -> v.claim().id().equals("LM-2.flow"))
                    .allMatch(v -> !v.pass() && v.ours().sample().contains("lucky-flow"));
        }
    }

    @Test
    void afterAStopRequestNothingNewBegins() {
        try (Bench bench = new Bench(folder)) {
            StudyReport report = bench.run(study, Scale.SMOKE, twoLayer(), () -> true);
            assertThat(report.results()).allMatch(r -> r.kind() == RunResult.Kind.NOT_STARTED);
            assertThat(folder).isEmptyDirectory();
        }
    }

    @Test
    void aDivergingReplicaIsCountedAndLeftOut() {
        Settings explosive = Settings.empty().with("input.deviation", 1e12).with("steps", 200);
        Predicate<RunSpec> chosen = spec -> spec.name().equals("control-relu-x1");
        List<RunSpec> plan =
                Overrides.apply(study.plan(Scale.SMOKE).stream().filter(chosen).toList(), explosive);
        try (Bench bench = new Bench(folder)) {
            StudyReport report = bench.run(study, Scale.SMOKE, plan);
            assertThat(report.failedReplicas()).isEqualTo(4);
            assertThat(report.results().get(0).kind()).isEqualTo(RunResult.Kind.COMPLETED);
        }
    }

    private List<RunSpec> twoLayer() {
        List<RunSpec> plan = study.plan(Scale.SMOKE).stream()
                .filter(spec -> spec.name().startsWith("two-layer"))
                .toList();
        return Overrides.apply(plan, SHORT);
    }

    private static RunSpec broken() {
        return new RunSpec(LuckMatters.ID, "lucky-flow", "smoke", Settings.empty());
    }

    private static String csv(StudyReport report) {
        StringBuilder text = new StringBuilder();
        try {
            MetricTable.read(report.results().get(0).folder()).writeCsv(text);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
