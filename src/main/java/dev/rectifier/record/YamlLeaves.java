package dev.rectifier.record;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Turns a YAML text into leaves: paths with a plain value or a list of them. Lists of anything else are refused. */
final class YamlLeaves {
    private final List<YamlLeaf> leaves = new ArrayList<>();

    private YamlLeaves() {}

    static List<YamlLeaf> read(String source, String text) {
        YamlLeaves leaves = new YamlLeaves();
        leaves.mapping("", YamlTree.read(source, text));
        return leaves.leaves;
    }

    private void mapping(String prefix, YamlNode.Mapping mapping) {
        for (Map.Entry<String, YamlNode.Member> member : mapping.members().entrySet()) {
            String path = prefix + member.getKey();
            YamlNode value = member.getValue().value();
            if (value instanceof YamlNode.Mapping inner) {
                mapping(path + ".", inner);
            } else {
                leaves.add(leaf(path, member.getValue().where(), value));
            }
        }
    }

    private static YamlLeaf leaf(String path, String where, YamlNode value) {
        if (value instanceof YamlNode.Sequence list) {
            List<String> items =
                    list.items().stream().map(item -> scalar(path, item)).toList();
            return new YamlLeaf(path, items, true, where);
        }
        return new YamlLeaf(path, List.of(scalar(path, value)), false, where);
    }

    private static String scalar(String path, YamlNode value) {
        if (value instanceof YamlNode.Text text) {
            return text.text();
        }
        String problem = value instanceof YamlNode.Nothing
                ? "' has no value. Give it one, or remove the line."
                : "' is a list of lists or of trees. Write a list of plain values.";
        throw new ConfigException(value.where(), "'" + path + problem);
    }
}
