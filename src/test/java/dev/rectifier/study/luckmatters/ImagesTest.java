package dev.rectifier.study.luckmatters;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.record.MetricTable;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Setting;
import dev.rectifier.record.Settings;
import dev.rectifier.record.Verdict;
import dev.rectifier.study.Bench;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Overrides;
import dev.rectifier.study.PartOfStudy;
import dev.rectifier.study.RunResult;
import dev.rectifier.study.Scale;
import dev.rectifier.study.Study;
import dev.rectifier.study.StudyReport;
import dev.rectifier.study.images.DataHome;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The runs on images, and that runs which build on others find them, or say what is missing. */
class ImagesTest {
    private static final Settings SHORT =
            Settings.empty().with("teacher.epochs", 1).with("images.train", 32).with("images.test", 8);

    @TempDir
    private Path folder;

    private final Study study = LuckMatters.study();
    private final Study images = new PartOfStudy(study, ImagePlans.PREFIX + "*", "");

    private List<RunSpec> shortened(String names) {
        return Overrides.apply(new PartOfStudy(study, names, "").plan(Scale.SMOKE), SHORT);
    }

    @Test
    void claimsStandAtTheSmokeScaleAndFallWithoutLearning() {
        try (Bench bench = new Bench(folder)) {
            StudyReport report = bench.run(images, Scale.SMOKE, images.plan(Scale.SMOKE));
            assertThat(report.results()).allMatch(result -> result.kind() == RunResult.Kind.COMPLETED);
            assertThat(report.failedReplicas()).isZero();
            assertThat(report.verdicts().failures()).isEmpty();
            assertThat(report.verdicts().verdicts())
                    .extracting(verdict -> verdict.claim().id())
                    .containsExactly("LM-10.loss", "LM-11.size");
            Settings idle = Settings.empty().with("rates.values", Setting.reals(List.of(0.0)));
            StudyReport still = bench.run(images, Scale.SMOKE, Overrides.apply(images.plan(Scale.SMOKE), idle));
            assertThat(still.verdicts().failures())
                    .extracting(verdict -> verdict.claim().id())
                    .containsExactly("LM-10.loss");
            assertThat(still.results().get(0).kind()).isEqualTo(RunResult.Kind.SKIPPED); // the same teachers
        }
    }

    @Test
    void studentsWithoutTheirTeachersAreRefusedBeforeAnythingIsWritten() {
        List<RunSpec> plan = shortened("images-x2");
        try (Bench bench = new Bench(folder.resolve("runs"))) {
            assertThatThrownBy(() -> bench.run(study, Scale.SMOKE, plan.subList(1, 2)))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("images-x2 builds on run images-teachers")
                    .hasMessageContaining("neither done");
            assertThat(folder.resolve("runs")).doesNotExist();
        }
    }

    /** Chunks of one replica and stops anywhere leave the bits of one piece: of teachers, students and parts of students. */
    @Test
    void runsThatBuildOnOthersHaveTheSameBitsHoweverTheyAreCut() throws IOException {
        List<RunSpec> plan = shortened("images-winners-at-1");
        assertThat(plan)
                .extracting(RunSpec::name)
                .containsExactly("images-teachers", "images-x2", "images-winners-at-1");
        Map<String, String> whole;
        try (Bench bench = new Bench(folder.resolve("whole"))) {
            whole = csv(bench.run(study, Scale.SMOKE, plan));
        }
        try (Bench torn = new Bench(folder.resolve("torn"))) {
            StudyReport report;
            int stops = -1;
            do {
                stops++;
                AtomicInteger asked = new AtomicInteger();
                report = torn.run(study, Scale.SMOKE, plan, 1, () -> asked.incrementAndGet() > 2);
            } while (report.isInterrupted());
            assertThat(stops).isGreaterThan(3);
            assertThat(csv(report)).isEqualTo(whole);
        }
    }

    private static Map<String, String> csv(StudyReport report) throws IOException {
        Map<String, String> tables = new LinkedHashMap<>();
        for (RunResult result : report.results()) {
            StringBuilder csv = new StringBuilder();
            MetricTable.read(result.folder()).writeCsv(csv);
            tables.put(result.spec().name(), csv.toString());
        }
        return tables;
    }

    @Test
    void keptWeightsThatAreGoneAreNamed() throws IOException {
        List<RunSpec> plan = shortened("images-x2");
        try (Bench bench = new Bench(folder)) {
            Path teachers = bench.run(study, Scale.SMOKE, plan.subList(0, 1))
                    .results()
                    .get(0)
                    .folder();
            Path kept = teachers.resolve("kept");
            try (var files = Files.list(kept)) {
                Files.delete(files.findFirst().orElseThrow());
            }
            RunResult failed = bench.run(study, Scale.SMOKE, plan).results().get(1);
            assertThat(failed.kind()).isEqualTo(RunResult.Kind.FAILED);
            assertThat(failed.message()).contains("0 of 2 replicas").contains(teachers.toString());
        }
    }

    @Test
    void resetsToAnEpochThatIsNotKeptAreRefused() {
        List<RunSpec> plan = Overrides.apply(
                new PartOfStudy(study, "images-random-at-1", "").plan(Scale.SMOKE),
                Settings.empty().with("reset.epoch", 2));
        assertThatThrownBy(() -> study.experiment(plan.get(2)).check())
                .hasMessageContaining("reset.epoch is 2")
                .hasMessageContaining("[1]");
    }

    @Test
    void missingImagesAreNamed() {
        Study elsewhere = LuckMatters.study(new DataHome(List.of(folder.resolve("none"))));
        RunSpec spec =
                new PartOfStudy(elsewhere, "images-x2", "").plan(Scale.SMALL).get(1);
        assertThatThrownBy(() -> elsewhere.experiment(spec).check()).hasMessageContaining("RECTIFIER_DATA");
    }

    @Test
    void everyScaleDecidesItsClaimsFromItsRuns() {
        for (Scale scale : Scale.values()) {
            List<Verdict> verdicts =
                    study.analyse(scale, new Evidence(Map.of())).verdicts();
            assertThat(verdicts).hasSameSizeAs(study.claims(scale)).noneMatch(Verdict::pass);
        }
    }

    @Test
    void partsOfAStudyHaveTheRunsThatTheirsBuildOn() {
        assertThat(new PartOfStudy(study, "images-x1*, images-fresh", "").plan(Scale.FULL))
                .extracting(RunSpec::name)
                .containsExactly("images-teachers", "images-x5", "images-fresh", "images-x1", "images-x10");
        assertThat(new PartOfStudy(study, "images-*", "images-still, images-x5").plan(Scale.FULL))
                .extracting(RunSpec::name)
                .containsExactly("images-teachers", "images-x5-plain", "images-x1", "images-x2", "images-x10");
        assertThat(new PartOfStudy(study, "*", "images-*").plan(Scale.SMOKE))
                .isNotEmpty()
                .noneMatch(spec -> spec.name().startsWith("images"));
        assertThatThrownBy(() -> new PartOfStudy(study, "image", "").plan(Scale.SMOKE))
                .hasMessageContaining("images-teachers");
    }
}
