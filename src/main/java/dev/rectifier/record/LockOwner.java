package dev.rectifier.record;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/**
 * Who holds a run, as its owner file says: one line of process id, start of the process and host.
 *
 * @param pid process id
 * @param startedUtc start of the process, so that a reused id is not taken for it
 * @param host host name
 */
record LockOwner(long pid, String startedUtc, String host) {
    /** A foreign owner that has not touched its file for so long counts as gone. */
    static final Duration GRACE = Duration.ofMinutes(15);

    static LockOwner thisProcess() {
        ProcessHandle self = ProcessHandle.current();
        return new LockOwner(self.pid(), startOf(self), HostFacts.hostName());
    }

    private static String startOf(ProcessHandle process) {
        return process.info().startInstant().map(Instant::toString).orElse("unknown");
    }

    static Optional<LockOwner> read(Path folder) {
        try {
            String[] words =
                    Files.readString(folder.resolve(RunFiles.OWNER)).strip().split(" ", 3);
            return words.length == 3 && words[0].matches("\\d{1,18}")
                    ? Optional.of(new LockOwner(Long.parseLong(words[0]), words[1], words[2]))
                    : Optional.empty();
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (IOException e) {
            throw RecordException.of("read", folder.resolve(RunFiles.OWNER), e);
        }
    }

    void write(Path folder) {
        byte[] line = (pid + " " + startedUtc + " " + host + "\n").getBytes(StandardCharsets.UTF_8);
        DurableFile.write(folder.resolve(RunFiles.OWNER), line);
    }

    static void touch(Path folder) {
        try {
            Files.setLastModifiedTime(folder.resolve(RunFiles.OWNER), FileTime.from(Instant.now()));
        } catch (IOException e) {
            throw RecordException.of("touch", folder.resolve(RunFiles.OWNER), e);
        }
    }

    boolean isForeign() {
        return !host.equals(HostFacts.hostName());
    }

    /** Whether the owner still works: on this host by its process, on another by the age of its file. */
    boolean isAlive(Path folder) {
        return isForeign()
                ? isFresh(folder)
                : ProcessHandle.of(pid).map(this::isSameProcess).orElse(false);
    }

    private boolean isSameProcess(ProcessHandle process) {
        return process.isAlive() && startOf(process).equals(startedUtc);
    }

    private static boolean isFresh(Path folder) {
        try {
            FileTime touched = Files.getLastModifiedTime(folder.resolve(RunFiles.OWNER));
            return touched.toInstant().isAfter(Instant.now().minus(GRACE));
        } catch (IOException e) {
            return false;
        }
    }

    String text() {
        return "process " + pid + " on " + host + " (started " + startedUtc + ")";
    }
}
