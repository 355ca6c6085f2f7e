package dev.rectifier.cli;

import dev.rectifier.engine.Bytes;
import dev.rectifier.engine.Engine;
import dev.rectifier.record.RunSpec;
import dev.rectifier.study.Ensemble;
import dev.rectifier.study.EnsemblePlan;
import dev.rectifier.study.EnsembleTrial;
import dev.rectifier.study.Experiment;
import dev.rectifier.train.MemoryPlan;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.Collectors;

/** Prints what runs would take on an engine: bytes, chunks, the way of training, time. Writes nothing. */
final class PlanReport {
    private static final String EMULATED = "emulated"; // its time says nothing of a device

    private final Console console;
    private final Engine engine;
    private final OptionalInt chunk;

    /** {@code chunk}: how many replicas are trained together, where that is asked for. */
    PlanReport(Console console, Engine engine, OptionalInt chunk) {
        this.console = console;
        this.engine = engine;
        this.chunk = chunk;
    }

    /** Returns good, or that a run does not fit. */
    ExitCode print(StudySession.Assignment assignment) {
        ExitCode code = ExitCode.GOOD;
        for (RunSpec spec : assignment.plan()) {
            Experiment experiment = assignment.study().experiment(spec);
            experiment.check();
            Optional<Ensemble> ensemble = experiment.ensemble();
            if (ensemble.isEmpty()) {
                console.result("run " + spec.name() + ": trains no ensemble, so there is nothing to plan");
            } else if (!print(spec, ensemble.get())) {
                code = ExitCode.OUT_OF_MEMORY;
            }
        }
        return code;
    }

    private boolean print(RunSpec spec, Ensemble ensemble) {
        EnsemblePlan plan = EnsemblePlan.of(engine, ensemble, chunk);
        MemoryPlan memory = plan.memory();
        int together = plan.fits() ? plan.chunk() : memory.replicas();
        console.result("run " + spec.name() + ": " + shape(spec, plan));
        rows(memory, together).forEach(console::result);
        rows(plan.ring(), together).forEach(console::result);
        line(
                "total",
                Bytes.words(memory.bytes(together) + plan.ring().bytes()) + " for " + together + " replicas: "
                        + Bytes.words(memory.perReplica()) + " each, " + Bytes.words(memory.shared()) + " shared"
                        + ring(plan.ring()));
        line("memory", plan.device().toString());
        if (!plan.host().items().isEmpty()) {
            rows(plan.host(), together).forEach(console::result);
            line("host", Bytes.words(plan.host().bytes(together)) + " of this machine's own memory beside that");
        }
        if (!plan.fits()) {
            line("refused", plan.refusal());
            return false;
        }
        line("chunks", chunks(plan));
        conclude(ensemble, plan);
        return true;
    }

    private static String shape(RunSpec spec, EnsemblePlan plan) {
        String batch = spec.settings()
                .get("batch")
                .map(setting -> ", batch " + setting.canonical())
                .orElse("");
        return plan.student().words() + ", R = " + plan.memory().replicas() + batch;
    }

    private static String ring(MemoryPlan ring) {
        return ring.bytes() == 0 ? "" : ", " + Bytes.words(ring.bytes()) + " of what is left for a ring of probes";
    }

    /** A line per owner and name; buffers of one name add up. */
    private static List<String> rows(MemoryPlan memory, int replicas) {
        Map<String, List<MemoryPlan.Item>> named = new LinkedHashMap<>();
        memory.items()
                .forEach(item -> named.computeIfAbsent(item.owner() + ": " + item.name(), key -> new ArrayList<>())
                        .add(item));
        List<String> rows = new ArrayList<>();
        named.forEach((name, items) -> {
            long bytes = items.stream().mapToLong(item -> item.bytes(replicas)).sum();
            String axes = items.stream().map(MemoryPlan.Item::axes).distinct().collect(Collectors.joining(" "));
            rows.add(String.format(Locale.ROOT, "  %-40s %10s  %s", name, Bytes.words(bytes), axes));
        });
        return rows;
    }

    private static String chunks(EnsemblePlan plan) {
        String cut = plan.chunks() == 1
                ? "none, all replicas together"
                : plan.chunks() + " of up to " + plan.chunk() + " replicas, one after another";
        return plan.device().isKnown()
                ? cut + "; the largest R that fits is "
                        + Math.min(
                                plan.memory().largest(plan.device()),
                                plan.memory().largestHeld())
                : cut;
    }

    private void conclude(Ensemble ensemble, EnsemblePlan plan) {
        if (engine.info().name().equals(EMULATED)) {
            EnsembleTrial trial = EnsembleTrial.untimed(engine, ensemble, plan);
            line("training", trial.way() + "; " + trial.steps() + " steps");
            line("time", "not predicted: an emulated device says nothing of a real one");
            return;
        }
        EnsembleTrial trial = EnsembleTrial.timed(engine, ensemble, plan, System::nanoTime);
        line("training", trial.way() + "; " + trial.steps() + " steps");
        line(
                "time",
                "about " + words(trial.seconds()) + ", from " + trial.timed()
                        + " of the first steps on this engine; probes and checkpoints not counted");
    }

    private static String words(double seconds) {
        return seconds < 1 ? "a second or less" : ProgressLine.words(Duration.ofMillis(Math.round(1000 * seconds)));
    }

    private void line(String what, String text) {
        console.result(String.format(Locale.ROOT, "  %-9s %s", what, text));
    }
}
