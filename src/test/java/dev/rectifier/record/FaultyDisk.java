package dev.rectifier.record;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * A disk that fails at one operation and at all later ones, as if the machine had stopped there.
 *
 * <p>A write that fails leaves half of its bytes. With {@code powerCut}, what was not forced is lost as well: files shrink to
 * their forced length and renames in folders that were not forced are undone.
 */
final class FaultyDisk implements Disk {
    private final Disk real = Disk.real();
    private final int failAt;
    private final boolean powerCut;
    private final String message;
    private final Map<Path, Long> unforced = new HashMap<>();
    private final Deque<Rename> renames = new ArrayDeque<>();
    private int operations;

    FaultyDisk(int failAt, boolean powerCut, String message) {
        this.failAt = failAt;
        this.powerCut = powerCut;
        this.message = message;
    }

    private record Rename(Path from, Path to, Optional<byte[]> replaced) {}

    boolean hasFailed() {
        return operations > failAt;
    }

    private boolean failsNow() {
        operations++;
        return operations - 1 >= failAt;
    }

    private void pass() throws IOException {
        if (failsNow()) {
            stop();
        }
    }

    private void stop() throws IOException {
        if (powerCut) {
            cutPower();
        }
        throw new IOException(message);
    }

    /** Loses what was not forced. */
    void cutPower() throws IOException {
        for (Map.Entry<Path, Long> file : unforced.entrySet()) {
            if (Files.exists(file.getKey())) {
                real.truncate(file.getKey(), file.getValue());
            }
        }
        unforced.clear();
        while (!renames.isEmpty()) {
            undo(renames.pop());
        }
    }

    private static void undo(Rename rename) throws IOException {
        Files.write(rename.from(), Files.readAllBytes(rename.to()));
        if (rename.replaced().isPresent()) {
            Files.write(rename.to(), rename.replaced().get());
        } else {
            Files.delete(rename.to());
        }
    }

    @Override
    public Output create(Path file) throws IOException {
        pass();
        unforced.put(file, 0L);
        return new FaultyOutput(file, real.create(file));
    }

    @Override
    public InputStream read(Path file) throws IOException {
        pass();
        return real.read(file);
    }

    @Override
    public void move(Path from, Path to) throws IOException {
        pass();
        Optional<byte[]> replaced = Files.exists(to) ? Optional.of(Files.readAllBytes(to)) : Optional.empty();
        renames.push(new Rename(from, to, replaced));
        real.move(from, to);
        Long forced = unforced.remove(from);
        if (forced != null) {
            unforced.put(to, forced);
        }
    }

    @Override
    public void forceDirectory(Path directory) throws IOException {
        pass();
        renames.clear();
        real.forceDirectory(directory);
    }

    @Override
    public void delete(Path file) throws IOException {
        pass();
        real.delete(file);
    }

    @Override
    public void truncate(Path file, long length) throws IOException {
        pass();
        real.truncate(file, length);
    }

    private final class FaultyOutput implements Output {
        private final Path file;
        private final Output output;
        private long written;

        FaultyOutput(Path file, Output output) {
            this.file = file;
            this.output = output;
        }

        @Override
        public void write(byte[] bytes, int offset, int length) throws IOException {
            if (failsNow()) {
                output.write(Arrays.copyOfRange(bytes, offset, offset + length / 2), 0, length / 2);
                stop();
            }
            output.write(bytes, offset, length);
            written += length;
        }

        @Override
        public void force() throws IOException {
            pass();
            output.force();
            unforced.computeIfPresent(file, (path, forced) -> written);
        }

        @Override
        public void close() throws IOException {
            output.close();
        }
    }
}
