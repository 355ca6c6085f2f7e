package dev.rectifier.study.luckmatters;

import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Setting;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Scale;
import java.util.List;

/**
 * Which runs LM-8 makes: large teachers 50-75-100-125, a training set drawn once or anew for every epoch, teachers separated or
 * not. Students are 10 times as wide at the full scale and twice at the small one, which costs as much as the small teachers'
 * students. The smoke scale has the small teachers and 256 examples, where a finite set must fall behind soon.
 */
final class LargeNetPlans {
    static final String PREFIX = "large-";
    static final String FINITE = PREFIX + "finite";
    static final String REDRAWN = PREFIX + "redrawn";
    static final String UNSEPARATED = PREFIX + "redrawn-unseparated";
    static final String FINITE_UNSEPARATED = PREFIX + "finite-unseparated";

    private LargeNetPlans() {}

    static List<RunSpec> plan(String study, Scale scale) {
        List<String> names = switch (scale) {
            case SMOKE -> List.of(FINITE, REDRAWN);
            case SMALL -> List.of(FINITE, REDRAWN, UNSEPARATED);
            case FULL -> List.of(FINITE, REDRAWN, UNSEPARATED, FINITE_UNSEPARATED);
        };
        return names.stream()
                .map(name -> new RunSpec(study, name, scale.word(), settings(name, scale)))
                .toList();
    }

    private static Settings settings(String name, Scale scale) {
        boolean separated = name.equals(FINITE) || name.equals(REDRAWN);
        boolean redrawn = name.equals(REDRAWN) || name.equals(UNSEPARATED);
        return base(scale)
                .with("teacher.init", separated ? "separated" : "unseparated")
                .with("input.redrawn", redrawn);
    }

    private static Settings base(Scale scale) {
        Setting large = Setting.wholes(List.of(50L, 75L, 100L, 125L));
        return switch (scale) {
            case SMOKE ->
                DeepPlans.bareSpan(2, 1, DeepPlans.EPOCH / 2 + 1, 2)
                        .over(DeepPlans.net(2, 100))
                        .with("examples", 256);
            case SMALL ->
                DeepPlans.bareSpan(4, 1, DeepPlans.EPOCH, 10)
                        .over(DeepPlans.net(2, 100))
                        .with("teacher.hidden", large);
            case FULL ->
                DeepPlans.bareSpan(5, 5, DeepPlans.EPOCH, 40)
                        .over(DeepPlans.net(10, 100))
                        .with("teacher.hidden", large);
        };
    }
}
