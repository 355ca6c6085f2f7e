package dev.rectifier.record;

import java.util.Collections;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * The settings that a study knows: names, kinds, defaults, limits, help.
 *
 * <pre>{@code
 * Schema schema = Schema.empty()
 *         .whole("train.batch", 64, Field.Limits.range(1, 65536), "examples in a step")
 *         .real("train.lr", 0.1, Field.Limits.range(0, 10), "learning rate")
 *         .text("student.init", "he", Field.Limits.oneOf(List.of("he", "lecun")), "initialisation");
 * Config config = ConfigReader.read(schema, Path.of("my.yaml"), List.of("train.lr=0.05"));
 * }</pre>
 */
public final class Schema {
    private final SortedMap<String, Field> fields;
    private final Set<String> elsewhere;

    private Schema(SortedMap<String, Field> fields, Set<String> elsewhere) {
        this.fields = Collections.unmodifiableSortedMap(fields);
        this.elsewhere = Set.copyOf(elsewhere);
    }

    /** No settings. */
    public static Schema empty() {
        return new Schema(new TreeMap<>(), Set.of());
    }

    /** This schema with one more field. */
    public Schema with(Field field) {
        if (fields.containsKey(field.path())) {
            throw new IllegalArgumentException("The setting '" + field.path() + "' is declared twice. Remove one.");
        }
        SortedMap<String, Field> next = new TreeMap<>(fields);
        next.put(field.path(), field);
        Schema schema = new Schema(next, elsewhere);
        checkTree(schema.defaults());
        return schema;
    }

    // Building the defaults refuses malformed paths and a leaf that is also a branch.
    private static void checkTree(Settings defaults) {
        for (String key : RunSpec.RESERVED) {
            if (defaults.get(key).isPresent()) {
                throw new IllegalArgumentException("'" + key + "' is a part of every run and cannot be a setting too.");
            }
        }
    }

    /** This schema with the fields of another. */
    public Schema and(Schema other) {
        Schema result = this;
        for (Field field : other.fields.values()) {
            result = result.with(field);
        }
        return result;
    }

    /** Adds a flag. */
    public Schema flag(String path, boolean fallback, String help) {
        return with(new Field(path, Field.Kind.FLAG, new Setting.Flag(fallback), Field.Limits.NONE, help));
    }

    /** Adds a whole number. */
    public Schema whole(String path, long fallback, Field.Limits limits, String help) {
        return with(new Field(path, Field.Kind.WHOLE, new Setting.Whole(fallback), limits, help));
    }

    /** Adds a real number. */
    public Schema real(String path, double fallback, Field.Limits limits, String help) {
        return with(new Field(path, Field.Kind.REAL, new Setting.Real(fallback), limits, help));
    }

    /** Adds text. */
    public Schema text(String path, String fallback, Field.Limits limits, String help) {
        return with(new Field(path, Field.Kind.TEXT, new Setting.Text(fallback), limits, help));
    }

    /** Adds a list of whole numbers. */
    public Schema wholes(String path, List<Long> fallback, Field.Limits limits, String help) {
        return with(new Field(path, Field.Kind.WHOLES, Setting.wholes(fallback), limits, help));
    }

    /** Adds a list of real numbers. */
    public Schema reals(String path, List<Double> fallback, Field.Limits limits, String help) {
        return with(new Field(path, Field.Kind.REALS, Setting.reals(fallback), limits, help));
    }

    /** This schema, reading over paths that it does not know but other runs of the same plan do. */
    public Schema passingOver(Set<String> paths) {
        return new Schema(new TreeMap<>(fields), paths);
    }

    /** Paths that are read over unless they are fields. */
    Set<String> elsewhere() {
        return elsewhere;
    }

    /** All fields by path. */
    public SortedMap<String, Field> fields() {
        return fields;
    }

    /** All defaults. */
    public Settings defaults() {
        Settings settings = Settings.empty();
        for (Field field : fields.values()) {
            settings = settings.with(field.path(), field.fallback());
        }
        return settings;
    }
}
