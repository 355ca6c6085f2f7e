package dev.rectifier.data.file;

import java.io.BufferedOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/** A file that is written whole or not at all: beside its target, forced to the disk, then moved over it. */
final class ReplacedFile {
    private static final int CHUNK = 1 << 16;

    private ReplacedFile() {}

    /** What the file will hold. */
    @FunctionalInterface
    interface Content {
        /** Writes everything; does not close the stream. */
        void writeTo(OutputStream out) throws IOException;
    }

    static void write(Path file, Content content) {
        Path name = file.getFileName();
        if (name == null) {
            throw new IllegalArgumentException("'" + file + "' is a root folder, not a file.");
        }
        Path beside = file.resolveSibling("." + name + ".rectifier-tmp");
        try {
            try {
                writeForced(beside, content);
                Files.move(beside, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
            } finally {
                Files.deleteIfExists(beside);
            }
        } catch (IOException e) {
            throw DataFileException.of("write", file, e);
        }
    }

    private static void writeForced(Path file, Content content) throws IOException {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            OutputStream out = new BufferedOutputStream(Channels.newOutputStream(channel), CHUNK);
            content.writeTo(out);
            out.flush();
            channel.force(true);
        }
    }
}
