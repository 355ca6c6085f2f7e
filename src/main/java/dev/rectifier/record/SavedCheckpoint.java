package dev.rectifier.record;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * A checkpoint on disk whose length and SHA-256 were found right.
 *
 * @param step the step it was taken before
 * @param file where it lies
 * @param length bytes of the content
 */
public record SavedCheckpoint(long step, Path file, long length) {
    /** Opens the content; the caller closes it. */
    public InputStream open() throws IOException {
        InputStream in = new BufferedInputStream(Files.newInputStream(file));
        try {
            new DataInputStream(in).readFully(new byte[CheckpointFile.HEADER]);
            return new Bounded(in, length);
        } catch (IOException e) {
            in.close();
            throw e;
        }
    }

    /** The whole content. */
    public byte[] bytes() {
        try (InputStream in = open()) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw RecordException.of("read", file, e);
        }
    }

    /** Ends before the trailer. */
    private static final class Bounded extends FilterInputStream {
        private long left;

        Bounded(InputStream in, long length) {
            super(in);
            left = length;
        }

        @Override
        public int read() throws IOException {
            if (left == 0) {
                return -1;
            }
            int b = super.read();
            left -= b < 0 ? 0 : 1;
            return b;
        }

        @Override
        public int read(byte[] bytes, int offset, int wanted) throws IOException {
            if (left == 0) {
                return wanted == 0 ? 0 : -1;
            }
            int n = super.read(bytes, offset, (int) Math.min(wanted, left));
            left -= Math.max(n, 0);
            return n;
        }

        @Override
        public long skip(long n) throws IOException {
            long skipped = super.skip(Math.min(n, left));
            left -= skipped;
            return skipped;
        }

        @Override
        public boolean markSupported() {
            return false;
        }
    }
}
