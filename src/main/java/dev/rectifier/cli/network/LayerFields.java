package dev.rectifier.cli.network;

import dev.rectifier.record.ConfigException;
import dev.rectifier.record.Suggestion;
import dev.rectifier.record.YamlNode;
import java.math.BigDecimal;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** What is said of one layer, with the places for messages. */
final class LayerFields {
    private static final int MAX_NUMBER = 40; // a longer one is a slip or an attack

    private final String kind;
    private final String where;
    private final Map<String, YamlNode.Member> members;

    private LayerFields(String kind, String where, Map<String, YamlNode.Member> members) {
        this.kind = kind;
        this.where = where;
        this.members = members;
    }

    /** Of a mapping that may have these members alone. */
    LayerFields(String kind, String where, YamlNode.Mapping mapping, Collection<String> known) {
        this(kind, where, mapping.members());
        require(known);
    }

    /** Of an item of a list of layers: a bare word, or a word with members. */
    static LayerFields of(YamlNode item) {
        if (item instanceof YamlNode.Text word) {
            return new LayerFields(word.text(), word.where(), Map.of());
        }
        if (item instanceof YamlNode.Mapping one && one.members().size() == 1) {
            Map.Entry<String, YamlNode.Member> layer =
                    one.members().entrySet().iterator().next();
            return new LayerFields(layer.getKey(), layer.getValue().where(), inside(layer.getKey(), layer.getValue()));
        }
        throw new ConfigException(
                item.where(), "a layer is one word, or one word with its settings: '- relu' or '- dense: {units: 3}'.");
    }

    private static Map<String, YamlNode.Member> inside(String kind, YamlNode.Member layer) {
        if (layer.value() instanceof YamlNode.Mapping settings) {
            return settings.members();
        }
        if (layer.value() instanceof YamlNode.Nothing) {
            return Map.of();
        }
        throw new ConfigException(
                layer.value().where(), "the settings of '" + kind + "' are written {name: value, ...}.");
    }

    String kind() {
        return kind;
    }

    boolean is(String word) {
        return kind.equals(word);
    }

    String where() {
        return where;
    }

    boolean has(String name) {
        return members.containsKey(name);
    }

    /** Place of a member's name, or of the layer where it is missing. */
    String where(String name) {
        YamlNode.Member member = members.get(name);
        return member == null ? where : member.where();
    }

    /** @throws ConfigException if there is a member of another name */
    void require(Collection<String> known) {
        for (Map.Entry<String, YamlNode.Member> member : members.entrySet()) {
            if (!known.contains(member.getKey())) {
                String guess = Suggestion.didYouMean(member.getKey(), known);
                String all = known.isEmpty()
                        ? " It has none."
                        : " Known are: " + String.join(", ", new TreeSet<>(known)) + ".";
                throw new ConfigException(
                        member.getValue().where(),
                        "'" + member.getKey() + "' is not a setting of '" + kind + "'."
                                + (guess.isEmpty() ? all : guess));
            }
        }
    }

    List<YamlNode> list(String name) {
        YamlNode value = value(name, "a list");
        if (value instanceof YamlNode.Sequence list) {
            return list.items();
        }
        throw new ConfigException(
                value.where(), "'" + name + "' must be a list, [a, b, ...] or lines that begin with '- '.");
    }

    private YamlNode value(String name, String wanted) {
        YamlNode.Member member = members.get(name);
        if (member == null) {
            throw new ConfigException(where, "'" + kind + "' needs '" + name + "', " + wanted + ".");
        }
        return member.value();
    }

    private String text(String name, String wanted) {
        YamlNode value = value(name, wanted);
        if (value instanceof YamlNode.Text text) {
            return text.text();
        }
        throw new ConfigException(value.where(), "'" + name + "' must be " + wanted + ".");
    }

    int whole(String name) {
        return whole(value(name, "a whole number"), name);
    }

    int whole(String name, int otherwise) {
        return has(name) ? whole(name) : otherwise;
    }

    double real(String name, double otherwise) {
        return has(name) ? real(name) : otherwise;
    }

    double real(String name) {
        String text = text(name, "a number");
        try {
            return number(text).doubleValue();
        } catch (NumberFormatException e) {
            throw new ConfigException(value(name, "").where(), "'" + name + "' must be a number, not '" + text + "'.");
        }
    }

    boolean flag(String name, boolean otherwise) {
        return has(name) ? word(name, List.of("true", "false")).equals("true") : otherwise;
    }

    /** One of a few words. */
    String word(String name, List<String> choices) {
        String wanted = String.join(" or ", choices);
        String text = text(name, wanted);
        if (!choices.contains(text)) {
            throw new ConfigException(
                    value(name, wanted).where(),
                    "'" + name + "' must be " + wanted + ", not '" + text + "'."
                            + Suggestion.didYouMean(text, choices));
        }
        return text;
    }

    /** An extent. */
    static long positive(YamlNode item) {
        int extent = whole(item, "input");
        if (extent < 1) {
            throw new ConfigException(item.where(), "an extent of the input must be at least 1, not " + extent + ".");
        }
        return extent;
    }

    private static int whole(YamlNode value, String name) {
        if (value instanceof YamlNode.Text text) {
            try {
                return number(text.text()).intValueExact();
            } catch (ArithmeticException | NumberFormatException e) {
                throw new ConfigException(
                        value.where(), "'" + name + "' must be a whole number, not '" + text.text() + "'.");
            }
        }
        throw new ConfigException(value.where(), "'" + name + "' must be a whole number.");
    }

    private static BigDecimal number(String text) {
        if (text.length() > MAX_NUMBER) {
            throw new NumberFormatException("too long");
        }
        return new BigDecimal(text);
    }
}
