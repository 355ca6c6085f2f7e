package dev.rectifier.study;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.record.MetricTable;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Setting;
import dev.rectifier.record.Settings;
import dev.rectifier.study.luckmatters.LuckMatters;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Ensembles trained chunk after chunk leave the numbers of ensembles trained in one piece. */
class ChunksTest {
    private static final Study STUDY = LuckMatters.study();

    @TempDir
    private Path folder;

    /** Runs that train an ensemble and build on no other, of every kind of experiment, loss, data and probe, made short. */
    static Stream<RunSpec> trainings() {
        Map<Object, RunSpec> kinds = new LinkedHashMap<>();
        STUDY.plan(Scale.SMOKE).stream()
                .filter(spec -> STUDY.experiment(spec).ensemble().isPresent())
                .filter(spec -> STUDY.experiment(spec).needs().isEmpty())
                .forEach(spec -> kinds.putIfAbsent(kind(spec), shortened(spec)));
        assertThat(kinds).hasSizeGreaterThan(7);
        return kinds.values().stream();
    }

    private static Object kind(RunSpec spec) {
        return List.of(
                STUDY.experiment(spec).getClass(),
                spec.settings().get("loss"),
                spec.settings().get("input.redrawn"),
                spec.settings().get("paths").isPresent());
    }

    private static RunSpec shortened(RunSpec spec) {
        Settings settings = spec.settings();
        Map<String, Setting> given = settings.values();
        if (given.containsKey("rate") && spec.name().equals("decay-training")) {
            settings = settings.with("rate", 0.5).with("sample", 10);
        }
        if (given.containsKey("steps")) {
            settings = settings.with("steps", 20).with("sample", 5);
        }
        if (given.containsKey("samples")) {
            settings = settings.with("sample", 8).with("samples", 3);
        }
        return new RunSpec(spec.study(), spec.name(), spec.scale(), settings);
    }

    private static String csv(StudyReport report) throws IOException {
        assertThat(report.results())
                .singleElement()
                .satisfies(result ->
                        assertThat(result.isDone()).as(result.message()).isTrue());
        StringBuilder csv = new StringBuilder();
        MetricTable.read(report.results().get(0).folder()).writeCsv(csv);
        return csv.toString();
    }

    @ParameterizedTest
    @MethodSource("trainings")
    void theBitsDoNotDependOnTheChunks(RunSpec spec) throws IOException {
        int replicas = STUDY.experiment(spec).ensemble().orElseThrow().replicas();
        String whole = chunked(spec, replicas);
        assertThat(whole).contains("replica,step,metric,value\n0,0,");
        assertThat(chunked(spec, 1)).isEqualTo(whole);
        assertThat(chunked(spec, 3)).isEqualTo(whole);
    }

    private String chunked(RunSpec spec, int size) throws IOException {
        try (Bench bench = new Bench(folder.resolve("chunks of " + size))) {
            return csv(bench.run(STUDY, List.of(spec), () -> false, size));
        }
    }

    @Test
    void aRunStoppedInAnyChunkContinuesToTheSameNumbers() throws IOException {
        RunSpec spec = trainings()
                .filter(s -> s.name().equals("two-layer-x2"))
                .findFirst()
                .orElseThrow();
        String whole = chunked(spec, 12);
        try (Bench torn = new Bench(folder.resolve("torn"))) {
            int parts = 0;
            while (true) {
                AtomicInteger asked = new AtomicInteger();
                StudyReport report = torn.run(STUDY, List.of(spec), () -> asked.incrementAndGet() > 2, 1 + parts % 3);
                if (!report.isInterrupted()) {
                    assertThat(csv(report)).isEqualTo(whole);
                    assertThat(report.results().get(0).replicas()).isEqualTo(12);
                    break;
                }
                parts++;
            }
            assertThat(parts).isGreaterThan(4);
            Path run = torn.run(STUDY, List.of(spec), () -> false, 1)
                    .results()
                    .get(0)
                    .folder();
            assertThat(Files.readAllLines(run.resolve("chunks.txt")))
                    .first()
                    .isEqualTo("replicas 0 to 0 of 12: done, 0 failed");
        }
    }
}
