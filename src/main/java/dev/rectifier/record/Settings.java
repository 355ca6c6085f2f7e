package dev.rectifier.record;

import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * An immutable tree of settings, addressed by dotted paths ({@code train.batch}) and ordered by path.
 *
 * <p>Typed readers throw {@link IllegalArgumentException} with the path when a setting is absent or of another kind. A
 * whole number can be read as a real one.
 */
public final class Settings {
    private static final Settings EMPTY = new Settings(new TreeMap<>());
    private static final Pattern PATH = Pattern.compile("[a-z][a-zA-Z0-9_-]*(\\.[a-z][a-zA-Z0-9_-]*)*");

    private final SortedMap<String, Setting> values;

    private Settings(SortedMap<String, Setting> values) {
        this.values = Collections.unmodifiableSortedMap(values);
    }

    /** No settings. */
    public static Settings empty() {
        return EMPTY;
    }

    /** This tree with one value set. */
    public Settings with(String path, Setting value) {
        checkPath(path);
        SortedMap<String, Setting> next = new TreeMap<>(values);
        next.put(path, value);
        return new Settings(next);
    }

    /** This tree with a whole number set. */
    public Settings with(String path, long value) {
        return with(path, new Setting.Whole(value));
    }

    /** This tree with a real number set. */
    public Settings with(String path, double value) {
        return with(path, new Setting.Real(value));
    }

    /** This tree with text set. */
    public Settings with(String path, String value) {
        return with(path, new Setting.Text(value));
    }

    /** This tree with a flag set. */
    public Settings with(String path, boolean value) {
        return with(path, new Setting.Flag(value));
    }

    private void checkPath(String path) {
        if (!PATH.matcher(path).matches()) {
            throw new IllegalArgumentException("A setting's path is made of names joined by dots, each starting with a"
                    + " small letter, but it is '" + path + "'.");
        }
        for (String other : values.keySet()) {
            if (other.startsWith(path + ".") || path.startsWith(other + ".")) {
                throw new IllegalArgumentException("'" + path + "' and '" + other
                        + "' cannot both be set: one is a branch of the tree and the other a leaf. Rename one.");
            }
        }
    }

    /** All values in path order. */
    public SortedMap<String, Setting> values() {
        return values;
    }

    /** The value at a path, if set. */
    public Optional<Setting> get(String path) {
        return Optional.ofNullable(values.get(path));
    }

    /** This tree, completed by {@code defaults} where it says nothing. */
    public Settings over(Settings defaults) {
        Settings result = defaults;
        for (Map.Entry<String, Setting> entry : values.entrySet()) {
            result = result.with(entry.getKey(), entry.getValue());
        }
        return result;
    }

    /** The values of this tree that differ from {@code defaults}. */
    public Settings minus(Settings defaults) {
        SortedMap<String, Setting> rest = new TreeMap<>(values);
        rest.entrySet()
                .removeIf(entry -> defaults.get(entry.getKey())
                        .map(Setting::canonical)
                        .equals(Optional.of(entry.getValue().canonical())));
        return new Settings(rest);
    }

    /** One line {@code path = value} for each setting, in path order. */
    public String canonicalText() {
        return values.entrySet().stream()
                .map(entry -> entry.getKey() + " = " + entry.getValue().canonical() + "\n")
                .collect(Collectors.joining());
    }

    /** Reads a whole number. */
    public long whole(String path) {
        return read(path, "a whole number", Settings::asWhole);
    }

    /** Reads a real number. */
    public double real(String path) {
        return read(path, "a number", Settings::asReal);
    }

    /** Reads text. */
    public String text(String path) {
        return read(path, "text", s -> s instanceof Setting.Text t ? Optional.of(t.value()) : Optional.empty());
    }

    /** Reads a flag. */
    public boolean flag(String path) {
        return read(
                path, "true or false", s -> s instanceof Setting.Flag f ? Optional.of(f.value()) : Optional.empty());
    }

    /** Reads a list of whole numbers. */
    public List<Long> wholes(String path) {
        return read(path, "a list of whole numbers", s -> asList(s, Settings::asWhole));
    }

    /** Reads a list of real numbers. */
    public List<Double> reals(String path) {
        return read(path, "a list of numbers", s -> asList(s, Settings::asReal));
    }

    private <T> T read(String path, String kind, Function<Setting, Optional<T>> as) {
        Setting setting = get(path)
                .orElseThrow(() -> new IllegalArgumentException(
                        "The setting '" + path + "' is needed but not set. Set it, or give it a default."));
        return as.apply(setting)
                .orElseThrow(() -> new IllegalArgumentException(
                        "The setting '" + path + "' must be " + kind + ", but it is " + setting.canonical() + "."));
    }

    private static Optional<Long> asWhole(Setting setting) {
        return setting instanceof Setting.Whole whole ? Optional.of(whole.value()) : Optional.empty();
    }

    private static Optional<Double> asReal(Setting setting) {
        if (setting instanceof Setting.Real real) {
            return Optional.of(real.value());
        }
        return asWhole(setting).map(Long::doubleValue);
    }

    private static <T> Optional<List<T>> asList(Setting setting, Function<Setting, Optional<T>> as) {
        if (!(setting instanceof Setting.Items items)) {
            return Optional.empty();
        }
        List<T> read =
                items.values().stream().flatMap(s -> as.apply(s).stream()).toList();
        return read.size() == items.values().size() ? Optional.of(read) : Optional.empty();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Settings settings && canonicalText().equals(settings.canonicalText());
    }

    @Override
    public int hashCode() {
        return canonicalText().hashCode();
    }

    @Override
    public String toString() {
        return canonicalText();
    }
}
