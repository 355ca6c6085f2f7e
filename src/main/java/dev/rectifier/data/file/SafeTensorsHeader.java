package dev.rectifier.data.file;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import dev.rectifier.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The JSON at the head of a safetensors file, token by token: every key is known, every number a whole one, nothing comes
 * twice. Offsets count from the end of the header; whether they fit the file is for {@link SafeTensors} to say.
 *
 * @param entries by name, in the order of the header
 * @param metadata what the writer said about the file
 */
record SafeTensorsHeader(Map<String, Entry> entries, Map<String, String> metadata) {
    /** Longest header that is read: ten thousand tensors take less. */
    static final int MOST_BYTES = 1 << 20;

    private static final String METADATA = "__metadata__";
    private static final int MOST_AXES = 16;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(StreamReadFeature.INCLUDE_SOURCE_IN_LOCATION)
            .streamReadConstraints(StreamReadConstraints.builder()
                    .maxNestingDepth(4)
                    .maxNumberLength(20)
                    .maxStringLength(MOST_BYTES)
                    .maxNameLength(4096)
                    .build())
            .build();

    /** One tensor: its type, shape and the bytes {@code from .. to - 1} of the data. */
    record Entry(ElementType type, Shape shape, long from, long to) {
        long bytes() {
            return to - from;
        }
    }

    /** Reads the header; the exception's message completes «the header is wrong: ...». */
    static SafeTensorsHeader parse(byte[] json) throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        try (JsonParser in = JSON.createParser(text(json))) {
            require(in.nextToken(), JsonToken.START_OBJECT, "it does not begin with {");
            for (String name = in.nextFieldName(); name != null; name = in.nextFieldName()) {
                in.nextToken();
                if (name.equals(METADATA)) {
                    readMetadata(in, metadata);
                } else {
                    entries.put(name, readEntry(in, name));
                }
            }
            require(in.currentToken(), JsonToken.END_OBJECT, "it does not end with }");
            if (in.nextToken() != null) {
                throw new IOException("something follows the last }");
            }
        }
        return new SafeTensorsHeader(entries, metadata);
    }

    /** Strict UTF-8, since a parser of bytes would guess other encodings. */
    private static String text(byte[] json) throws IOException {
        if (json.length == 0 || json[0] != '{') {
            throw new IOException("it does not begin with {");
        }
        return StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(json)).toString();
    }

    private static void readMetadata(JsonParser in, Map<String, String> metadata) throws IOException {
        require(in.currentToken(), JsonToken.START_OBJECT, METADATA + " is no object");
        for (String key = in.nextFieldName(); key != null; key = in.nextFieldName()) {
            require(in.nextToken(), JsonToken.VALUE_STRING, METADATA + " '" + key + "' is no string");
            metadata.put(key, in.getText());
        }
        require(in.currentToken(), JsonToken.END_OBJECT, METADATA + " does not end with }");
    }

    private static Entry readEntry(JsonParser in, String name) throws IOException {
        require(in.currentToken(), JsonToken.START_OBJECT, "tensor '" + name + "' is no object");
        String dtype = "";
        List<Long> shape = List.of();
        List<Long> offsets = List.of();
        int known = 0;
        for (String key = in.nextFieldName(); key != null; key = in.nextFieldName()) {
            in.nextToken();
            switch (key) {
                case "dtype" -> {
                    require(
                            in.currentToken(),
                            JsonToken.VALUE_STRING,
                            "tensor '" + name + "' has a dtype that is no text");
                    dtype = in.getText();
                }
                case "shape" -> shape = numbers(in, name);
                case "data_offsets" -> offsets = numbers(in, name);
                default -> throw new IOException("tensor '" + name + "' has an unknown field '" + key + "'");
            }
            known++;
        }
        if (known != 3 || offsets.size() != 2) {
            throw new IOException("tensor '" + name + "' needs dtype, shape and two data_offsets");
        }
        return entry(name, dtype, shape, offsets);
    }

    private static Entry entry(String name, String dtype, List<Long> extents, List<Long> offsets) throws IOException {
        ElementType type = ElementType.ofWord(dtype)
                .orElseThrow(() -> new IOException("tensor '" + name + "' is of type " + dtype
                        + ", which is not read here; save it as F32 or F64"));
        Shape shape = shape(name, extents);
        Entry entry = new Entry(type, shape, offsets.get(0), offsets.get(1));
        if (entry.bytes() < 0 || bytes(name, shape, type) != entry.bytes()) {
            throw new IOException("tensor '" + name + "', " + dtype + " " + shape + ", does not fill its bytes "
                    + entry.from() + " to " + entry.to());
        }
        return entry;
    }

    private static Shape shape(String name, List<Long> extents) throws IOException {
        try {
            return Shape.of(extents.stream().mapToLong(Long::longValue).toArray());
        } catch (IllegalArgumentException e) {
            throw new IOException("tensor '" + name + "' has a shape that cannot be: " + e.getMessage(), e);
        }
    }

    private static long bytes(String name, Shape shape, ElementType type) throws IOException {
        if (shape.size() > Long.MAX_VALUE / type.bytes()) {
            throw new IOException("tensor '" + name + "' is larger than any file");
        }
        return shape.size() * type.bytes();
    }

    private static List<Long> numbers(JsonParser in, String name) throws IOException {
        require(in.currentToken(), JsonToken.START_ARRAY, "tensor '" + name + "' has a list that is none");
        List<Long> numbers = new ArrayList<>();
        while (in.nextToken() == JsonToken.VALUE_NUMBER_INT) {
            long number = in.getLongValue();
            if (number < 0 || numbers.size() == MOST_AXES) {
                throw new IOException(
                        "tensor '" + name + "' has a negative number or more than " + MOST_AXES + " axes");
            }
            numbers.add(number);
        }
        require(in.currentToken(), JsonToken.END_ARRAY, "tensor '" + name + "' has a list of other than whole numbers");
        return numbers;
    }

    private static void require(@Nullable JsonToken found, JsonToken wanted, String complaint) throws IOException {
        if (found != wanted) {
            throw new IOException(complaint);
        }
    }

    /** The header as bytes, padded by blanks so that the data begins at a multiple of 8 of the file. */
    byte[] toBytes() throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (JsonGenerator out = JSON.createGenerator(bytes)) {
            out.writeStartObject();
            if (!metadata.isEmpty()) {
                out.writeObjectFieldStart(METADATA);
                for (Map.Entry<String, String> pair : metadata.entrySet()) {
                    out.writeStringField(pair.getKey(), pair.getValue());
                }
                out.writeEndObject();
            }
            for (Map.Entry<String, Entry> tensor : entries.entrySet()) {
                write(out, tensor.getKey(), tensor.getValue());
            }
            out.writeEndObject();
        }
        while (bytes.size() % Long.BYTES != 0) {
            bytes.write(' ');
        }
        return bytes.toByteArray();
    }

    private static void write(JsonGenerator out, String name, Entry tensor) throws IOException {
        out.writeObjectFieldStart(name);
        out.writeStringField("dtype", tensor.type().word());
        out.writeFieldName("shape");
        out.writeArray(tensor.shape().extents(), 0, tensor.shape().rank());
        out.writeFieldName("data_offsets");
        out.writeArray(new long[] {tensor.from(), tensor.to()}, 0, 2);
        out.writeEndObject();
    }
}
