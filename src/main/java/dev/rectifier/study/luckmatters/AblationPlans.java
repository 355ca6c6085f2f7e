package dev.rectifier.study.luckmatters;

import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Scale;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The runs of LM-12 that differ in one setting from a deep run of {@link DeepPlans}: same teachers, same starts, so they are
 * compared replica by replica. At the small scale students are 5 times as wide, 5 epochs; at the full scale as in the paper.
 */
final class AblationPlans {
    static final String PREFIX = "ablation-";

    /** At the full scale: students as wide as the teacher that start by default. */
    static final String NARROW = "x1";

    static final String SAME_SIGN = "same-sign";

    /** 1,000 examples, sampled after each of their own epochs, as the calibration was. */
    static final String OWN_EPOCHS = "epochs-of-1000";

    private static final List<String> SMOKE = List.of("scale-1", OWN_EPOCHS, "entropy");

    private AblationPlans() {}

    /** Every ablation in the order they are made, with what it changes. */
    private static Map<String, Settings> changes() {
        Settings none = Settings.empty();
        Map<String, Settings> changes = new LinkedHashMap<>();
        changes.put("scale-1", none.with("input.deviation", 1.0));
        changes.put(OWN_EPOCHS, none.with("examples", 1_000).with("sample", 16).with("samples", 10));
        changes.put("examples-1000", none.with("examples", 1_000));
        changes.put("examples-10000", none.with("examples", 10_000));
        changes.put("unseparated", none.with("teacher.init", "unseparated"));
        changes.put("entropy", none.with("loss", DeepTraining.CROSS_ENTROPY));
        changes.put("unit-rows", none.with("student.unit-rows", true));
        changes.put("no-bias", none.with("bias", false));
        changes.put("rate-0.01", none.with("rate", 0.01));
        changes.put("rate-0.05", none.with("rate", 0.05));
        changes.put("rate-0.2", none.with("rate", 0.2));
        changes.put(SAME_SIGN, none.with("student.start", DeepNets.SAME_SIGN).with("student.multiple", 1));
        changes.put(NARROW, none.with("student.multiple", 1));
        return changes;
    }

    static List<RunSpec> plan(String study, Scale scale) {
        return changes().entrySet().stream()
                .filter(change -> isMade(scale, change.getKey()))
                .map(change -> new RunSpec(
                        study,
                        run(change.getKey()),
                        scale.word(),
                        change.getValue().over(base(scale))))
                .toList();
    }

    private static boolean isMade(Scale scale, String ablation) {
        return switch (scale) {
            case SMOKE -> SMOKE.contains(ablation);
            case SMALL -> !ablation.equals(NARROW);
            case FULL -> true;
        };
    }

    private static Settings base(Scale scale) {
        return switch (scale) {
            case SMOKE -> DeepPlans.bareSpan(2, 1, DeepPlans.EPOCH / 2 + 1, 1).over(DeepPlans.net(5, 100));
            case SMALL -> DeepPlans.bareSpan(4, 1, DeepPlans.EPOCH, 5).over(DeepPlans.net(5, 100));
            case FULL -> DeepPlans.bareSpan(16, 1, DeepPlans.EPOCH, 10).over(DeepPlans.net(10, 100));
        };
    }

    /** Name of the run of an ablation. */
    static String run(String ablation) {
        return PREFIX + ablation;
    }

    /** What a run changes, in the few letters that fit under a bar. */
    static String label(String run) {
        return switch (run.replaceFirst("^" + PREFIX, "")) {
            case "scale-1" -> "s = 1";
            case OWN_EPOCHS -> "own 1e3";
            case "examples-1000" -> "N = 1e3";
            case "examples-10000" -> "N = 1e4";
            case "unseparated" -> "no sep";
            case "entropy" -> "CE";
            case "unit-rows" -> "unit";
            case "no-bias" -> "no bias";
            case "rate-0.01" -> "0.01";
            case "rate-0.05" -> "0.05";
            case "rate-0.2" -> "0.2";
            case SAME_SIGN -> "signs";
            case NARROW -> "1x";
            default -> "none";
        };
    }

    /** The run with nothing changed. */
    static String unchanged(Scale scale) {
        return switch (scale) {
            case SMOKE -> DeepPlans.main(scale);
            case SMALL -> DeepPlans.width(5);
            case FULL -> DeepPlans.outputs(scale, 100);
        };
    }

    /** The run with students as wide as their teachers and nothing else changed. */
    static String narrow(Scale scale) {
        return scale == Scale.FULL ? run(NARROW) : DeepPlans.width(1);
    }
}
