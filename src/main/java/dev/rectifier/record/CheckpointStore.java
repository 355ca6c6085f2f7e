package dev.rectifier.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Two generations of checkpoints of one run. The content is opaque here.
 *
 * <p>A checkpoint counts once it was read back and renamed into place; only then is an older one deleted. A damaged newest one
 * is passed over with a message and the older one is used.
 */
public final class CheckpointStore {
    private static final int GENERATIONS = 2;
    private static final Pattern NAME = Pattern.compile("step-(\\d{18})\\.ckpt");
    private static final Pattern LEFTOVER =
            Pattern.compile("\\.step-\\d{18}\\.ckpt" + Pattern.quote(DurableFile.TEMPORARY_SUFFIX));

    private final Disk disk;
    private final Path folder;
    private final Consumer<String> notes;

    CheckpointStore(Disk disk, Path folder, Consumer<String> notes) {
        this.disk = disk;
        this.folder = folder;
        this.notes = notes;
    }

    /** Opens the checkpoints of a run folder for reading; messages go to {@code notes}. */
    public static CheckpointStore reading(Path runFolder, Consumer<String> notes) {
        return new CheckpointStore(Disk.real(), runFolder.resolve(RunFiles.CHECKPOINTS), notes);
    }

    /** Saves the state before a step; when this returns it is on the disk and verified. */
    public SavedCheckpoint save(long step, byte[] content) {
        return save(step, out -> out.write(content));
    }

    /** Saves the state before a step from a stream. */
    public SavedCheckpoint save(long step, DurableFile.Content content) {
        if (step < 0) {
            throw new IllegalArgumentException("A checkpoint's step must not be negative, but it is " + step + ".");
        }
        Path file = folder.resolve(String.format(Locale.ROOT, "step-%018d.ckpt", step));
        DurableFile.write(disk, file, out -> CheckpointFile.write(out, step, content));
        deleteOlder(step);
        return new SavedCheckpoint(step, file, CheckpointFile.contentLength(file));
    }

    /** The newest checkpoint that is intact, if any. */
    public Optional<SavedCheckpoint> latest() {
        for (Path file : newestFirst()) {
            try {
                return Optional.of(CheckpointFile.verify(disk, file, stepOf(file)));
            } catch (IOException e) {
                notes.accept("The checkpoint " + file + " is damaged: " + e.getMessage() + ". An older one is used.");
            }
        }
        return Optional.empty();
    }

    /** Steps of the checkpoints present, newest first, unverified. */
    public List<Long> steps() {
        return newestFirst().stream().map(CheckpointStore::stepOf).toList();
    }

    // A step beyond the one just saved belongs to a course of the run that was given up, so it goes too.
    private void deleteOlder(long newest) {
        int kept = 0;
        for (Path file : newestFirst()) {
            boolean keep = stepOf(file) <= newest && kept < GENERATIONS;
            kept += keep ? 1 : 0;
            if (!keep) {
                delete(file);
            }
        }
    }

    /** Removes temporary files of saves that a crash cut short. Only the holder of the run's lock may call it. */
    void deleteLeftovers() {
        for (Path file : filesMatching(LEFTOVER)) {
            delete(file);
        }
    }

    private void delete(Path file) {
        try {
            disk.delete(file);
        } catch (IOException e) {
            throw RecordException.of("delete", file, e);
        }
    }

    private List<Path> newestFirst() {
        return filesMatching(NAME).stream()
                .sorted(Comparator.comparingLong(CheckpointStore::stepOf).reversed())
                .toList();
    }

    private List<Path> filesMatching(Pattern pattern) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(file ->
                            pattern.matcher(String.valueOf(file.getFileName())).matches())
                    .toList();
        } catch (IOException e) {
            throw RecordException.of("list", folder, e);
        }
    }

    private static long stepOf(Path file) {
        Matcher matcher = NAME.matcher(String.valueOf(file.getFileName()));
        if (!matcher.matches()) {
            throw new IllegalArgumentException("'" + file + "' is not the name of a checkpoint.");
        }
        return Long.parseLong(matcher.group(1));
    }
}
