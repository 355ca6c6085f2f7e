package dev.rectifier.bench.peer;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.channels.ReadableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** NumPy's array file, version 1.0, C order, little-endian: float32, int32 and bytes written, float32 read. */
public final class NpyFile {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0};
    private static final int ALIGNMENT = 64;
    private static final int CHUNK = 1 << 16;
    private static final int MOST_HEADER = 1 << 12;
    private static final Pattern FLOAT32 = Pattern.compile("'descr':\\s*'<f4'");
    private static final Pattern C_ORDER = Pattern.compile("'fortran_order':\\s*False");
    private static final Pattern EXTENTS = Pattern.compile("'shape':\\s*\\(([0-9, ]*)\\)");

    private NpyFile() {}

    /** Writes an array of F32 or I32. */
    static void write(OutputStream out, HostTensor values) throws IOException {
        out.write(header(values.dtype() == DType.F32 ? "<f4" : "<i4", values.shape()));
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        int length = values.length();
        for (int from = 0; from < length; from += CHUNK / 4) {
            int count = Math.min(CHUNK / 4, length - from);
            if (values.dtype() == DType.F32) {
                chunk.asFloatBuffer().put(values.floats(), from, count);
            } else {
                chunk.asIntBuffer().put(values.ints(), from, count);
            }
            out.write(chunk.array(), 0, 4 * count);
        }
    }

    /** The preamble of an array. */
    static byte[] header(String type, Shape shape) {
        StringBuilder extents = new StringBuilder();
        for (int axis = 0; axis < shape.rank(); axis++) {
            extents.append(shape.dim(axis)).append(", ");
        }
        String text = "{'descr': '" + type + "', 'fortran_order': False, 'shape': (" + extents + "), }";
        int unpadded = MAGIC.length + 2 + text.length() + 1;
        int padding = (ALIGNMENT - unpadded % ALIGNMENT) % ALIGNMENT;
        byte[] words = (text + " ".repeat(padding) + "\n").getBytes(StandardCharsets.US_ASCII);
        return ByteBuffer.allocate(MAGIC.length + 2 + words.length)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .putShort((short) words.length)
                .put(words)
                .array();
    }

    /**
     * Reads an array of float32.
     *
     * @throws PeerException if the file is none
     */
    public static HostTensor read(Path file) {
        try (FileChannel channel = FileChannel.open(file)) {
            return read(channel, channel.size(), file);
        } catch (IOException | IllegalArgumentException | ArithmeticException e) { // of extents that no array has
            throw new PeerException("Cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    /** An array of so many bytes with its header. */
    static HostTensor read(ReadableByteChannel channel, long size, Path file) throws IOException {
        ByteBuffer start = filled(channel, MAGIC.length + 2);
        byte[] magic = new byte[MAGIC.length];
        start.get(magic);
        int length = Short.toUnsignedInt(start.getShort());
        require(Arrays.equals(magic, MAGIC) && length <= MOST_HEADER, file, "no NumPy array of version 1.0");
        String header =
                StandardCharsets.US_ASCII.decode(filled(channel, length)).toString();
        require(FLOAT32.matcher(header).find() && C_ORDER.matcher(header).find(), file, "not float32 in C order");
        Shape shape = shape(header, file);
        long preamble = MAGIC.length + 2L + length;
        require(size == preamble + 4 * shape.size(), file, "of another length than its shape");
        return values(channel, shape);
    }

    private static HostTensor values(ReadableByteChannel channel, Shape shape) throws IOException {
        float[] values = new float[Math.toIntExact(shape.size())];
        for (int from = 0; from < values.length; from += CHUNK / 4) {
            int count = Math.min(CHUNK / 4, values.length - from);
            filled(channel, 4 * count).asFloatBuffer().get(values, from, count);
        }
        return HostTensor.of(shape, values);
    }

    private static Shape shape(String header, Path file) {
        Matcher matcher = EXTENTS.matcher(header);
        require(matcher.find(), file, "without a shape");
        long[] extents = Arrays.stream(matcher.group(1).split(",", -1))
                .map(String::strip)
                .filter(extent -> !extent.isEmpty())
                .mapToLong(Long::parseLong)
                .toArray();
        return Shape.of(extents);
    }

    private static ByteBuffer filled(ReadableByteChannel channel, int bytes) throws IOException {
        ByteBuffer buffer = ByteBuffer.allocate(bytes).order(ByteOrder.LITTLE_ENDIAN);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new IOException("the file ends early");
            }
        }
        return buffer.flip();
    }

    private static void require(boolean met, Path file, String what) {
        if (!met) {
            throw new PeerException("The array that a peer wrote to " + file + " is " + what + ".");
        }
    }
}
