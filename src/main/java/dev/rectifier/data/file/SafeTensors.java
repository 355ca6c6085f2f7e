package dev.rectifier.data.file;

import dev.rectifier.data.file.SafeTensorsHeader.Entry;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.LittleEndian;
import dev.rectifier.tensor.Shape;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The safetensors format: named tensors, as PyTorch's tools read and write them. Eight bytes of header length, a JSON header,
 * the elements, little-endian, row-major.
 *
 * <p>Before any element is read the header must be at most 1 MiB and inside the file, and the tensors must cover the data
 * without hole or overlap, from the first byte to the last of the file. F32, F64, I32 and I64 keep their bits; narrower types
 * are widened exactly (F16 and BF16 to F32, small integers and booleans to I32, U32 to I64); others are refused by name.
 *
 * <p>Source: the format's own description, version 0.5.
 */
public final class SafeTensors {
    private static final String CURE =
            "The file is damaged or was not written as safetensors: write or download it again.";
    private static final int LENGTH = Long.BYTES;
    private static final int CHUNK = 1 << 16;

    private SafeTensors() {}

    /**
     * What a file holds.
     *
     * @param tensors by name; read ones in the order of the header
     * @param metadata what the writer said about the file, text by text
     */
    public record Contents(Map<String, HostTensor> tensors, Map<String, String> metadata) {
        /** The tensor of this name. @throws IllegalArgumentException if there is none, with the first names there are */
        public HostTensor tensor(String name) {
            HostTensor found = tensors.get(name);
            if (found == null) {
                throw new IllegalArgumentException("There is no tensor '" + name + "' among "
                        + tensors.keySet().stream().limit(20).toList() + ".");
            }
            return found;
        }
    }

    /** The whole file. */
    public static Contents read(Path file) {
        return read(file, name -> true);
    }

    /** The tensors whose names are wanted; the others are checked in the header alone and cost no memory. */
    public static Contents read(Path file, Predicate<String> wanted) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            SafeTensorsHeader header = header(channel, file.toString());
            long data = data(channel, file.toString());
            Map<String, HostTensor> tensors = new LinkedHashMap<>();
            for (Map.Entry<String, Entry> entry : header.entries().entrySet()) {
                if (wanted.test(entry.getKey())) {
                    tensors.put(entry.getKey(), elements(channel, file, data, entry));
                }
            }
            return new Contents(tensors, header.metadata());
        } catch (IOException e) {
            throw DataFileException.of("read", file, e);
        }
    }

    /** Names and shapes alone, in the order of the header. */
    public static Map<String, Shape> shapes(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            Map<String, Shape> shapes = new LinkedHashMap<>();
            header(channel, file.toString()).entries().forEach((name, entry) -> shapes.put(name, entry.shape()));
            return shapes;
        } catch (IOException e) {
            throw DataFileException.of("read", file, e);
        }
    }

    private static long data(FileChannel channel, String name) throws IOException {
        long size = channel.size();
        if (size < LENGTH) {
            throw DataFileException.of(name, 0, "it has " + size + " bytes, too few for a header", CURE);
        }
        long length = bytes(channel, 0, LENGTH).getLong(0);
        if (length < 2 || length > SafeTensorsHeader.MOST_BYTES || length > size - LENGTH) {
            throw DataFileException.of(
                    name,
                    0,
                    "it states a header of " + Long.toUnsignedString(length) + " bytes, where at least 2, at most "
                            + SafeTensorsHeader.MOST_BYTES + " and no more than the file's " + size + " can be",
                    CURE);
        }
        return LENGTH + length;
    }

    private static SafeTensorsHeader header(FileChannel channel, String name) throws IOException {
        long data = data(channel, name);
        byte[] json = bytes(channel, LENGTH, Math.toIntExact(data - LENGTH)).array();
        SafeTensorsHeader header = parse(json, name);
        requireCover(header, name, data, channel.size() - data);
        return header;
    }

    private static SafeTensorsHeader parse(byte[] json, String name) {
        try {
            return SafeTensorsHeader.parse(json);
        } catch (IOException e) {
            throw DataFileException.of(name, LENGTH, "the header is wrong: " + firstLine(e), CURE);
        }
    }

    private static String firstLine(IOException e) {
        String said = String.valueOf(e.getMessage());
        String line = said.lines().findFirst().orElse("unreadable");
        return line.length() > 300 ? line.substring(0, 300) + "..." : line;
    }

    /** Tensors in the order of their bytes follow each other from 0 to the end. */
    private static void requireCover(SafeTensorsHeader header, String name, long data, long length) {
        List<Map.Entry<String, Entry>> ordered = header.entries().entrySet().stream()
                .sorted(Comparator.comparingLong(
                                (Map.Entry<String, Entry> e) -> e.getValue().from())
                        .thenComparingLong(e -> e.getValue().to()))
                .toList();
        long end = 0;
        for (Map.Entry<String, Entry> tensor : ordered) {
            long from = tensor.getValue().from();
            if (from != end) {
                String fault = from < end ? "overlaps the tensor before it" : "leaves a hole before it";
                throw DataFileException.of(name, data + from, "tensor '" + tensor.getKey() + "' " + fault, CURE);
            }
            end = tensor.getValue().to();
        }
        if (end != length) {
            String fault = "the header accounts for " + end + " bytes of data, the file has " + length;
            throw DataFileException.of(name, data + Math.min(end, length), fault, CURE);
        }
    }

    private static HostTensor elements(FileChannel channel, Path file, long data, Map.Entry<String, Entry> tensor)
            throws IOException {
        Entry entry = tensor.getValue();
        int length = length(file, data + entry.from(), tensor.getKey(), entry);
        HostTensor values = HostTensor.zeros(entry.type().host(), entry.shape());
        int width = entry.type().bytes();
        for (int at = 0; at < length; at += CHUNK) {
            int count = Math.min(CHUNK, length - at);
            ByteBuffer chunk = bytes(channel, data + entry.from() + (long) at * width, count * width);
            entry.type().decode(chunk, values, at, count);
        }
        return values;
    }

    private static int length(Path file, long at, String name, Entry entry) {
        if (entry.shape().size() > Integer.MAX_VALUE - 8) {
            throw DataFileException.of(
                    file.toString(),
                    at,
                    "tensor '" + name + "' has " + entry.shape().size() + " elements, more than one Java array holds",
                    "Split it.");
        }
        return Math.toIntExact(entry.shape().size());
    }

    private static ByteBuffer bytes(FileChannel channel, long at, int count) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(count).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer, at + buffer.position()) < 0) {
                throw new EOFException("the file became shorter while it was read");
            }
        }
        return buffer.flip();
    }

    /**
     * Writes a file, or replaces it in one step. Wide elements come first, then names in their order, as the reference
     * writer has it, so equal contents make equal files.
     *
     * @throws DataFileException if the header would be longer than other readers take, or the disk refuses
     */
    public static void write(Path file, Contents contents) {
        Map<String, Entry> entries = layout(contents.tensors());
        SafeTensorsHeader header = new SafeTensorsHeader(entries, new TreeMap<>(contents.metadata()));
        ReplacedFile.write(file, out -> {
            byte[] json = header.toBytes();
            if (json.length > SafeTensorsHeader.MOST_BYTES) {
                throw new IOException("the names and shapes take " + json.length + " bytes, more than 1 MiB");
            }
            out.write(ByteBuffer.allocate(LENGTH)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(json.length)
                    .array());
            out.write(json);
            for (String name : entries.keySet()) {
                append(out, java.util.Objects.requireNonNull(contents.tensors().get(name)));
            }
        });
    }

    private static Map<String, Entry> layout(Map<String, HostTensor> tensors) {
        List<Map.Entry<String, HostTensor>> ordered = tensors.entrySet().stream()
                .sorted(Comparator.comparingInt((Map.Entry<String, HostTensor> t) ->
                                -t.getValue().dtype().bytes())
                        .thenComparing(Map.Entry::getKey))
                .toList();
        Map<String, Entry> entries = new LinkedHashMap<>();
        long from = 0;
        for (Map.Entry<String, HostTensor> tensor : ordered) {
            HostTensor values = tensor.getValue();
            DType dtype = values.dtype();
            long to = from + (long) values.length() * dtype.bytes();
            entries.put(tensor.getKey(), new Entry(ElementType.of(dtype), values.shape(), from, to));
            from = to;
        }
        return entries;
    }

    /** Elements of one tensor as bytes, in pieces. */
    static void append(OutputStream out, HostTensor values) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK * values.dtype().bytes()).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < values.length(); at += CHUNK) {
            int count = Math.min(CHUNK, values.length() - at);
            chunk.clear();
            LittleEndian.put(chunk, values, at, count);
            out.write(chunk.array(), 0, chunk.position());
        }
    }
}
