package dev.rectifier.study.luckmatters;

import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Setting;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Scale;
import java.util.List;

/** Which two-layer runs are made; all are called {@code two-layer-x} and the width multiple. */
sealed interface TwoLayerPlans {
    /** What their names begin with. */
    String PREFIX = "two-layer-x";

    /** Widths of students as multiples of the teacher's. */
    List<Long> multiples(Scale scale);

    /** All other settings, without {@code student.multiple}. */
    Settings settings(Scale scale);

    /** Name of the run of one width. */
    static String name(long multiple) {
        return PREFIX + multiple;
    }

    /** The runs. */
    default List<RunSpec> plan(String study, Scale scale) {
        return multiples(scale).stream()
                .map(multiple -> new RunSpec(
                        study, name(multiple), scale.word(), settings(scale).with("student.multiple", multiple)))
                .toList();
    }

    private static Settings settings(long teacher, long outputs, long batch) {
        return Settings.empty()
                .with("inputs", 10)
                .with("teacher.hidden", teacher)
                .with("outputs", outputs)
                .with("teacher.bias", 0.0)
                .with("activation", "relu")
                .with("batch", batch)
                .with("rate", 0.05)
                .with("evaluation", 1_024)
                .with("seed", 24);
    }

    /** Chances of the cells as pairs p1, p2 behind one another, teachers per cell, steps, and steps between samples. */
    private static Settings with(Settings base, List<Double> cells, long teachers, long steps, long sample) {
        return base.with("cells", Setting.reals(cells))
                .with("teachers", teachers)
                .with("steps", steps)
                .with("sample", sample);
    }

    /** LM-4: 10 inputs, 20 teacher nodes, 30 outputs, batch 64, rate 0.05. */
    record Paper() implements TwoLayerPlans {
        private static final List<Double> THREE_CELLS = List.of(1.0, 1.0, 1.0, 0.3, 1.0, 0.0);
        private static final List<Double> FOUR_CELLS = List.of(1.0, 1.0, 1.0, 0.3, 1.0, 0.0, 0.3, 1.0);

        @Override
        public List<Long> multiples(Scale scale) {
            return switch (scale) {
                case SMOKE -> List.of(2L);
                case SMALL -> List.of(2L, 5L);
                case FULL -> List.of(2L, 5L, 10L);
            };
        }

        @Override
        public Settings settings(Scale scale) {
            Settings base = TwoLayerPlans.settings(20, 30, 64);
            return switch (scale) {
                case SMOKE -> with(base, THREE_CELLS, 4, 2_000, 500);
                case SMALL -> with(base, THREE_CELLS, 8, 8_000, 200);
                case FULL -> with(base, FOUR_CELLS, 32, 20_000, 500);
            };
        }
    }

    /** The demo: the paper's narrowest students, 64 of them (16 teachers, 4 cells), batch 16 instead of 64, 8,000 steps. */
    record Smallest() implements TwoLayerPlans {
        @Override
        public List<Long> multiples(Scale scale) {
            return List.of(2L);
        }

        @Override
        public Settings settings(Scale scale) {
            return with(TwoLayerPlans.settings(20, 30, 16), Paper.FOUR_CELLS, 16, 8_000, 200);
        }
    }
}
