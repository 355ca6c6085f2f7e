package dev.rectifier.record;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLParser;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.yaml.snakeyaml.LoaderOptions;

/**
 * Reads a YAML text as a tree. What a description has no need of is refused: type tags, anchors and aliases, several documents,
 * deep nesting, more than 1 MiB. Scalars stay text.
 */
public final class YamlTree {
    private static final int MAX_CHARACTERS = 1 << 20;
    private static final int MAX_DEPTH = 50;
    private static final YAMLFactory FACTORY = factory();

    private final String source;
    private final YAMLParser parser;

    private YamlTree(String source, YAMLParser parser) {
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

    /**
     * The mapping that a file holds; empty for an empty file.
     *
     * @throws ConfigException naming the place
     */
    public static YamlNode.Mapping read(Path file) {
        return read(String.valueOf(file.getFileName()), load(file));
    }

    /** The same from text; {@code source} names it in messages. */
    public static YamlNode.Mapping read(String source, String text) {
        try (YAMLParser parser = FACTORY.createParser(text)) {
            return new YamlTree(source, parser).document();
        } catch (JsonProcessingException e) {
            throw new ConfigException(where(source, e.getLocation()), firstLine(e) + " Correct the YAML there.");
        } catch (IOException e) {
            throw new ConfigException(source, "it cannot be read: " + e.getMessage() + ".");
        }
    }

    /** A file's text. @throws ConfigException if it is no readable UTF-8 text of at most 1 MiB */
    static String load(Path file) {
        String name = file.toString();
        try {
            if (Files.size(file) > MAX_CHARACTERS) {
                throw new ConfigException(
                        name, "it is larger than 1 MiB, which no configuration is. Is it the right file?");
            }
            return Files.readString(file);
        } catch (NoSuchFileException e) {
            throw new ConfigException(name, "there is no such file. Check the path.");
        } catch (CharacterCodingException e) {
            throw new ConfigException(name, "it is not UTF-8 text. Save it as UTF-8.");
        } catch (IOException e) {
            throw new ConfigException(
                    name, "it cannot be read (" + e.getMessage() + "). Check that it is a readable file.");
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

    private YamlNode.Mapping document() throws IOException {
        JsonToken first = parser.nextToken();
        if (first == null) {
            return new YamlNode.Mapping(source, Map.of());
        }
        if (first != JsonToken.START_OBJECT) {
            throw refuse("the file must hold settings as 'name: value' lines, not a bare value or a list.");
        }
        checkPlain();
        YamlNode.Mapping mapping = mapping(place(), "");
        if (parser.nextToken() != null) {
            throw refuse("a second document begins here. Keep one document in a file.");
        }
        return mapping;
    }

    private String place() {
        return where(source, parser.currentTokenLocation());
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

    private YamlNode.Mapping mapping(String where, String prefix) throws IOException {
        Map<String, YamlNode.Member> members = new LinkedHashMap<>();
        for (JsonToken token = parser.nextToken(); token == JsonToken.FIELD_NAME; token = parser.nextToken()) {
            String name = parser.currentName();
            String path = prefix + name;
            String named = place();
            if (members.containsKey(name)) {
                throw new ConfigException(named, "'" + path + "' is given twice. Keep one of them.");
            }
            members.put(name, new YamlNode.Member(named, value(path + ".", nextValue())));
        }
        return new YamlNode.Mapping(where, Collections.unmodifiableMap(members));
    }

    private JsonToken nextValue() throws IOException {
        JsonToken token = parser.nextToken();
        checkPlain();
        return token;
    }

    private YamlNode value(String prefix, JsonToken token) throws IOException {
        String where = place();
        return switch (token) {
            case START_OBJECT -> mapping(where, prefix);
            case START_ARRAY -> new YamlNode.Sequence(where, items(prefix));
            case VALUE_NULL -> new YamlNode.Nothing(where);
            default -> new YamlNode.Text(where, parser.getText());
        };
    }

    private List<YamlNode> items(String prefix) throws IOException {
        List<YamlNode> items = new ArrayList<>();
        for (JsonToken token = nextValue(); token != JsonToken.END_ARRAY; token = nextValue()) {
            items.add(value(prefix, token));
        }
        return items;
    }
}
