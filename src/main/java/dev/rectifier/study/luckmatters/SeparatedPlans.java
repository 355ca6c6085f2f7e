package dev.rectifier.study.luckmatters;

import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Setting;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Scale;
import java.util.ArrayList;
import java.util.List;

/**
 * Which students are moved by the paper's matrix dynamics: those of LM-4, its two variants (the run of the authors' README,
 * where noise has deviation 0.1, and teachers with a bias), and three-layer students of teachers 15-25 (LM-5).
 */
final class SeparatedPlans {
    static final String PREFIX = "matrix-";
    static final String README = PREFIX + "readme";
    static final String BIAS = PREFIX + "bias";
    private static final String THREE_LAYERS = PREFIX + "deep-x";

    private static final List<Double> ONE = List.of(1.0, 1.0);
    private static final List<Double> THREE = List.of(1.0, 1.0, 1.0, 0.3, 1.0, 0.0);
    private static final List<Double> FOUR = List.of(1.0, 1.0, 1.0, 0.3, 1.0, 0.0, 0.3, 1.0);
    private static final List<Double> DEEP_ONE = List.of(1.0, 1.0, 1.0);
    private static final List<Double> DEEP_THREE = List.of(1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0);
    private static final List<Double> DEEP_FOUR = List.of(1.0, 1.0, 1.0, 1.0, 1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 0.3, 0.0);

    private final String study;
    private final Scale scale;
    private final List<RunSpec> plan = new ArrayList<>();

    private SeparatedPlans(String study, Scale scale) {
        this.study = study;
        this.scale = scale;
    }

    static List<RunSpec> plan(String study, Scale scale) {
        SeparatedPlans plans = new SeparatedPlans(study, scale);
        switch (scale) {
            case SMOKE -> {
                plans.widths(ONE, 2, 2_000);
                plans.threeLayers(DEEP_ONE, 2, 500);
            }
            case SMALL -> {
                plans.widths(THREE, 3, 8_000);
                plans.variants(3, 8_000);
                plans.threeLayers(DEEP_THREE, 4, 8_000);
            }
            case FULL -> {
                plans.widths(FOUR, 32, 20_000);
                plans.variants(32, 20_000);
                plans.threeLayers(DEEP_FOUR, 32, 20_000);
            }
        }
        return List.copyOf(plans.plan);
    }

    /** Widths of two-layer students as multiples of the teacher's. */
    static List<Long> multiples(Scale scale) {
        return switch (scale) {
            case SMOKE -> List.of(2L);
            case SMALL -> List.of(2L, 5L);
            case FULL -> List.of(2L, 5L, 10L);
        };
    }

    /** Widths of three-layer students. */
    static List<Long> deepMultiples(Scale scale) {
        return scale == Scale.FULL ? List.of(2L, 5L, 10L) : List.of(2L);
    }

    static String name(long multiple) {
        return PREFIX + "x" + multiple;
    }

    static String deepName(long multiple) {
        return THREE_LAYERS + multiple;
    }

    private void widths(List<Double> cells, long teachers, long steps) {
        for (long multiple : multiples(scale)) {
            add(name(multiple), run(List.of(20L), multiple, cells).over(length(teachers, steps)));
        }
    }

    /** The README's run always has its 20,000 steps. */
    private void variants(long teachers, long steps) {
        Settings one = run(List.of(20L), 2, ONE);
        add(README, one.with("student.deviation", 0.1).over(length(teachers, 20_000)));
        add(BIAS, one.with("teacher.bias", 0.1).over(length(teachers, steps)));
    }

    private void threeLayers(List<Double> cells, long teachers, long steps) {
        for (long multiple : deepMultiples(scale)) {
            add(deepName(multiple), run(List.of(15L, 25L), multiple, cells).over(length(teachers, steps)));
        }
    }

    private void add(String name, Settings settings) {
        plan.add(new RunSpec(study, name, scale.word(), settings));
    }

    private static Settings run(List<Long> hidden, long multiple, List<Double> cells) {
        return Settings.empty()
                .with("inputs", 10)
                .with("teacher.hidden", Setting.wholes(hidden))
                .with("student.multiple", multiple)
                .with("outputs", 30)
                .with("teacher.bias", 0.0)
                .with("activation", "relu")
                .with("cells", Setting.reals(cells))
                .with("batch", 64)
                .with("rate", 0.05)
                .with("evaluation", 1_024)
                .with("seed", 24);
    }

    private static Settings length(long teachers, long steps) {
        return Settings.empty()
                .with("teachers", teachers)
                .with("steps", steps)
                .with("sample", Math.min(500, steps / 4));
    }
}
