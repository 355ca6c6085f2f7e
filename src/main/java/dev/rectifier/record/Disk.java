package dev.rectifier.record;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;

/** The file operations that durability rests on; tests put a failing disk in its place. */
interface Disk {
    /** The machine's own disk. */
    static Disk real() {
        return new RealDisk();
    }

    /** Creates an empty file, or empties the one that is there. */
    Output create(Path file) throws IOException;

    InputStream read(Path file) throws IOException;

    /** Renames, replacing the target, in one step that no crash can halve. */
    void move(Path from, Path to) throws IOException;

    /** Makes creations, renames and deletions in a folder survive a power cut. */
    void forceDirectory(Path directory) throws IOException;

    void delete(Path file) throws IOException;

    void truncate(Path file, long length) throws IOException;

    /** A file being written. */
    interface Output extends Closeable {
        void write(byte[] bytes, int offset, int length) throws IOException;

        /** Returns when all that was written would survive a power cut. */
        void force() throws IOException;
    }
}
