package dev.rectifier.record;

import java.util.List;
import java.util.Map;

/** One value of a YAML text, with the place {@code file:line:column} where it begins. */
public sealed interface YamlNode {
    String where();

    /** A plain value, as it was written: {@code NO} is never taken for false. */
    record Text(String where, String text) implements YamlNode {}

    /** No value at all: {@code name:} and nothing behind it. */
    record Nothing(String where) implements YamlNode {}

    /** A list. */
    record Sequence(String where, List<YamlNode> items) implements YamlNode {
        public Sequence {
            items = List.copyOf(items);
        }
    }

    /** Names with their values, in the order of the text. */
    record Mapping(String where, Map<String, Member> members) implements YamlNode {}

    /**
     * A named value.
     *
     * @param where place of the name
     */
    record Member(String where, YamlNode value) {}
}
