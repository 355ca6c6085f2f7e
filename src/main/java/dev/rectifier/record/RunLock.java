package dev.rectifier.record;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Exclusive right to write a run folder.
 *
 * <p>The operating system's file lock decides, so a killed process blocks nobody. Beside it stands the owner file for people and
 * for other hosts, whose locks a network file system may not show: while a foreign owner's heart beats, the folder is refused.
 */
final class RunLock implements AutoCloseable {
    // POSIX drops a process's lock when any descriptor of the file closes, so a second try in this process must not
    // open it.
    private static final Set<Path> HELD_HERE = ConcurrentHashMap.newKeySet();

    private final Path folder;
    private final FileChannel channel;

    private RunLock(Path folder, FileChannel channel) {
        this.folder = folder;
        this.channel = channel;
    }

    static RunLock acquire(Path runFolder, Consumer<String> notes) {
        Path folder = real(runFolder);
        if (!HELD_HERE.add(folder)) {
            throw new RunLockedException("The run " + folder + " is in use by this same process. Close it first.");
        }
        try {
            return lockFile(folder, notes);
        } catch (IOException e) {
            HELD_HERE.remove(folder);
            throw RecordException.of("lock", folder, e);
        } catch (RuntimeException e) {
            HELD_HERE.remove(folder);
            throw e;
        }
    }

    private static Path real(Path folder) {
        try {
            return folder.toRealPath();
        } catch (IOException e) {
            throw RecordException.of("open", folder, e);
        }
    }

    private static RunLock lockFile(Path folder, Consumer<String> notes) throws IOException {
        FileChannel channel =
                FileChannel.open(folder.resolve(RunFiles.LOCK), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        try {
            claim(folder, channel, notes);
            return new RunLock(folder, channel);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    private static void claim(Path folder, FileChannel channel, Consumer<String> notes) throws IOException {
        FileLock lock = channel.tryLock();
        Optional<LockOwner> before = LockOwner.read(folder);
        boolean foreign =
                before.map(owner -> owner.isForeign() && owner.isAlive(folder)).orElse(false);
        if (lock == null || foreign) {
            throw new RunLockedException("The run " + folder + " is in use by "
                    + before.map(LockOwner::text).orElse("another process")
                    + ". Wait for it, stop it, or, if that process is gone for good, delete "
                    + folder.resolve(RunFiles.OWNER) + ".");
        }
        before.ifPresent(
                owner -> notes.accept("The run was left without a word by " + owner.text() + "; it is taken over."));
        LockOwner.thisProcess().write(folder);
    }

    /** Tells other hosts that the owner lives. */
    void beat() {
        LockOwner.touch(folder);
    }

    @Override
    public void close() {
        try {
            Files.deleteIfExists(folder.resolve(RunFiles.OWNER));
            channel.close();
        } catch (IOException e) {
            throw RecordException.of("unlock", folder, e);
        } finally {
            HELD_HERE.remove(folder);
        }
    }
}
