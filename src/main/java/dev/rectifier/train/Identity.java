package dev.rectifier.train;

import dev.rectifier.engine.EngineInfo;
import dev.rectifier.tensor.Digest;
import dev.rectifier.tensor.Philox;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What the numbers of a run depend on, as text; and how two of them differ. Settings must agree; circumstances (the device
 * and the libraries found on it) are what bits may depend on though results do not: a run goes on under others, and says so.
 */
final class Identity {
    private static final String CIRCUMSTANCE = "on.";

    private Identity() {}

    /** {@code way}: what of the way of training the numbers depend on. */
    static Map<String, String> of(EngineInfo engine, TrainTask task, Map<String, String> way) {
        Map<String, String> text = new LinkedHashMap<>();
        text.put("engine", engine.name());
        text.put("determinism", engine.options().determinism().toString());
        text.put("math mode", engine.options().mathMode().toString());
        text.put("stream version", Integer.toString(Philox.STREAM_VERSION));
        text.put("element type", task.initial().dtype().toString());
        text.put("replicas", Integer.toString(task.replicas()));
        text.put("student", task.student().toString());
        putTraining(text, task.spec());
        text.put("mask", task.mask().map(Digest::of).orElse("none"));
        putTargets(text, task.targets());
        task.noise().ifPresent(streams -> text.put("noise", streams.toString()));
        text.putAll(task.data().describe());
        text.putAll(way);
        text.put(CIRCUMSTANCE + "device", engine.device());
        new TreeMap<>(engine.versions()).forEach((name, version) -> text.put(CIRCUMSTANCE + name, version));
        return text;
    }

    private static void putTraining(Map<String, String> text, TrainSpec spec) {
        text.put("loss", spec.loss().toString());
        text.put("optimiser", spec.optimiser().rule().toString());
        spec.optimiser().hyper().forEach((name, values) -> text.put("optimiser." + name, values.toString()));
        text.put("schedule", spec.schedule().toString());
        text.put("steps", Long.toString(spec.steps()));
        text.put("constraints", spec.constraints().toString());
        text.put("stop rule", spec.stopRule().toString());
    }

    private static void putTargets(Map<String, String> text, Targets targets) {
        if (targets instanceof Targets.Teacher teacher) {
            text.put("teacher", teacher.spec().toString());
            text.put("teacher.parameters", Digest.of(teacher.parameters()));
            text.put("teacher.answer", teacher.answer().toString());
            teacher.state().ifPresent(state -> text.put("teacher.state", Digest.of(state)));
        } else {
            text.put("targets", targets.toString());
        }
    }

    /** One line per setting that differs; empty when none does. */
    static List<String> differences(Map<String, String> checkpoint, Map<String, String> run) {
        TreeSet<String> names = new TreeSet<>(checkpoint.keySet());
        names.addAll(run.keySet());
        List<String> lines = new ArrayList<>();
        for (String name : names) {
            String was = checkpoint.getOrDefault(name, "(absent)");
            String is = run.getOrDefault(name, "(absent)");
            if (!was.equals(is)) {
                lines.add(name + ": checkpoint " + was + ", this run " + is);
            }
        }
        return lines;
    }

    /** Returns the circumstances that differ. @throws CheckpointException if a setting does */
    static List<String> requireSame(Map<String, String> checkpoint, Map<String, String> run) {
        List<String> lines = new ArrayList<>(differences(checkpoint, run));
        List<String> circumstances =
                lines.stream().filter(line -> line.startsWith(CIRCUMSTANCE)).toList();
        lines.removeAll(circumstances);
        if (!lines.isEmpty()) {
            throw new CheckpointException(
                    "The checkpoint belongs to a run with other settings, so resuming would not continue it."
                            + " Restore these settings or start anew:\n  " + String.join("\n  ", lines));
        }
        return circumstances.stream()
                .map(line -> line.substring(CIRCUMSTANCE.length()))
                .toList();
    }
}
