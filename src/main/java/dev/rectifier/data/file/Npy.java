package dev.rectifier.data.file;

import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.stream.Collectors;

/**
 * npy files, one array each, as numpy writes them: versions 1 to 3, little-endian, in C order. float64, float32, int64 and
 * int32 keep their bits, narrower types are widened exactly; objects, records, other byte orders and Fortran order are
 * refused with the numpy call that cures it. Plain or gzip.
 *
 * <p>Source: NumPy Enhancement Proposal 1 and numpy.lib.format.
 */
public final class Npy {
    private static final byte[] MAGIC = {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y'};
    private static final String CURE = "Write it again with numpy.save.";
    private static final int LONGEST_HEADER = 1 << 16;
    private static final int ALIGNMENT = 64;

    private Npy() {}

    /** The array as numbers. */
    public static HostTensor read(Path file) {
        try (Unpacking in = Unpacking.open(file)) {
            return raw(in).numbers();
        }
    }

    /** The array as unsigned bytes, which it must be. */
    public static ByteTensor readBytes(Path file) {
        try (Unpacking in = Unpacking.open(file)) {
            return raw(in).unsignedBytes();
        }
    }

    /**
     * The records of an array of unsigned bytes of any size, [M, ...], read where they lie: the file is not packed, and stays
     * open until the caller closes it.
     */
    public static ByteRecords records(Path file) {
        try (Unpacking in = Unpacking.open(file)) {
            NpyHeader.Described header = head(in);
            if (type(in, header) != ElementType.U8 || header.shape().rank() < 1) {
                throw in.fault("it holds no unsigned bytes [M, ...]", "Save it as uint8.");
            }
            in.requireAhead(header.shape().size());
            return ByteRecords.open(file, in.at(), header.shape());
        }
    }

    static RawArray raw(Unpacking in) {
        NpyHeader.Described header = head(in);
        RawArray array = RawArray.read(in, type(in, header), header.shape(), ByteOrder.LITTLE_ENDIAN);
        in.end();
        return array;
    }

    private static NpyHeader.Described head(Unpacking in) {
        byte[] head = in.bytes(MAGIC.length + 2, "the magic number and version");
        int version = head[MAGIC.length];
        if (!Arrays.equals(MAGIC, Arrays.copyOf(head, MAGIC.length)) || version < 1 || version > 3) {
            throw in.fault("it is no npy file of version 1 to 3", CURE);
        }
        return header(in, version == 1 ? Short.BYTES : Integer.BYTES);
    }

    private static NpyHeader.Described header(Unpacking in, int width) {
        ByteBuffer word =
                ByteBuffer.wrap(in.bytes(width, "the length of the header")).order(ByteOrder.LITTLE_ENDIAN);
        long length =
                width == Short.BYTES ? Short.toUnsignedLong(word.getShort()) : Integer.toUnsignedLong(word.getInt());
        if (length > LONGEST_HEADER) {
            throw in.fault("it states a header of " + length + " bytes, more than " + LONGEST_HEADER, CURE);
        }
        byte[] text = in.bytes(length, "the header");
        try {
            return NpyHeader.parse(new String(text, StandardCharsets.ISO_8859_1));
        } catch (IllegalArgumentException e) {
            throw in.fault("the header is wrong: " + e.getMessage(), CURE);
        }
    }

    private static ElementType type(Unpacking in, NpyHeader.Described header) {
        String descr = header.descr();
        if (header.fortran()) {
            throw in.fault("it is in Fortran order", "Save numpy.ascontiguousarray(a).");
        }
        if (descr.startsWith(">")) {
            throw in.fault("its type '" + descr + "' is big-endian", "Save a.astype(a.dtype.newbyteorder('<')).");
        }
        return ElementType.ofDescr(descr)
                .orElseThrow(() -> in.fault(
                        "its type '" + descr + "' is not among float16 to 64, int8 to 64, uint8 to 32 and bool",
                        "Save a.astype('float32')."));
    }

    /** Writes an array, or replaces the file in one step. */
    public static void write(Path file, HostTensor values) {
        ReplacedFile.write(file, out -> append(out, values));
    }

    /** Writes unsigned bytes. */
    public static void write(Path file, ByteTensor values) {
        ReplacedFile.write(file, out -> {
            out.write(header(ElementType.U8, values.shape()));
            out.write(values.bytes());
        });
    }

    static void append(OutputStream out, HostTensor values) throws IOException {
        out.write(header(ElementType.of(values.dtype()), values.shape()));
        SafeTensors.append(out, values);
    }

    /** Version 1, padded so that the elements begin at a multiple of 64, as numpy does. */
    private static byte[] header(ElementType type, Shape shape) {
        String extents = Arrays.stream(shape.extents())
                .mapToObj(Long::toString)
                .collect(Collectors.joining(", ", "(", shape.rank() == 1 ? ",)" : ")"));
        String text = "{'descr': '" + type.descr() + "', 'fortran_order': False, 'shape': " + extents + ", }";
        int before = MAGIC.length + 2 + Short.BYTES;
        int whole = (before + text.length() + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        String padded = text + " ".repeat(whole - before - text.length() - 1) + "\n";
        return ByteBuffer.allocate(whole)
                .order(ByteOrder.LITTLE_ENDIAN)
                .put(MAGIC)
                .put(new byte[] {1, 0})
                .putShort((short) padded.length())
                .put(padded.getBytes(StandardCharsets.US_ASCII))
                .array();
    }
}
