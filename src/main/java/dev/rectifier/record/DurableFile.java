package dev.rectifier.record;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.DigestOutputStream;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Writes a file so that a crash at any moment leaves the old content or the new, never a mixture: a temporary file in the same
 * folder is written, forced, read back and compared, renamed over the target, and the folder is forced.
 */
public final class DurableFile {
    static final String TEMPORARY_SUFFIX = ".rectifier-tmp";
    private static final int CHUNK = 1 << 16;

    private DurableFile() {}

    /** Content that is written as a stream, so that it need not fit in memory twice. */
    @FunctionalInterface
    public interface Content {
        /** Writes everything; does not close the stream. */
        void writeTo(OutputStream out) throws IOException;
    }

    /** Replaces a file's content. */
    public static void write(Path file, byte[] content) {
        write(Disk.real(), file, out -> out.write(content));
    }

    /** Replaces a file's content by UTF-8 text. */
    public static void write(Path file, String content) {
        write(Disk.real(), file, text(content));
    }

    /** UTF-8 text as content. */
    public static Content text(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        return out -> out.write(bytes);
    }

    static void write(Disk disk, Path file, Content content) {
        Path folder = folderOf(file);
        Path temporary = folder.resolve("." + file.getFileName() + TEMPORARY_SUFFIX);
        try {
            byte[] written = writeForced(disk, temporary, content);
            if (!Arrays.equals(written, digest(disk, temporary))) {
                throw new IOException("what was read back is not what was written");
            }
            disk.move(temporary, file);
            disk.forceDirectory(folder);
        } catch (IOException e) {
            throw RecordException.of("write", file, e);
        }
    }

    static Path folderOf(Path file) {
        Path folder = file.toAbsolutePath().getParent();
        if (folder == null) {
            throw new IllegalArgumentException("'" + file + "' is a root folder, not a file.");
        }
        return folder;
    }

    private static byte[] writeForced(Disk disk, Path file, Content content) throws IOException {
        MessageDigest digest = Digest.sha256();
        try (Disk.Output output = disk.create(file)) {
            ChunkedStream chunks = new ChunkedStream(output);
            DigestOutputStream stream = new DigestOutputStream(chunks, digest);
            content.writeTo(stream);
            chunks.flush();
            output.force();
        }
        return digest.digest();
    }

    private static byte[] digest(Disk disk, Path file) throws IOException {
        MessageDigest digest = Digest.sha256();
        byte[] chunk = new byte[CHUNK];
        try (InputStream in = disk.read(file)) {
            for (int n = in.read(chunk); n >= 0; n = in.read(chunk)) {
                digest.update(chunk, 0, n);
            }
        }
        return digest.digest();
    }

    /** Gathers small writes. */
    private static final class ChunkedStream extends OutputStream {
        private final Disk.Output output;
        private final byte[] pending = new byte[CHUNK];
        private int used;

        ChunkedStream(Disk.Output output) {
            this.output = output;
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (length > CHUNK - used) {
                flush();
            }
            if (length > CHUNK) {
                output.write(bytes, offset, length);
            } else {
                System.arraycopy(bytes, offset, pending, used, length);
                used += length;
            }
        }

        @Override
        public void flush() throws IOException {
            output.write(pending, 0, used);
            used = 0;
        }
    }
}
