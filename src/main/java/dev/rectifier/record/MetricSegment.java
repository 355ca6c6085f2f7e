package dev.rectifier.record;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Reads one segment up to its first bad record. */
final class MetricSegment {
    private static final Pattern NAME = Pattern.compile("segment-(\\d{6})\\.metrics");

    private final Path file;
    private final byte[] bytes;
    private final int good;

    private MetricSegment(Path file, byte[] bytes) {
        this.file = file;
        this.bytes = bytes;
        this.good = goodLength(bytes);
    }

    /** What a segment holds, in the order it was written. */
    interface Visitor {
        void block(String metric, long step, int firstReplica, double[] values);

        void resume(long step, int firstReplica);
    }

    static MetricSegment read(Disk disk, Path file) throws IOException {
        try (InputStream in = disk.read(file)) {
            return new MetricSegment(file, in.readAllBytes());
        }
    }

    /** The segments of a folder in the order they were written. */
    static List<Path> list(Path folder) throws IOException {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file ->
                            NAME.matcher(String.valueOf(file.getFileName())).matches())
                    .sorted()
                    .toList();
        }
    }

    static Path after(Path folder, List<Path> existing) {
        int last = existing.isEmpty() ? 0 : numberOf(existing.get(existing.size() - 1));
        return folder.resolve(String.format(Locale.ROOT, "segment-%06d.metrics", last + 1));
    }

    private static int numberOf(Path file) {
        return Integer.parseInt(String.valueOf(file.getFileName()).substring(8, 14));
    }

    /** Bytes up to the end of the last good record. */
    int good() {
        return good;
    }

    /** Bytes behind the last good record. */
    int torn() {
        return bytes.length - good;
    }

    Path file() {
        return file;
    }

    private static int goodLength(byte[] bytes) {
        int magic = MetricFormat.MAGIC.length;
        if (bytes.length < magic || !Arrays.equals(bytes, 0, magic, MetricFormat.MAGIC, 0, magic)) {
            return 0;
        }
        int at = magic;
        for (int next = endOfRecord(bytes, at); next > 0; next = endOfRecord(bytes, at)) {
            at = next;
        }
        return at;
    }

    /** The end of the record at {@code at}, or 0 if it is not whole. */
    private static int endOfRecord(byte[] bytes, int at) {
        int payload = at + MetricFormat.RECORD_HEADER;
        if (payload > bytes.length) {
            return 0;
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        int length = buffer.getInt(at);
        boolean fits = length >= 1 && length <= MetricFormat.MAX_PAYLOAD && length <= bytes.length - payload;
        return fits && buffer.getInt(at + 4) == MetricFormat.crc(bytes, payload, length) ? payload + length : 0;
    }

    void visit(Visitor visitor) {
        Map<Integer, String> names = new HashMap<>();
        int at = MetricFormat.MAGIC.length;
        while (at < good) {
            int length = ByteBuffer.wrap(bytes).getInt(at);
            at += MetricFormat.RECORD_HEADER;
            visitRecord(ByteBuffer.wrap(bytes, at, length), names, visitor);
            at += length;
        }
    }

    private static void visitRecord(ByteBuffer payload, Map<Integer, String> names, Visitor visitor) {
        byte kind = payload.get();
        switch (kind) {
            case MetricFormat.NAME -> names.put(payload.getInt(), text(payload));
            case MetricFormat.BLOCK -> visitBlock(payload, names, visitor);
            case MetricFormat.RESUME -> visitor.resume(payload.getLong(), 0);
            case MetricFormat.RESUME_REPLICAS -> visitor.resume(payload.getLong(), payload.getInt());
            default ->
                throw new RecordException("A metric record has the unknown kind " + kind
                        + ": the run was written by a newer version. Read it with that version.");
        }
    }

    private static String text(ByteBuffer payload) {
        return StandardCharsets.UTF_8.decode(payload).toString();
    }

    private static void visitBlock(ByteBuffer payload, Map<Integer, String> names, Visitor visitor) {
        String name = names.getOrDefault(payload.getInt(), "?");
        long step = payload.getLong();
        int first = payload.getInt();
        double[] values = new double[payload.remaining() / 8];
        payload.asDoubleBuffer().get(values);
        visitor.block(name, step, first, values);
    }
}
