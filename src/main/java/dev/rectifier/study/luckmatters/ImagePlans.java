package dev.rectifier.study.luckmatters;

import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Setting;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Scale;
import dev.rectifier.study.images.StudyImages;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Which runs LM-10 and LM-11 make on images: teachers, students of several widths with and without BatchNorm, students that are
 * not trained, and parts of students, reset and trained again.
 *
 * <p>A run that builds on another has all settings of the other besides its own, so the other's spec can be told from it, and a
 * setting that is changed for all runs is changed for both.
 */
final class ImagePlans {
    static final String PREFIX = "images-";
    /** The run that trains the teachers. */
    static final String TEACHERS = PREFIX + "teachers";
    /** Students twice as wide that are not trained. */
    static final String STILL = PREFIX + "still";

    private static final String PLAIN = "-plain";
    private static final String RESET = "reset.";

    /** Which nodes of a student are left: those that win a teacher node, as many at random, or as many drawn anew. */
    static final List<String> NODES = List.of("winners", "random", "fresh");

    private ImagePlans() {}

    static List<RunSpec> plan(String study, Scale scale) {
        List<RunSpec> plan = new ArrayList<>();
        long judged = judged(scale);
        plan.add(spec(study, TEACHERS, scale, teachers(scale)));
        plan.add(spec(study, width(judged), scale, student(scale, judged, true)));
        if (scale != Scale.SMOKE) {
            plan.add(spec(study, STILL, scale, still(student(scale, judged, true))));
        }
        plan.add(spec(study, plain(scale), scale, student(scale, judged, false)));
        for (long epoch : kept(scale)) {
            plan.add(reset(study, scale, "winners", epoch));
            plan.add(reset(study, scale, "random", epoch));
        }
        plan.add(reset(study, scale, "fresh", kept(scale).get(0)));
        widths(scale).stream()
                .filter(multiple -> multiple != judged)
                .forEach(multiple -> plan.add(spec(study, width(multiple), scale, student(scale, multiple, true))));
        return List.copyOf(plan);
    }

    private static Settings still(Settings student) {
        return student.with("rates.values", Setting.reals(List.of(0.0)))
                .with("rates.at", Setting.wholes(List.of(0L)))
                .with("epochs", 1)
                .with("baselines", Setting.wholes(List.of()))
                .with("kept", Setting.wholes(List.of()));
    }

    private static RunSpec spec(String study, String name, Scale scale, Settings settings) {
        return new RunSpec(study, name, scale.word(), settings);
    }

    /** Widths of students, as multiples of the teacher's. */
    static List<Long> widths(Scale scale) {
        return scale == Scale.SMOKE ? List.of(2L) : List.of(1L, 2L, 5L, 10L);
    }

    /** The width that claims are about. */
    static long judged(Scale scale) {
        return scale == Scale.FULL ? 5 : 2;
    }

    /** The run of students of that width. */
    static String width(long multiple) {
        return PREFIX + "x" + multiple;
    }

    /** Students as those that claims are about, without BatchNorm. */
    static String plain(Scale scale) {
        return width(judged(scale)) + PLAIN;
    }

    /** The run that trains those nodes again. */
    static String reset(String nodes, long epoch) {
        return nodes.equals("fresh") ? PREFIX + nodes : PREFIX + nodes + "-at-" + epoch;
    }

    /** All runs that train parts of students. */
    static List<String> resets(Scale scale) {
        List<String> names = new ArrayList<>();
        for (long epoch : kept(scale)) {
            names.add(reset("winners", epoch));
            names.add(reset("random", epoch));
        }
        names.add(reset("fresh", 0));
        return List.copyOf(names);
    }

    /** Epochs that parts of students are reset to. */
    private static List<Long> kept(Scale scale) {
        return switch (scale) {
            case SMOKE -> List.of(1L);
            case SMALL -> List.of(0L, 1L);
            case FULL -> List.of(0L, 1L, 2L, 5L);
        };
    }

    private static RunSpec reset(String study, Scale scale, String nodes, long epoch) {
        Settings settings = student(scale, judged(scale), true)
                .with(RESET + "of", width(judged(scale)))
                .with(RESET + "nodes", nodes)
                .with(RESET + "epoch", epoch);
        return spec(study, reset(nodes, epoch), scale, settings);
    }

    private static Settings teachers(Scale scale) {
        Settings recipe = Settings.empty()
                .with("teacher.rate", 0.01)
                .with("teacher.momentum", 0.9)
                .with("teacher.l2", 5e-4)
                .with("crop", 4)
                .with("flip", true)
                .with("seed", 24);
        return switch (scale) {
            case SMOKE -> trained(recipe, 2, 4, 2).with("teacher.batch", 16).over(images(StudyImages.SHAPES, 96, 32));
            case SMALL ->
                trained(recipe, 5, 8, 10).with("teacher.batch", 64).over(images("cifar10-subset", 2_500, 500));
            case FULL ->
                trained(recipe, 5, 64, 200).with("teacher.batch", 128).over(images("cifar-10", 50_000, 10_000));
        };
    }

    private static Settings images(String set, long train, long test) {
        return StudyImages.settings(set, train, test);
    }

    private static Settings trained(Settings recipe, long teachers, long channels, long epochs) {
        return recipe.with("teachers", teachers)
                .with("teacher.channels", Setting.wholes(List.of(channels, channels, channels, channels)))
                .with("teacher.epochs", epochs);
    }

    private static Settings student(Scale scale, long multiple, boolean norm) {
        Settings wide = teachers(scale)
                .with("student.multiple", multiple)
                .with("student.norm", norm)
                .with("kept", Setting.wholes(multiple == judged(scale) ? kept(scale) : List.of()));
        return switch (scale) {
            case SMOKE ->
                wide.with("replicas", 2)
                        .with("epochs", 2)
                        .with("batch", 16)
                        .with("baselines", Setting.wholes(List.of(0L, 1L)))
                        .over(rates(Map.of(0L, 0.03)));
            case SMALL ->
                wide.with("replicas", multiple < 5 ? 5 : 1)
                        .with("epochs", multiple < 10 ? 3 : 1)
                        .with("batch", 32)
                        .with("baselines", Setting.wholes(List.of(0L, 1L, 2L)))
                        .over(rates(Map.of(0L, 0.002)));
            case FULL ->
                wide.with("replicas", multiple < 10 ? 5 : 2)
                        .with("epochs", 100)
                        .with("batch", 64)
                        .with("baselines", Setting.wholes(List.of(0L, 1L, 4L)))
                        .over(rates(Map.of(0L, 0.001, 5L, 0.002, 10L, 0.005, 30L, 0.01, 70L, 0.001)));
        };
    }

    /** Rates by the epoch that they begin at. */
    private static Settings rates(Map<Long, Double> byEpoch) {
        List<Long> at = byEpoch.keySet().stream().sorted().toList();
        return Settings.empty()
                .with("rates.at", Setting.wholes(at))
                .with(
                        "rates.values",
                        Setting.reals(at.stream().map(byEpoch::get).toList()));
    }

    /** The run that trained the teachers of a run's students. */
    static RunSpec teachersOf(RunSpec spec) {
        Settings needed = Settings.empty();
        for (Map.Entry<String, Setting> entry : spec.settings().values().entrySet()) {
            if (teachers(Scale.of(spec.scale())).get(entry.getKey()).isPresent()) {
                needed = needed.with(entry.getKey(), entry.getValue());
            }
        }
        return new RunSpec(spec.study(), TEACHERS, spec.scale(), needed);
    }

    /** The run whose students a run cuts down. */
    static RunSpec studentsOf(RunSpec spec) {
        Settings needed = Settings.empty();
        for (Map.Entry<String, Setting> entry : spec.settings().values().entrySet()) {
            if (!entry.getKey().startsWith(RESET)) {
                needed = needed.with(entry.getKey(), entry.getValue());
            }
        }
        return new RunSpec(spec.study(), spec.settings().text(RESET + "of"), spec.scale(), needed);
    }
}
