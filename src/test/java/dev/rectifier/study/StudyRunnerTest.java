package dev.rectifier.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.MathMode;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import dev.rectifier.record.MetricTable;
import dev.rectifier.record.RunListing;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.RunState;
import dev.rectifier.record.RunStore;
import dev.rectifier.record.Settings;
import dev.rectifier.study.luckmatters.LuckMatters;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

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

    @ParameterizedTest
    @ValueSource(strings = {"two-layer-x2", "matrix-x2"})
    void anInterruptedRunContinuesToTheSameNumbers(String name) {
        List<RunSpec> plan = named(name);
        try (Bench whole = new Bench(folder.resolve("whole"));
                Bench torn = new Bench(folder.resolve("torn"))) {
            StudyReport uninterrupted = whole.run(study, Scale.SMOKE, plan);
            for (int part = 0; part < 2; part++) {
                AtomicInteger asked = new AtomicInteger();
                StudyReport stopped = torn.run(study, Scale.SMOKE, plan, () -> asked.incrementAndGet() > 2);
                assertThat(stopped.isInterrupted()).isTrue();
                assertThat(stopped.verdicts().verdicts()).isEmpty();
            }
            StudyReport resumed = torn.run(study, Scale.SMOKE, plan);
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
    void aLostDeviceEndsTheStudyAndTheRunGoesOnLater() {
        try (Bench whole = new Bench(folder.resolve("whole"));
                Bench torn = new Bench(folder.resolve("torn"))) {
            StudyReport uninterrupted = whole.run(study, Scale.SMOKE, twoLayer());
            AtomicInteger asked = new AtomicInteger();
            torn.run(study, Scale.SMOKE, twoLayer(), () -> asked.incrementAndGet() > 2);
            Engine lost = throwing(torn.engine(), new OutOfDeviceMemoryException("all 80 GiB are taken"));
            assertThatThrownBy(() -> torn.run(lost, study, Scale.SMOKE, twoLayer(), () -> false))
                    .isInstanceOf(OutOfDeviceMemoryException.class);
            RunListing left = RunStore.at(folder.resolve("torn")).list().get(0);
            assertThat(left.state()).isEqualTo(RunState.INTERRUPTED);
            assertThat(left.path().resolve("log.txt")).content().contains("all 80 GiB are taken");
            assertThat(csv(torn.run(study, Scale.SMOKE, twoLayer()))).isEqualTo(csv(uninterrupted));
        }
    }

    @Test
    void anotherEnginesFinishedRunIsCalledSo() {
        try (Bench cpu = new Bench(folder);
                Bench cuda = new Bench(folder, "cuda")) {
            cpu.run(study, Scale.SMOKE, twoLayer());
            assertThat(cpu.run(study, Scale.SMOKE, twoLayer()).results())
                    .extracting(RunResult::message)
                    .containsOnly("");
            assertThat(cuda.run(study, Scale.SMOKE, twoLayer()).results().get(0).message())
                    .contains("by engine cpu on ", "not by cuda", "--out");
        }
    }

    @Test
    void anotherEnginesInterruptedRunIsRefusedUntouched() throws IOException {
        try (Bench cpu = new Bench(folder);
                Bench cuda = new Bench(folder, "cuda")) {
            AtomicInteger asked = new AtomicInteger();
            cpu.run(study, Scale.SMOKE, twoLayer(), () -> asked.incrementAndGet() > 2);
            RunListing left = RunStore.at(folder).list().get(0);
            String before = Files.readString(left.path().resolve("manifest.json"));
            assertThatThrownBy(() -> cuda.run(study, Scale.SMOKE, twoLayer()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("begun by engine cpu", "engine cuda");
            assertThat(left.path().resolve("manifest.json")).hasContent(before);
            assertThat(RunStore.at(folder).list().get(0).state()).isEqualTo(RunState.INTERRUPTED);
        }
    }

    @Test
    void aRunInterruptedInAnotherArithmeticIsRefusedUntouched() throws IOException {
        EngineOptions split = EngineOptions.defaults().withMathMode(MathMode.TF32X3);
        try (Bench bench = new Bench(folder);
                Engine other = Engines.open("cpu", split).engine()) {
            AtomicInteger asked = new AtomicInteger();
            bench.run(study, Scale.SMOKE, twoLayer(), () -> asked.incrementAndGet() > 2);
            RunListing left = RunStore.at(folder).list().get(0);
            String before = Files.readString(left.path().resolve("manifest.json"));
            assertThatThrownBy(() -> bench.run(other, study, Scale.SMOKE, twoLayer(), () -> false))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContainingAll("products in IEEE", "cannot go on in TF32X3. Give --math ieee");
            assertThat(left.path().resolve("manifest.json")).hasContent(before);
        }
    }

    @Test
    void settingsThatDoNotGoTogetherAreRefusedBeforeTheFirstFolder() {
        List<RunSpec> plan = Overrides.apply(study, twoLayer(), List.of("cells=1,0.5,0"));
        try (Bench bench = new Bench(folder)) {
            assertThatThrownBy(() -> bench.run(study, Scale.SMOKE, plan))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("cells");
            assertThat(folder).isEmptyDirectory();
        }
    }

    private static Engine throwing(Engine engine, RuntimeException failure) {
        return (Engine) Proxy.newProxyInstance(
                Engine.class.getClassLoader(), new Class<?>[] {Engine.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("openArena")) {
                        throw failure;
                    }
                    return method.invoke(engine, arguments);
                });
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
        return named("two-layer-x2");
    }

    private List<RunSpec> named(String name) {
        List<RunSpec> plan = study.plan(Scale.SMOKE).stream()
                .filter(spec -> spec.name().equals(name))
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
