package dev.rectifier.study;

import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Setting;
import dev.rectifier.record.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** Changes settings of a plan: every run that has a setting takes the new value, and with it a new identity. */
public final class Overrides {
    private Overrides() {}

    /**
     * The plan with these settings in place of its own.
     *
     * @throws IllegalArgumentException if no run of the plan has one of them, naming those that exist
     */
    public static List<RunSpec> apply(List<RunSpec> plan, Settings overrides) {
        overrides.values().keySet().forEach(path -> requireKnown(plan, path));
        List<RunSpec> changed = new ArrayList<>();
        for (RunSpec spec : plan) {
            Settings settings = spec.settings();
            for (Map.Entry<String, Setting> entry : overrides.values().entrySet()) {
                settings = replaced(settings, entry.getKey(), entry.getValue());
            }
            changed.add(new RunSpec(spec.study(), spec.name(), spec.scale(), settings, spec.defaults()));
        }
        return List.copyOf(changed);
    }

    private static Settings replaced(Settings settings, String path, Setting value) {
        return settings.get(path).isPresent() ? settings.with(path, value) : settings;
    }

    private static void requireKnown(List<RunSpec> plan, String path) {
        TreeSet<String> known = new TreeSet<>();
        plan.forEach(spec -> known.addAll(spec.settings().values().keySet()));
        if (!known.contains(path)) {
            throw new IllegalArgumentException(
                    "No run of this plan has a setting '" + path + "'; known are " + String.join(", ", known) + ".");
        }
    }
}
