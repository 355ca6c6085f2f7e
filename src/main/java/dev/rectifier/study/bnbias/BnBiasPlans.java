package dev.rectifier.study.bnbias;

import dev.rectifier.record.Field;
import dev.rectifier.record.Field.Limits;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Schema;
import dev.rectifier.record.Setting;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Scale;
import dev.rectifier.study.images.StudyImages;
import java.util.List;
import java.util.Map;

/** Which networks are trained at which scale, and what their settings mean. */
final class BnBiasPlans {
    /** The network that every scale has. */
    static final String MAIN = "vgg11";
    /** The same without ReLU. */
    static final String CONTROL = "vgg11-linear";

    private static final String DEEPEST = "vgg19";
    private static final Limits COUNT = Limits.range(1, 1_000_000);

    private record Meaning(Limits limits, String help) {}

    private static final Map<String, Meaning> MEANINGS = Map.ofEntries(
            Map.entry("batch", new Meaning(COUNT, "images in a step")),
            Map.entry("crop", new Meaning(Limits.range(0, 1024), "frame in pixels that windows are cut out of")),
            Map.entry("epochs", new Meaning(COUNT, "passes over the training images")),
            Map.entry("flip", new Meaning(Limits.NONE, "whether half of the windows are mirrored")),
            Map.entry("images.set", new Meaning(Limits.oneOf(StudyImages.names()), "set of images")),
            Map.entry("images.sum", new Meaning(Limits.NONE, "SHA-256 of the set's files")),
            Map.entry("images.test", new Meaning(COUNT, "images to judge by")),
            Map.entry("images.train", new Meaning(COUNT, "images to train on")),
            Map.entry("l2", new Meaning(Limits.range(0, 1), "L2 penalty on all parameters")),
            Map.entry("momentum", new Meaning(Limits.range(0, 1), "momentum of the updates")),
            Map.entry("network.depth", new Meaning(Limits.range(11, 19), "which VGG: 11, 13, 16 or 19")),
            Map.entry("network.relu", new Meaning(Limits.NONE, "with ReLU and maxima, or linear with means")),
            Map.entry("network.width", new Meaning(COUNT, "channels of the first layer, 64 in VGG")),
            Map.entry("rate", new Meaning(Limits.range(0, 1e3), "learning rate at the start")),
            Map.entry("replicas", new Meaning(COUNT, "networks")),
            Map.entry("sample", new Meaning(COUNT, "epochs between samples")),
            Map.entry("seed", new Meaning(Limits.NONE, "root of all random streams")));

    private BnBiasPlans() {}

    static List<RunSpec> plan(Scale scale) {
        return switch (scale) {
            case SMOKE ->
                List.of(
                        spec(scale, MAIN, net(11, 4).over(shapes()).over(span(2, 4, 2)), true),
                        spec(scale, CONTROL, net(11, 4).over(shapes()).over(span(1, 2, 2)), false));
            case SMALL ->
                List.of(
                        spec(scale, MAIN, net(11, 16).over(subset()).over(span(3, 30, 5)), true),
                        spec(scale, CONTROL, net(11, 16).over(subset()).over(span(1, 10, 5)), false));
            case FULL ->
                List.of(
                        spec(scale, MAIN, net(11, 64).over(cifar()).over(span(8, 200, 10)), true),
                        spec(scale, DEEPEST, net(19, 64).over(cifar()).over(span(8, 200, 10)), true),
                        spec(scale, CONTROL, net(11, 64).over(cifar()).over(span(1, 20, 5)), false));
        };
    }

    /** The runs that claims are about, the control left out. */
    static List<RunSpec> judged(Scale scale) {
        return plan(scale).stream()
                .filter(spec -> spec.settings().flag("network.relu"))
                .toList();
    }

    /** A run of the plan. */
    static RunSpec named(Scale scale, String name) {
        return plan(scale).stream()
                .filter(spec -> spec.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    private static RunSpec spec(Scale scale, String name, Settings settings, boolean relu) {
        return new RunSpec(BnBias.ID, name, scale.word(), settings.with("network.relu", relu));
    }

    private static Settings net(long depth, long width) {
        return Settings.empty()
                .with("network.depth", depth)
                .with("network.width", width)
                .with("rate", 0.1)
                .with("momentum", 0.9)
                .with("l2", 5e-4)
                .with("crop", 4)
                .with("flip", true)
                .with("seed", 24);
    }

    private static Settings shapes() {
        return StudyImages.settings(StudyImages.SHAPES, 320, 100).with("batch", 32);
    }

    private static Settings subset() {
        return StudyImages.settings("cifar10-subset", 2_500, 500).with("batch", 128);
    }

    private static Settings cifar() {
        return StudyImages.settings("cifar-10", 50_000, 10_000).with("batch", 128);
    }

    private static Settings span(long replicas, long epochs, long sample) {
        return Settings.empty()
                .with("replicas", replicas)
                .with("epochs", epochs)
                .with("sample", sample);
    }

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
            throw new IllegalStateException("The setting '" + path + "' has no entry in BnBiasPlans. Add one.");
        }
        return new Field(path, Field.Kind.of(planned), planned, meaning.limits(), meaning.help());
    }
}
