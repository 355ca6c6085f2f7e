package dev.rectifier.record;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.FilterOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.Arrays;

/**
 * Layout of a checkpoint file, big-endian: magic (8 bytes), step (8), content, length of the content (8), SHA-256 of all that
 * precedes it (32). The length stands behind the content so that the content can be streamed.
 */
final class CheckpointFile {
    static final int HEADER = 16;
    private static final int TRAILER = 8 + Digest.BYTES;
    private static final byte[] MAGIC = "RECTCKP1".getBytes(StandardCharsets.US_ASCII);

    private CheckpointFile() {}

    static void write(OutputStream target, long step, DurableFile.Content content) throws IOException {
        Metered out = new Metered(target);
        DataOutputStream data = new DataOutputStream(out);
        data.write(MAGIC);
        data.writeLong(step);
        content.writeTo(out);
        data.writeLong(out.count - HEADER);
        target.write(out.digest.digest());
    }

    static long contentLength(Path file) {
        try {
            return Files.size(file) - HEADER - TRAILER;
        } catch (IOException e) {
            throw RecordException.of("read the size of", file, e);
        }
    }

    /** Checks everything; the exception says what is wrong. */
    static SavedCheckpoint verify(Disk disk, Path file, long step) throws IOException {
        long size = Files.size(file);
        long length = size - HEADER - TRAILER;
        if (length < 0) {
            throw new IOException("it is only " + size + " bytes long");
        }
        MessageDigest digest = Digest.sha256();
        try (InputStream in = disk.read(file)) {
            byte[] header = take(in, HEADER, digest);
            consume(in, length, digest);
            long written = new DataInputStream(new ByteArrayInputStream(take(in, 8, digest))).readLong();
            byte[] stored = in.readNBytes(Digest.BYTES);
            check(header, step, written == length && MessageDigest.isEqual(stored, digest.digest()));
        }
        return new SavedCheckpoint(step, file, length);
    }

    private static void check(byte[] header, long step, boolean intact) throws IOException {
        if (!Arrays.equals(MAGIC, 0, 8, header, 0, 8)) {
            throw new IOException("it is no checkpoint of this version");
        }
        if (!intact) {
            throw new IOException("its length or SHA-256 is wrong");
        }
        long stated = ByteBuffer.wrap(header).getLong(8);
        if (stated != step) {
            throw new IOException("its name says step " + step + " but its content says " + stated);
        }
    }

    private static byte[] take(InputStream in, int count, MessageDigest digest) throws IOException {
        byte[] bytes = in.readNBytes(count);
        digest.update(bytes);
        if (bytes.length < count) {
            throw new IOException("it ends early");
        }
        return bytes;
    }

    private static void consume(InputStream in, long count, MessageDigest digest) throws IOException {
        byte[] chunk = new byte[1 << 16];
        long left = count;
        while (left > 0) {
            int n = in.read(chunk, 0, (int) Math.min(chunk.length, left));
            if (n < 0) {
                throw new IOException("it ends early");
            }
            digest.update(chunk, 0, n);
            left -= n;
        }
    }

    /** Counts and digests what passes. */
    private static final class Metered extends FilterOutputStream {
        private final MessageDigest digest = Digest.sha256();
        private long count;

        Metered(OutputStream out) {
            super(out);
        }

        @Override
        public void write(int b) throws IOException {
            write(new byte[] {(byte) b}, 0, 1);
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            out.write(bytes, offset, length);
            digest.update(bytes, offset, length);
            count += length;
        }

        // The target is owned, flushed and closed by whoever opened it.
        @Override
        public void flush() {}

        @Override
        public void close() {}
    }
}
