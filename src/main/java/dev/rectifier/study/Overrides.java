package dev.rectifier.study;

import dev.rectifier.record.ConfigReader;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Schema;
import dev.rectifier.record.Setting;
import dev.rectifier.record.Settings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Function;

/**
 * Changes settings of a plan: every run that has a setting takes the new value, and with it a new identity. Nothing is
 * written; what is malformed is refused as a whole.
 */
public final class Overrides {
    private Overrides() {}

    /**
     * The plan with settings written as {@code key=value} in place of its own.
     *
     * @throws dev.rectifier.record.ConfigException if a word is malformed, unknown to all runs, of another kind or out of range
     */
    public static List<RunSpec> apply(Study study, List<RunSpec> plan, List<String> words) {
        return changed(study, plan, (schema, spec) -> read(schema, words));
    }

    /**
     * The plan with the settings of a file, then of words, in place of its own. The file has the form of a run's config.yaml;
     * if it states {@code name}, its settings are those of that run alone.
     *
     * @throws dev.rectifier.record.ConfigException naming file, line and column of what is malformed
     * @throws IllegalArgumentException if the file belongs to another study, scale or run
     */
    public static List<RunSpec> apply(Study study, List<RunSpec> plan, Path file, List<String> words) {
        Map<String, String> head = ConfigReader.head(file);
        requireSame(file, head, "study", Set.of(study.id()));
        requireSame(file, head, "scale", values(plan, RunSpec::scale));
        requireSame(file, head, "name", values(plan, RunSpec::name));
        return changed(study, plan, (schema, spec) -> {
            if (!head.containsKey("name")) {
                return ConfigReader.read(schema, file, words).settings();
            }
            if (!spec.name().equals(head.get("name"))) {
                return read(schema, words);
            }
            ConfigReader.read(study.schema(spec), file, List.of());
            return ConfigReader.read(schema, file, words).settings();
        });
    }

    private static Settings read(Schema schema, List<String> words) {
        return ConfigReader.read(schema, words).settings();
    }

    private static Set<String> values(List<RunSpec> plan, Function<RunSpec, String> part) {
        return new TreeSet<>(plan.stream().map(part).toList());
    }

    private static void requireSame(Path file, Map<String, String> head, String part, Set<String> planned) {
        String stated = head.get(part);
        if (stated != null && !planned.contains(stated)) {
            throw new IllegalArgumentException(
                    file.getFileName() + " says " + part + " '" + stated + "', but what is asked" + " for has "
                            + String.join(", ", planned) + ". Ask for the former, or remove that line.");
        }
    }

    private static List<RunSpec> changed(
            Study study, List<RunSpec> plan, BiFunction<Schema, RunSpec, Settings> reading) {
        Set<String> known = new TreeSet<>();
        plan.forEach(spec -> known.addAll(spec.settings().values().keySet()));
        return plan.stream()
                .map(spec -> with(spec, reading.apply(study.schema(spec).passingOver(known), spec)))
                .toList();
    }

    /**
     * The plan with these settings in place of its own, their ranges unchecked.
     *
     * @throws IllegalArgumentException if no run of the plan has one of them, naming those that exist
     */
    public static List<RunSpec> apply(List<RunSpec> plan, Settings overrides) {
        overrides.values().keySet().forEach(path -> requireKnown(plan, path));
        return plan.stream()
                .map(spec -> with(spec, replaced(spec.settings(), overrides)))
                .toList();
    }

    private static RunSpec with(RunSpec spec, Settings settings) {
        return new RunSpec(spec.study(), spec.name(), spec.scale(), settings, spec.defaults());
    }

    private static Settings replaced(Settings planned, Settings overrides) {
        Settings settings = planned;
        for (Map.Entry<String, Setting> entry : overrides.values().entrySet()) {
            boolean has = planned.get(entry.getKey()).isPresent();
            settings = has ? settings.with(entry.getKey(), entry.getValue()) : settings;
        }
        return settings;
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
