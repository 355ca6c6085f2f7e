package dev.rectifier.data.file;

import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/**
 * A file read from front to back, unpacked where it is gzip (told by its first two bytes, not by its name).
 *
 * <p>What is asked for is first held against what can be there: the length of a plain file; of a packed one
 * {@value #MOST_RATIO} times its length, or {@value #FREE} bytes if that is more. Memory is taken as bytes arrive.
 */
public final class Unpacking implements Closeable {
    /** Real images pack by less than 20; a run of zeros by 1000. */
    static final long MOST_RATIO = 200;

    /** Unpacked at any ratio. */
    static final long FREE = 64L << 20;

    private static final int LARGEST = Integer.MAX_VALUE - 8;

    private static final int SKIPPED = 1 << 16;

    private static final String DAMAGED = "The file is cut off or damaged: write or download it again.";

    private final String name;
    private final InputStream in;
    private final boolean packed;
    private long left;
    private long at;

    /** {@code left}: bytes that can come at most. */
    private Unpacking(String name, InputStream in, boolean packed, long left) {
        this.name = name;
        this.in = in;
        this.packed = packed;
        this.left = left;
    }

    /** Opens a file; the caller closes it. */
    public static Unpacking open(Path file) {
        try {
            long size = Files.size(file);
            InputStream in = new BufferedInputStream(Files.newInputStream(file));
            try {
                return isGzip(in)
                        ? ofPacked(file.toString(), new GZIPInputStream(in, 1 << 16), mostOf(size))
                        : new Unpacking(file.toString(), in, false, size);
            } catch (IOException e) {
                in.close();
                throw e;
            }
        } catch (ZipException | EOFException e) {
            throw DataFileException.of(file.toString(), 0, "the gzip header is wrong: " + e.getMessage(), DAMAGED);
        } catch (IOException e) {
            throw DataFileException.of("read", file, e);
        }
    }

    /** A stream that unpacks to {@code most} bytes at most. */
    static Unpacking ofPacked(String name, InputStream in, long most) {
        return new Unpacking(name, in, true, most);
    }

    /** Bytes that so many packed ones may unpack to. */
    static long mostOf(long packed) {
        return Math.max(FREE, MOST_RATIO * packed);
    }

    private static boolean isGzip(InputStream in) throws IOException {
        in.mark(2);
        boolean gzip = in.read() == 0x1f && in.read() == 0x8b;
        in.reset();
        return gzip;
    }

    /** The file, for messages. */
    String name() {
        return name;
    }

    /** A complaint about the place that was reached. */
    DataFileException fault(String why, String cure) {
        return DataFileException.of(name, at, packed ? why + " (bytes counted after unpacking)" : why, cure);
    }

    /** How many bytes follow, of a plain file; of a packed one nobody knows. */
    OptionalLong ahead() {
        return packed ? OptionalLong.empty() : OptionalLong.of(left);
    }

    /** Bytes that were read. */
    long at() {
        return at;
    }

    /** Refuses a file that is packed, or in which other than so many bytes follow. */
    void requireAhead(long count) {
        if (packed) {
            throw fault("it is packed, and records of a packed file cannot be found", "Unpack it.");
        }
        if (count != left) {
            throw fault("it announces " + count + " bytes, but " + left + " follow", DAMAGED);
        }
    }

    /** Exactly so many bytes; {@code what} completes «too few for ...». */
    byte[] bytes(long count, String what) {
        if (count > left) {
            String limit =
                    packed ? "bytes, more than it may unpack to (" + left + ")" : "bytes, but only " + left + " follow";
            throw fault("for " + what + " it would need " + count + " " + limit, DAMAGED);
        }
        byte[] bytes = read(Math.toIntExact(count));
        if (bytes.length < count) {
            throw fault("it ends after " + bytes.length + " of " + count + " bytes of " + what, DAMAGED);
        }
        at += count;
        left -= count;
        return bytes;
    }

    /** Bytes of this file as a file of their own. */
    Unpacking part(String part, byte[] content) {
        return new Unpacking(name + " (" + part + ")", new ByteArrayInputStream(content), false, content.length);
    }

    /** Goes over bytes without keeping them. */
    void skip(long count, String what) {
        for (long rest = count; rest > 0; rest -= Math.min(rest, SKIPPED)) {
            bytes(Math.min(rest, SKIPPED), what);
        }
    }

    /** All that follows. */
    byte[] rest() {
        if (!packed && left > LARGEST) {
            throw fault(
                    left + " bytes follow, more than one Java array holds (" + LARGEST + ")",
                    "It is not such a file, or it has to be cut in parts.");
        }
        int most = (int) Math.min(LARGEST, left);
        byte[] bytes = read(most);
        at += bytes.length;
        left -= bytes.length;
        end();
        return bytes;
    }

    private byte[] read(int count) {
        try {
            return packed ? in.readNBytes(count) : whole(count);
        } catch (ZipException | EOFException e) {
            throw fault("the packed data is wrong after this byte: " + e.getMessage(), DAMAGED);
        } catch (IOException e) {
            throw DataFileException.of("read", Path.of(name), e);
        }
    }

    /** Of a plain file, whose length is known: one array. */
    private byte[] whole(int count) throws IOException {
        byte[] bytes = new byte[count];
        int read = in.readNBytes(bytes, 0, count);
        return read == count ? bytes : java.util.Arrays.copyOf(bytes, read);
    }

    /** Refuses a file that goes on. */
    void end() {
        if (read(1).length > 0) {
            throw fault(
                    "it goes on after its last element", "It is not what its header says: write or download it again.");
        }
    }

    @Override
    public void close() {
        try {
            in.close();
        } catch (IOException e) {
            throw DataFileException.of("read", Path.of(name), e);
        }
    }
}
