package dev.rectifier.record;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * Turns a YAML text into leaves. What a configuration has no need of is refused: type tags, anchors and aliases, several
 * documents, lists of lists, deep nesting. Scalars stay text, so {@code NO} is never taken for false.
 */
final class YamlLeaves {
    static final int MAX_CHARACTERS = 1 << 20;
    private static final int MAX_DEPTH = 50;
    private static final YAMLFactory FACTORY = factory();

    private final String source;
    private final YAMLParser parser;
    private final List<YamlLeaf> leaves = new ArrayList<>();

    private YamlLeaves(String source, YAMLParser parser) {
        this.source = source;
        this.parser = parser;
    }

    private static YAMLFactory factory() {
        LoaderOptions options = new LoaderOptions();
        options.setMaxAliasesForCollections(0);
        options.setNestingDepthLimit(MAX_DEPTH);
        options.setCodePointLimit(MAX_CHARACTERS);
        return YAMLFactory.builder()
                .loaderOptions(options)
                .enable(YAMLParser.Feature.EMPTY_STRING_AS_NULL)
                .streamReadConstraints(StreamReadConstraints.builder()
                        .maxNestingDepth(MAX_DEPTH)
                        .build())
                .build();
    }

    static List<YamlLeaf> read(String source, String text) {
        try (YAMLParser parser = FACTORY.createParser(text)) {
            YamlLeaves leaves = new YamlLeaves(source, parser);
            leaves.document();
            return leaves.leaves;
        } catch (JsonProcessingException e) {
            throw new ConfigException(where(source, e.getLocation()), firstLine(e) + " Correct the YAML there.");
        } catch (IOException e) {
            throw new ConfigException(source, "it cannot be read: " + e.getMessage() + ".");
        }
    }

    private static String firstLine(JsonProcessingException e) {
        String message =
                String.valueOf(e.getOriginalMessage()).lines().findFirst().orElse("");
        return "this is not valid YAML (" + message + ").";
    }

    private static String where(String source, @Nullable JsonLocation at) {
        return at == null || at.getLineNr() < 1 ? source : source + ":" + at.getLineNr() + ":" + at.getColumnNr();
    }

    private ConfigException refuse(String problem) {
        return new ConfigException(where(source, parser.currentTokenLocation()), problem);
    }

    private void document() throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            return;
        }
        if (first != JsonToken.START_OBJECT) {
            throw refuse("the file must hold settings as 'name: value' lines, not a bare value or a list.");
        }
        checkPlain();
        mapping("");
        if (parser.nextToken() != null) {
            throw refuse("a second document begins here. Keep one document in a file.");
        }
    }

    // Anchors, aliases and tags are the means of every known attack through YAML, and a configuration is no poorer
    // without them.
    private void checkPlain() throws IOException {
        if (parser.getTypeId() != null) {
            throw refuse("type tags ('!...') are not allowed. Write the plain value.");
        }
        if (parser.getObjectId() != null || parser.isCurrentAlias()) {
            throw refuse("anchors and aliases ('&', '*') are not allowed. Write the value out.");
        }
    }

    private void mapping(String prefix) throws IOException {
        Set<String> seen = new HashSet<>();
        for (JsonToken token = parser.nextToken(); token == JsonToken.FIELD_NAME; token = parser.nextToken()) {
            String path = prefix + parser.currentName();
            String where = where(source, parser.currentTokenLocation());
            if (!seen.add(path)) {
                throw new ConfigException(where, "'" + path + "' is given twice. Keep one of them.");
            }
            value(path, where, nextValue());
        }
    }

    private JsonToken nextValue() throws IOException {
        JsonToken token = parser.nextToken();
        checkPlain();
        return token;
    }

    private void value(String path, String where, JsonToken token) throws IOException {
        switch (token) {
            case START_OBJECT -> mapping(path + ".");
            case START_ARRAY -> leaves.add(new YamlLeaf(path, items(path), true, where));
            default -> leaves.add(new YamlLeaf(path, List.of(scalar(path, token)), false, where));
        }
    }

    private List<String> items(String path) throws IOException {
        List<String> items = new ArrayList<>();
        for (JsonToken token = nextValue(); token != JsonToken.END_ARRAY; token = nextValue()) {
            items.add(scalar(path, token));
        }
        return items;
    }

    private String scalar(String path, JsonToken token) throws IOException {
        if (token == JsonToken.VALUE_NULL) {
            throw refuse("'" + path + "' has no value. Give it one, or remove the line.");
        }
        if (!token.isScalarValue()) {
            throw refuse("'" + path + "' is a list of lists or of trees. Write a list of plain values.");
        }
        return parser.getText();
    }
}
