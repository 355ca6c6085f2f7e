package dev.rectifier.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** All runs beneath one folder: {@code root/study/id}. */
public final class RunStore {
    private final Path root;
    private final Disk disk;

    private RunStore(Path root, Disk disk) {
        this.root = root;
        this.disk = disk;
    }

    /** The store beneath a folder, which need not exist yet. Writes nothing. */
    public static RunStore at(Path root) {
        return new RunStore(root, Disk.real());
    }

    static RunStore at(Path root, Disk disk) {
        return new RunStore(root, disk);
    }

    /** The folder that a run has or would get. */
    public Path pathOf(RunSpec spec) {
        RunId id = spec.id();
        Path study = root.resolve(spec.study());
        Path folder = study.resolve(id.shortForm());
        boolean taken =
                RunConfig.head(folder).map(head -> !head.id().equals(id)).orElse(false);
        return taken ? study.resolve(id.hex()) : folder;
    }

    /** Where a run stands; writes nothing. */
    public RunState stateOf(RunSpec spec) {
        return stateOf(pathOf(spec));
    }

    /** Opens a run for writing, making its folder if it has none. Throws {@link RunLockedException} if it is in use. */
    public RunFolder open(RunSpec spec) {
        Path folder = pathOf(spec);
        try {
            Files.createDirectories(folder);
        } catch (IOException e) {
            throw RecordException.of("make", folder, e);
        }
        return RunFolder.open(disk, folder, spec);
    }

    /** All runs, ordered by path. A folder without config holds nothing yet and is left out. */
    public List<RunListing> list() {
        return foldersIn(root).stream()
                .flatMap(study -> foldersIn(study).stream())
                .flatMap(folder -> listing(folder).stream())
                .toList();
    }

    /** The run whose id begins with a prefix. */
    public RunListing find(String prefix) {
        List<RunListing> found =
                list().stream().filter(run -> run.id().hex().startsWith(prefix)).toList();
        if (found.size() != 1) {
            throw new RecordException("There are " + found.size() + " runs in " + root + " whose id begins with '"
                    + prefix + "', and one is needed. Use 'status' to see them all.");
        }
        return found.get(0);
    }

    private static Optional<RunListing> listing(Path folder) {
        return RunConfig.head(folder)
                .map(head ->
                        new RunListing(folder, head.id(), head.study(), head.name(), head.scale(), stateOf(folder)));
    }

    static RunState stateOf(Path folder) {
        if (Files.exists(folder.resolve(RunFiles.DONE))) {
            return RunState.DONE;
        }
        boolean running =
                LockOwner.read(folder).map(owner -> owner.isAlive(folder)).orElse(false);
        if (running) {
            return RunState.RUNNING;
        }
        if (Files.exists(folder.resolve(RunFiles.FAILED))) {
            return RunState.FAILED;
        }
        return Files.exists(folder.resolve(RunFiles.MANIFEST)) ? RunState.INTERRUPTED : RunState.NEW;
    }

    private static List<Path> foldersIn(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> children = Files.list(folder)) {
            return children.filter(child -> !String.valueOf(child.getFileName()).startsWith("."))
                    .filter(Files::isDirectory)
                    .sorted(Comparator.naturalOrder())
                    .toList();
        } catch (IOException e) {
            throw RecordException.of("list", folder, e);
        }
    }
}
