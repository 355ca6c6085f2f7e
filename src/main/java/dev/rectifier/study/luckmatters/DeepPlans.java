package dev.rectifier.study.luckmatters;

import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Setting;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Scale;
import java.util.ArrayList;
import java.util.List;

/**
 * Which deep runs are made: teachers 10-15-20-25 on 20 inputs N(0, 10^2), batch 64, rate 0.1. At the small scale one run per
 * width serves LM-6a, LM-7 and LM-12 alike; at the full scale each has its own.
 */
final class DeepPlans {
    static final String PREFIX = "deep-";
    private static final long EXAMPLES = 100_000;
    private static final long BATCH = 64;
    /** Inputs that E[H] is averaged over in the run that decides LM-6: as many as in the paper. */
    private static final long PATHS = 192;

    static final long EPOCH = (EXAMPLES + BATCH - 1) / BATCH;

    private DeepPlans() {}

    static List<RunSpec> plan(String study, Scale scale) {
        return switch (scale) {
            case SMOKE -> List.of(spec(study, scale, main(scale), net(5, 100), span(2, 1, EPOCH / 2 + 1, 2)));
            case SMALL -> {
                List<RunSpec> plan = new ArrayList<>();
                for (long multiple : widths(scale)) {
                    plan.add(spec(study, scale, width(multiple), net(multiple, 100), span(4, 1, EPOCH, 10)));
                }
                plan.add(spec(study, scale, outputs(scale, 10), net(10, 10), span(4, 1, EPOCH, 10)));
                yield plan;
            }
            case FULL -> full(study);
        };
    }

    private static List<RunSpec> full(String study) {
        List<RunSpec> plan = new ArrayList<>();
        plan.add(spec(study, Scale.FULL, main(Scale.FULL), net(10, 100), span(5, 5, EPOCH, 40)));
        for (long multiple : widths(Scale.FULL)) {
            plan.add(spec(study, Scale.FULL, width(multiple), net(multiple, 100), span(32, 1, EPOCH, 100)));
        }
        for (long count : List.of(10L, 100L)) {
            plan.add(spec(study, Scale.FULL, outputs(Scale.FULL, count), net(10, count), span(16, 1, EPOCH, 10)));
        }
        return plan;
    }

    /** Widths compared in LM-7, as multiples of the teacher's. */
    static List<Long> widths(Scale scale) {
        return switch (scale) {
            case SMOKE -> List.of();
            case SMALL -> List.of(1L, 2L, 5L, 10L);
            case FULL -> List.of(1L, 2L, 5L, 10L, 20L, 50L);
        };
    }

    /** The run that decides LM-6a. */
    static String main(Scale scale) {
        return scale == Scale.SMALL ? width(10) : PREFIX + "main";
    }

    /** The sample of {@link #main} at which LM-6a is decided: 5 epochs at the small scale, else the last. */
    static int judged(Scale scale) {
        return switch (scale) {
            case SMOKE -> 2;
            case SMALL -> 5;
            case FULL -> 40;
        };
    }

    static String width(long multiple) {
        return PREFIX + "x" + multiple;
    }

    /** The run with this many outputs. */
    static String outputs(Scale scale, long count) {
        return scale == Scale.SMALL && count == 100 ? width(10) : PREFIX + "outputs-" + count;
    }

    private static RunSpec spec(String study, Scale scale, String name, Settings net, Settings span) {
        Settings settings = span.over(net);
        boolean decides = name.equals(main(scale));
        return new RunSpec(study, name, scale.word(), decides ? settings.with("paths", PATHS) : settings);
    }

    /** Networks and data of one width; every other setting as in the paper's main run. */
    static Settings net(long multiple, long outputs) {
        return Settings.empty()
                .with("inputs", 20)
                .with("teacher.hidden", Setting.wholes(List.of(10L, 15L, 20L, 25L)))
                .with("student.multiple", multiple)
                .with("outputs", outputs)
                .with("activation", "relu")
                .with("bias", true)
                .with("teacher.init", "separated")
                .with("student.start", "default")
                .with("student.unit-rows", false)
                .with("input.deviation", 10.0)
                .with("input.redrawn", false)
                .with("loss", "mean-squared")
                .with("examples", EXAMPLES)
                .with("batch", BATCH)
                .with("rate", 0.1)
                .with("evaluation", 1_024)
                .with("seed", 24);
    }

    /** The same without whole correlation matrices, so without ranks. */
    static Settings bareSpan(long teachers, long trials, long sample, long samples) {
        return span(teachers, trials, sample, samples).with("baselines", Setting.wholes(List.of()));
    }

    /** Replicas and length: {@code samples} stretches of {@code sample} steps. */
    static Settings span(long teachers, long trials, long sample, long samples) {
        return Settings.empty()
                .with("teachers", teachers)
                .with("trials", trials)
                .with("sample", sample)
                .with("samples", samples)
                .with("baselines", Setting.wholes(List.of(0L, 1L, 2L, 4L, 5L, 9L)));
    }
}
