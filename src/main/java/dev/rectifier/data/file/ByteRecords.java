package dev.rectifier.data.file;

import dev.rectifier.tensor.Shape;
import java.io.Closeable;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * Unsigned bytes [M, ...] in a file of any size, read record by record by any number of threads; the system keeps in memory
 * what it has room for. Read, not mapped: a file that someone cuts off gives an error, not a crash.
 */
public final class ByteRecords implements Closeable {
    private final Path file;
    private final FileChannel channel;
    private final long from;
    private final Shape shape;

    private ByteRecords(Path file, FileChannel channel, long from, Shape shape) {
        this.file = file;
        this.channel = channel;
        this.from = from;
        this.shape = shape;
    }

    static ByteRecords open(Path file, long from, Shape shape) {
        try {
            return new ByteRecords(file, FileChannel.open(file, StandardOpenOption.READ), from, shape);
        } catch (IOException e) {
            throw DataFileException.of("read", file, e);
        }
    }

    /** [M, ...]. */
    public Shape shape() {
        return shape;
    }

    /** Writes the bytes of record {@code i} to {@code into} from its beginning. */
    public void read(int i, byte[] into) {
        int length = Math.toIntExact(shape.tail().size());
        long start = from + (long) i * length;
        ByteBuffer buffer = ByteBuffer.wrap(into, 0, length);
        try {
            while (buffer.hasRemaining()) {
                if (channel.read(buffer, start + buffer.position()) < 0) {
                    throw new EOFException("the file became shorter while it was in use");
                }
            }
        } catch (IOException e) {
            throw DataFileException.of("read", file, e);
        }
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            throw DataFileException.of("close", file, e);
        }
    }
}
