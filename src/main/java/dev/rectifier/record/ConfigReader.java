package dev.rectifier.record;

import java.math.BigDecimal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Reads settings from a YAML file and {@code key=value} overrides and checks them against a schema.
 *
 * <p>Anything unknown, doubled, of another kind or out of range is a {@link ConfigException} that names the place. A run's own
 * config.yaml can be read too: its lines run, study, name and scale come back as {@link Config#head}.
 */
public final class ConfigReader {
    /** A longer number is a slip or an attack. */
    private static final int MAX_NUMBER = 40;

    private final Schema schema;
    private final Map<String, String> origins = new HashMap<>();
    private final Map<String, String> head = new HashMap<>();
    private Settings settings;

    private ConfigReader(Schema schema) {
        this.schema = schema;
        this.settings = schema.defaults();
        schema.fields().keySet().forEach(path -> origins.put(path, "default"));
    }

    /** Reads a file, then overrides, which win. */
    public static Config read(Schema schema, Path file, List<String> overrides) {
        return read(schema, String.valueOf(file.getFileName()), YamlTree.load(file), overrides);
    }

    /** Reads overrides alone. */
    public static Config read(Schema schema, List<String> overrides) {
        return read(schema, "", "", overrides);
    }

    /** Reads YAML text; {@code source} names it in messages. */
    public static Config read(Schema schema, String source, String yaml, List<String> overrides) {
        ConfigReader reader = new ConfigReader(schema);
        Map<String, String> seen = new HashMap<>();
        for (YamlLeaf leaf : YamlLeaves.read(source, yaml)) {
            reader.refuseSecond(seen, leaf);
            reader.accept(leaf, leaf.where());
        }
        seen.clear();
        for (String override : overrides) {
            YamlLeaf leaf = leafOf(override);
            reader.refuseSecond(seen, leaf);
            reader.accept(leaf, "override");
        }
        return new Config(reader.settings, reader.origins, reader.head);
    }

    /** The lines run, study, name and scale that a file states, unchecked; the rest of the file is only parsed. */
    public static Map<String, String> head(Path file) {
        Map<String, String> head = new HashMap<>();
        for (YamlLeaf leaf : YamlLeaves.read(String.valueOf(file.getFileName()), YamlTree.load(file))) {
            if (isHead(leaf)) {
                head.put(leaf.path(), leaf.texts().get(0));
            }
        }
        return head;
    }

    private static boolean isHead(YamlLeaf leaf) {
        return RunSpec.RESERVED.contains(leaf.path()) && !leaf.list();
    }

    private static YamlLeaf leafOf(String override) {
        String where = "override '" + override + "'";
        int equals = override.indexOf('=');
        if (equals < 1) {
            throw new ConfigException(where, "an override is written key=value, for example train.lr=0.05.");
        }
        String value = override.substring(equals + 1).strip();
        boolean bracketed = value.startsWith("[") && value.endsWith("]") && value.length() > 1;
        String inner = bracketed ? value.substring(1, value.length() - 1) : value;
        List<String> texts = bracketed && inner.isBlank()
                ? List.of()
                : bracketed
                        ? Arrays.stream(inner.split(",", -1)).map(String::strip).toList()
                        : List.of(value);
        return new YamlLeaf(override.substring(0, equals).strip(), texts, bracketed, where);
    }

    private void refuseSecond(Map<String, String> seen, YamlLeaf leaf) {
        String first = seen.putIfAbsent(leaf.path(), leaf.where());
        if (first != null) {
            throw new ConfigException(
                    leaf.where(), "'" + leaf.path() + "' was given before (" + first + "). Keep one.");
        }
    }

    private void accept(YamlLeaf leaf, String origin) {
        if (isHead(leaf) && !origin.equals("override")) {
            head.put(leaf.path(), leaf.texts().get(0));
            return;
        }
        Field field = schema.fields().get(leaf.path());
        if (field == null) {
            refuseUnknown(leaf);
            return;
        }
        settings = settings.with(field.path(), setting(field, leaf));
        origins.put(field.path(), origin);
    }

    private void refuseUnknown(YamlLeaf leaf) {
        if (!schema.elsewhere().contains(leaf.path())) {
            Set<String> known = new TreeSet<>(schema.fields().keySet());
            known.addAll(schema.elsewhere());
            throw new ConfigException(leaf.where(), Suggestion.unknown(leaf.path(), known));
        }
    }

    private static Setting setting(Field field, YamlLeaf leaf) {
        return switch (field.kind()) {
            case WHOLES -> new Setting.Items(each(field, leaf, text -> whole(field, leaf, text)));
            case REALS -> new Setting.Items(each(field, leaf, text -> real(field, leaf, text)));
            case WHOLE -> whole(field, leaf, single(field, leaf));
            case REAL -> real(field, leaf, single(field, leaf));
            case FLAG -> flag(field, leaf, single(field, leaf));
            case TEXT -> text(field, leaf, single(field, leaf));
        };
    }

    /** A list may be written as {@code a,b} too where lists are wanted. */
    private static List<Setting> each(Field field, YamlLeaf leaf, Function<String, Setting> parse) {
        List<String> texts =
                leaf.list() ? leaf.texts() : Arrays.asList(single(field, leaf).split(",", -1));
        List<Setting> settings = new ArrayList<>();
        texts.forEach(text -> settings.add(parse.apply(text.strip())));
        return settings;
    }

    private static String single(Field field, YamlLeaf leaf) {
        if (leaf.list()) {
            throw wrong(field, leaf, "a list");
        }
        return leaf.texts().get(0);
    }

    private static Setting whole(Field field, YamlLeaf leaf, String text) {
        try {
            long value = number(text).longValueExact();
            return inRange(field, leaf, new Setting.Whole(value), (double) value);
        } catch (ArithmeticException | NumberFormatException e) {
            throw wrong(field, leaf, "'" + text + "'");
        }
    }

    private static Setting real(Field field, YamlLeaf leaf, String text) {
        try {
            double value = number(text).doubleValue();
            if (Double.isFinite(value)) {
                return inRange(field, leaf, new Setting.Real(value), value);
            }
            throw wrong(field, leaf, "'" + text + "', which is too large");
        } catch (NumberFormatException e) {
            throw wrong(field, leaf, "'" + text + "'");
        }
    }

    private static BigDecimal number(String text) {
        if (text.length() > MAX_NUMBER) {
            throw new NumberFormatException("too long");
        }
        return new BigDecimal(text);
    }

    private static Setting inRange(Field field, YamlLeaf leaf, Setting setting, double value) {
        if (value < field.limits().low() || value > field.limits().high()) {
            throw wrong(field, leaf, setting.canonical());
        }
        return setting;
    }

    private static Setting flag(Field field, YamlLeaf leaf, String text) {
        return switch (text) {
            case "true" -> new Setting.Flag(true);
            case "false" -> new Setting.Flag(false);
            default -> throw wrong(field, leaf, "'" + text + "'");
        };
    }

    private static Setting text(Field field, YamlLeaf leaf, String text) {
        List<String> choices = field.limits().choices();
        if (!choices.isEmpty() && !choices.contains(text)) {
            throw wrong(field, leaf, "'" + text + "'", Suggestion.didYouMean(text, choices));
        }
        return new Setting.Text(text);
    }

    private static ConfigException wrong(Field field, YamlLeaf leaf, String got) {
        return wrong(field, leaf, got, "");
    }

    private static ConfigException wrong(Field field, YamlLeaf leaf, String got, String advice) {
        return new ConfigException(
                leaf.where(),
                "'" + field.path() + "' (" + field.help() + ") must be " + field.expected() + ", but it is " + got + "."
                        + advice);
    }
}
