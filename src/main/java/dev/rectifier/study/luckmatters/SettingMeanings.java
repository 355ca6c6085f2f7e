package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Field;
import dev.rectifier.record.Field.Limits;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Schema;
import dev.rectifier.record.Setting;
import dev.rectifier.study.images.StudyImages;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** What the settings of all runs of these studies mean and may be; one name means the same in every run. */
final class SettingMeanings {
    private static final Limits COUNT = Limits.range(1, 1_000_000);
    private static final Limits LONG_COUNT = Limits.range(1, 1e12);
    private static final Limits SPREAD = Limits.range(0, 1e30);
    private static final Limits RATE = Limits.range(1e-9, 1e3);

    private static final List<String> TEACHERS = List.of("separated", "separated-nine", "unseparated");

    private static final Map<String, Meaning> MEANINGS = new TreeMap<>(Map.ofEntries(
            Map.entry("activation", new Meaning(Limits.oneOf(List.of("relu", "identity")), "activation")),
            Map.entry("angles", new Meaning(Limits.range(0.001, 3.141), "angles at the start, in radians")),
            Map.entry("baselines", new Meaning(Limits.range(0, 1_000_000), "samples that ranks are taken at")),
            Map.entry("batch", new Meaning(COUNT, "examples in a step")),
            Map.entry("batches", new Meaning(LONG_COUNT, "minibatches")),
            Map.entry("bias", new Meaning(Limits.NONE, "whether teachers and students have biases")),
            Map.entry("biases", new Meaning(Limits.range(-5, 5), "teacher biases over the norm of the weights")),
            Map.entry("cells", new Meaning(Limits.range(0, 1), "chances of each cell, one per layer")),
            Map.entry("chunk", new Meaning(COUNT, "samples drawn at once")),
            Map.entry("chunks", new Meaning(LONG_COUNT, "chunks")),
            Map.entry("crop", new Meaning(Limits.range(0, 1024), "frame in pixels that windows are cut out of")),
            Map.entry("epochs", new Meaning(COUNT, "passes over the training images")),
            Map.entry("evaluation", new Meaning(Limits.range(2, 1_000_000), "examples that probes see")),
            Map.entry("examples", new Meaning(Limits.range(2, 100_000_000), "examples in the training set")),
            Map.entry("flip", new Meaning(Limits.NONE, "whether half of the windows are mirrored")),
            Map.entry("images.set", new Meaning(Limits.oneOf(StudyImages.names()), "set of images")),
            Map.entry("images.sum", new Meaning(Limits.NONE, "SHA-256 of the set's files")),
            Map.entry("images.test", new Meaning(COUNT, "images to judge by")),
            Map.entry("images.train", new Meaning(COUNT, "images to train on")),
            Map.entry("input.deviation", new Meaning(SPREAD, "standard deviation of the inputs")),
            Map.entry("input.redrawn", new Meaning(Limits.NONE, "whether every epoch has a training set of its own")),
            Map.entry("inputs", new Meaning(COUNT, "inputs of the networks")),
            Map.entry("kept", new Meaning(Limits.range(0, 1_000_000), "epochs whose weights are kept")),
            Map.entry("loss", new Meaning(Limits.oneOf(List.of("mean-squared", "cross-entropy")), "what is minimised")),
            Map.entry("networks", new Meaning(COUNT, "replicas")),
            Map.entry("outputs", new Meaning(COUNT, "outputs of the networks")),
            Map.entry("pairs", new Meaning(COUNT, "pairs of nodes")),
            Map.entry("paths", new Meaning(COUNT, "examples that E[H] is averaged over")),
            Map.entry("rate", new Meaning(RATE, "learning rate")),
            Map.entry("rates.at", new Meaning(Limits.range(0, 1_000_000), "epochs at which learning rates begin")),
            Map.entry("rates.values", new Meaning(Limits.range(0, 1e3), "learning rates")),
            Map.entry("replicas", new Meaning(COUNT, "replicas")),
            Map.entry("reset.epoch", new Meaning(Limits.range(0, 1_000_000), "epoch whose weights nodes are reset to")),
            Map.entry("reset.nodes", new Meaning(Limits.oneOf(ImagePlans.NODES), "which nodes are left")),
            Map.entry("reset.of", new Meaning(Limits.NONE, "run whose students are cut down")),
            Map.entry("sample", new Meaning(LONG_COUNT, "steps between samples")),
            Map.entry("samples", new Meaning(COUNT, "samples taken")),
            Map.entry("seed", new Meaning(Limits.NONE, "root of all random streams")),
            Map.entry("steps", new Meaning(LONG_COUNT, "training steps")),
            Map.entry("student.deviation", new Meaning(SPREAD, "standard deviation of the student's start")),
            Map.entry("student.hidden", new Meaning(COUNT, "hidden nodes of the student")),
            Map.entry("student.multiple", new Meaning(Limits.range(1, 10_000), "student's width over the teacher's")),
            Map.entry("student.norm", new Meaning(Limits.NONE, "whether students have BatchNorm")),
            Map.entry("student.start", new Meaning(Limits.oneOf(List.of("default", "same-sign")), "student's start")),
            Map.entry("student.unit-rows", new Meaning(Limits.NONE, "whether hidden rows keep norm 1")),
            Map.entry("teacher.batch", new Meaning(COUNT, "images in a step of a teacher")),
            Map.entry("teacher.bias", new Meaning(Limits.range(-1e6, 1e6), "threshold of the teacher's nodes")),
            Map.entry("teacher.channels", new Meaning(COUNT, "channels of the teacher's convolutions")),
            Map.entry("teacher.epochs", new Meaning(COUNT, "passes of a teacher over the training images")),
            Map.entry("teacher.hidden", new Meaning(COUNT, "hidden nodes of the teacher")),
            Map.entry("teacher.init", new Meaning(Limits.oneOf(TEACHERS), "how teachers are drawn")),
            Map.entry("teacher.l2", new Meaning(Limits.range(0, 1), "L2 penalty on a teacher's parameters")),
            Map.entry("teacher.momentum", new Meaning(Limits.range(0, 1), "momentum of a teacher's updates")),
            Map.entry("teacher.rate", new Meaning(RATE, "a teacher's learning rate at the start")),
            Map.entry("teachers", new Meaning(COUNT, "teachers")),
            Map.entry("trials", new Meaning(COUNT, "students of each teacher"))));

    private SettingMeanings() {}

    private record Meaning(Limits limits, String help) {}

    /** The settings of a planned run, its values as defaults. */
    static Schema schema(RunSpec planned) {
        Schema schema = Schema.empty();
        for (Map.Entry<String, Setting> entry : planned.settings().values().entrySet()) {
            schema = schema.with(field(entry.getKey(), entry.getValue()));
        }
        return schema;
    }

    private static Field field(String path, Setting planned) {
        Meaning meaning = MEANINGS.get(path);
        if (meaning == null) {
            throw new IllegalStateException("The setting '" + path + "' has no entry in SettingMeanings. Add one.");
        }
        return new Field(path, Field.Kind.of(planned), planned, meaning.limits(), meaning.help());
    }
}
