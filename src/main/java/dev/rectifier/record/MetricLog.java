package dev.rectifier.record;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * The append-only metrics of one run: rows (replica, step, metric, value).
 *
 * <p>Rows are gathered in memory and written by {@link #flush}, which returns when they are on the disk. Opening at a step makes
 * all rows of that step and later ones void, so a resumed run repeats none. One thread writes.
 */
public final class MetricLog implements AutoCloseable {
    private static final int FLUSH_AT = 1 << 20;
    private static final long SEGMENT_AT = 1L << 26;

    private final Disk disk;
    private final Path folder;
    private final Map<String, Integer> metrics = new HashMap<>();
    private final ByteArrayOutputStream pending = new ByteArrayOutputStream();
    private Disk.Output segment;
    private Path segmentFile;
    private long written;
    private boolean broken;

    private MetricLog(Disk disk, Path folder, Path segmentFile) throws IOException {
        this.disk = disk;
        this.folder = folder;
        this.segmentFile = segmentFile;
        this.segment = disk.create(segmentFile);
    }

    /** Which rows a log that is opened again makes void: those of {@code step} and later, of {@code firstReplica} and behind it. */
    record From(long step, int firstReplica) {}

    /** Opens a new segment behind those in the folder; a torn tail is cut off and reported. */
    static MetricLog open(Disk disk, Path folder, From from, Consumer<String> notes) {
        try {
            List<Path> existing = MetricSegment.list(folder);
            if (!existing.isEmpty()) {
                cutTornTail(disk, existing.get(existing.size() - 1), notes);
            }
            MetricLog log = new MetricLog(disk, folder, MetricSegment.after(folder, existing));
            log.pending.writeBytes(MetricFormat.MAGIC);
            log.pending.writeBytes(MetricFormat.resume(from.step(), from.firstReplica()));
            log.flush();
            disk.forceDirectory(folder);
            return log;
        } catch (IOException e) {
            throw RecordException.of("open metrics in", folder, e);
        }
    }

    private static void cutTornTail(Disk disk, Path file, Consumer<String> notes) throws IOException {
        MetricSegment last = MetricSegment.read(disk, file);
        if (last.torn() > 0) {
            notes.accept(tornMessage(last) + " They were cut off.");
            disk.truncate(file, last.good());
        }
    }

    static String tornMessage(MetricSegment segment) {
        return "The last " + segment.torn() + " bytes of " + segment.file()
                + " are no whole record: the process that wrote them was stopped.";
    }

    /** Appends one value for each replica, replica 0 first; NaN stands for "not measured". */
    public void append(long step, String metric, double... values) {
        append(step, metric, 0, values);
    }

    /** Appends values of consecutive replicas from {@code firstReplica} on. */
    public void append(long step, String metric, int firstReplica, double[] values) {
        if (step < 0 || firstReplica < 0 || metric.isBlank()) {
            throw new IllegalArgumentException("A metric row needs a name, a step and a replica that are not negative,"
                    + " but they are '" + metric + "', " + step + ", " + firstReplica + ".");
        }
        pending.writeBytes(MetricFormat.block(idOf(metric), step, firstReplica, values));
        if (pending.size() >= FLUSH_AT) {
            flush();
        }
    }

    private int idOf(String metric) {
        Integer known = metrics.get(metric);
        if (known != null) {
            return known;
        }
        int id = metrics.size();
        metrics.put(metric, id);
        pending.writeBytes(MetricFormat.name(id, metric));
        return id;
    }

    /** Writes what is pending; when this returns it would survive a power cut. */
    public void flush() {
        if (broken) {
            throw new RecordException("The metrics in " + folder
                    + " can take no more rows: writing failed before. Resume the run from its last checkpoint.");
        }
        if (pending.size() == 0) {
            return;
        }
        try {
            writePending();
        } catch (IOException e) {
            broken = true;
            throw RecordException.of("write metrics to", segmentFile, e);
        }
    }

    private void writePending() throws IOException {
        segment.write(pending.toByteArray(), 0, pending.size());
        segment.force();
        written += pending.size();
        pending.reset();
        if (written >= SEGMENT_AT) {
            nextSegment();
        }
    }

    private void nextSegment() throws IOException {
        segment.close();
        segmentFile = MetricSegment.after(folder, MetricSegment.list(folder));
        segment = disk.create(segmentFile);
        written = 0;
        metrics.clear();
        pending.writeBytes(MetricFormat.MAGIC);
        disk.forceDirectory(folder);
    }

    /** Flushes and closes. */
    @Override
    public void close() {
        try {
            if (!broken) {
                flush();
            }
        } finally {
            closeSegment();
        }
    }

    private void closeSegment() {
        try {
            segment.close();
        } catch (IOException e) {
            throw RecordException.of("close", segmentFile, e);
        }
    }
}
