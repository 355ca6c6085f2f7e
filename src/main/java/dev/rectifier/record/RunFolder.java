package dev.rectifier.record;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One run's folder, held exclusively until closed. */
public final class RunFolder implements AutoCloseable {
    private final Disk disk;
    private final Path path;
    private final RunSpec spec;
    private final RunLock lock;
    private final RunState previous;
    private final List<String> notes = new ArrayList<>();

    private RunFolder(Disk disk, Path path, RunSpec spec) {
        this.disk = disk;
        this.path = path;
        this.spec = spec;
        RunState before = RunStore.stateOf(path);
        this.lock = RunLock.acquire(path, notes::add);
        this.previous = before == RunState.RUNNING ? RunState.INTERRUPTED : before;
    }

    static RunFolder open(Disk disk, Path path, RunSpec spec) {
        RunFolder folder = new RunFolder(disk, path, spec);
        try {
            folder.prepare();
            return folder;
        } catch (RuntimeException e) {
            folder.close();
            throw e;
        }
    }

    private void prepare() {
        try {
            Files.createDirectories(path.resolve(RunFiles.METRICS));
            Files.createDirectories(path.resolve(RunFiles.CHECKPOINTS));
        } catch (IOException e) {
            throw RecordException.of("make folders in", path, e);
        }
        if (!Files.exists(path.resolve(RunFiles.CONFIG))) {
            DurableFile.write(disk, path.resolve(RunFiles.CONFIG), DurableFile.text(RunConfig.yaml(spec)));
        }
        checkpoints().deleteLeftovers();
        List<String> said = List.copyOf(notes);
        notes.clear();
        said.forEach(this::note);
    }

    /** The folder. */
    public Path path() {
        return path;
    }

    /** What runs here. */
    public RunSpec spec() {
        return spec;
    }

    /** Where the run stood before it was opened. */
    public RunState previous() {
        return previous;
    }

    /** What had to be reported since opening: damage, takeovers. Also in log.txt. */
    public List<String> notes() {
        return List.copyOf(notes);
    }

    /** The run's checkpoints. */
    public CheckpointStore checkpoints() {
        return new CheckpointStore(disk, path.resolve(RunFiles.CHECKPOINTS), this::note);
    }

    /** Opens the metrics for appending; rows of {@code fromStep} and later steps become void. The caller closes it. */
    public MetricLog metrics(long fromStep) {
        return metrics(fromStep, 0);
    }

    /** The same for replicas from {@code firstReplica} on, where chunks of replicas are worked on one after another. */
    public MetricLog metrics(long fromStep, int firstReplica) {
        return MetricLog.open(
                disk, path.resolve(RunFiles.METRICS), new MetricLog.From(fromStep, firstReplica), this::note);
    }

    /** Flushes the metrics, then saves the state before {@code step}: a checkpoint never lacks the rows before it. */
    public SavedCheckpoint checkpoint(long step, MetricLog log, DurableFile.Content content) {
        log.flush();
        SavedCheckpoint saved = checkpoints().save(step, content);
        lock.beat();
        return saved;
    }

    /** Writes the manifest at the start of work, behind the invocations of earlier processes; removes an old FAILED. */
    public void start(Manifest manifest) {
        if (previous == RunState.DONE) {
            throw new RecordException(
                    "The run " + path + " is done. Use its results, change a setting, or delete the folder.");
        }
        write(
                RunFiles.MANIFEST,
                readManifest(path).map(manifest::following).orElse(manifest).toJson());
        delete(RunFiles.FAILED);
    }

    /** Ends work with everything complete. */
    public void done() {
        end(RunState.DONE);
        write(RunFiles.DONE, Invocation.nowUtc() + "\n");
    }

    /** Ends work with an error; the run can be tried again from its last checkpoint. */
    public void failed(String reason) {
        note("Failed: " + reason);
        end(RunState.FAILED);
        write(RunFiles.FAILED, reason + "\n");
    }

    /** Ends work before the end, as asked; the run can be resumed. */
    public void interrupted() {
        end(RunState.INTERRUPTED);
    }

    private void end(RunState state) {
        readManifest(path)
                .ifPresent(manifest ->
                        write(RunFiles.MANIFEST, manifest.ended(state).toJson()));
    }

    /** The manifest of a run folder, if it has one. */
    public static Optional<Manifest> readManifest(Path runFolder) {
        Path file = runFolder.resolve(RunFiles.MANIFEST);
        if (!Files.exists(file)) {
            return Optional.empty();
        }
        try {
            return Optional.of(Manifest.fromJson(Files.readString(file)));
        } catch (IOException e) {
            throw RecordException.of("read", file, e);
        }
    }

    /** The text of a file of the run; empty if there is no such file. */
    public String read(String name) {
        Path file = path.resolve(name);
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw RecordException.of("read", file, e);
        }
    }

    /** Replaces a file of the run, crash-safe; {@code name} may hold folders ({@code figures/loss.svg}). */
    public Path write(String name, String content) {
        return write(name, DurableFile.text(content));
    }

    /** Replaces a file of the run, crash-safe. */
    public Path write(String name, DurableFile.Content content) {
        Path file = path.resolve(name).normalize();
        if (!file.startsWith(path) || file.equals(path)) {
            throw new IllegalArgumentException("'" + name + "' lies outside the run folder.");
        }
        try {
            Files.createDirectories(DurableFile.folderOf(file));
        } catch (IOException e) {
            throw RecordException.of("make the folder of", file, e);
        }
        DurableFile.write(disk, file, content);
        return file;
    }

    private void delete(String name) {
        try {
            disk.delete(path.resolve(name));
            disk.forceDirectory(path);
        } catch (IOException e) {
            throw RecordException.of("delete", path.resolve(name), e);
        }
    }

    /** Adds a line with the time to log.txt. */
    public void note(String message) {
        notes.add(message);
        try {
            Files.writeString(
                    path.resolve(RunFiles.LOG),
                    Invocation.nowUtc() + " " + message + "\n",
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw RecordException.of("write", path.resolve(RunFiles.LOG), e);
        }
    }

    /** Lets the lock go. */
    @Override
    public void close() {
        lock.close();
    }
}
