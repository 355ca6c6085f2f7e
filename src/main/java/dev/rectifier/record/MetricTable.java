package dev.rectifier.record;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;

/** All metrics of one run, in memory. A run that is being written can be read: an unfinished last record is left out. */
public final class MetricTable {
    private final SortedMap<String, NavigableMap<Long, double[]>> rows = new TreeMap<>();
    private final List<String> problems = new ArrayList<>();
    private int replicas;

    private MetricTable() {}

    /** Reads the metrics of a run folder. */
    public static MetricTable read(Path runFolder) {
        return read(Disk.real(), runFolder.resolve(RunFiles.METRICS));
    }

    static MetricTable read(Disk disk, Path folder) {
        MetricTable table = new MetricTable();
        try {
            for (Path file : MetricSegment.list(folder)) {
                table.add(MetricSegment.read(disk, file));
            }
        } catch (IOException e) {
            throw RecordException.of("read metrics in", folder, e);
        }
        return table;
    }

    private void add(MetricSegment segment) {
        if (segment.torn() > 0) {
            problems.add(MetricLog.tornMessage(segment));
        }
        segment.visit(new MetricSegment.Visitor() {
            @Override
            public void block(String metric, long step, int firstReplica, double[] values) {
                put(metric, step, firstReplica, values);
            }

            @Override
            public void resume(long step, int firstReplica) {
                rows.values().forEach(byStep -> cut(byStep.tailMap(step, true), firstReplica));
                rows.values().removeIf(NavigableMap::isEmpty);
            }
        });
    }

    private static void cut(NavigableMap<Long, double[]> later, int replicas) {
        if (replicas == 0) {
            later.clear();
        } else {
            later.replaceAll((step, row) -> Arrays.copyOf(row, Math.min(row.length, replicas)));
        }
    }

    private void put(String metric, long step, int first, double[] values) {
        NavigableMap<Long, double[]> byStep = rows.computeIfAbsent(metric, name -> new TreeMap<>());
        double[] row = widened(byStep.getOrDefault(step, new double[0]), first + values.length);
        System.arraycopy(values, 0, row, first, values.length);
        byStep.put(step, row);
        replicas = Math.max(replicas, row.length);
    }

    private static double[] widened(double[] row, int length) {
        if (row.length >= length) {
            return row;
        }
        double[] wide = Arrays.copyOf(row, length);
        Arrays.fill(wide, row.length, length, Double.NaN);
        return wide;
    }

    /** Names of the metrics, sorted. */
    public Set<String> names() {
        return rows.keySet();
    }

    /** Number of replicas R. */
    public int replicas() {
        return replicas;
    }

    /** What could not be read, one sentence each; empty for an intact log. */
    public List<String> problems() {
        return List.copyOf(problems);
    }

    /** The last step at which anything was measured; -1 for none. */
    public long lastStep() {
        return rows.values().stream().mapToLong(NavigableMap::lastKey).max().orElse(-1);
    }

    /** One metric. */
    public MetricSeries series(String metric) {
        NavigableMap<Long, double[]> byStep = rows.get(metric);
        if (byStep == null) {
            throw new IllegalArgumentException(
                    "The run has no metric '" + metric + "'. It has: " + String.join(", ", names()) + ".");
        }
        long[] steps = byStep.keySet().stream().mapToLong(Long::longValue).toArray();
        double[][] values =
                byStep.values().stream().map(row -> widened(row, replicas)).toArray(double[][]::new);
        return new MetricSeries(metric, steps, values);
    }

    /** Writes {@code replica,step,metric,value} lines, ordered by metric, step, replica; what was not measured is left out. */
    public void writeCsv(Appendable out) throws IOException {
        out.append("replica,step,metric,value\n");
        for (Map.Entry<String, NavigableMap<Long, double[]>> metric : rows.entrySet()) {
            for (Map.Entry<Long, double[]> row : metric.getValue().entrySet()) {
                writeRow(out, quoted(metric.getKey()), row.getKey(), row.getValue());
            }
        }
    }

    private static void writeRow(Appendable out, String metric, long step, double[] values) throws IOException {
        for (int replica = 0; replica < values.length; replica++) {
            if (!Double.isNaN(values[replica])) {
                out.append(replica + "," + step + "," + metric + "," + values[replica] + "\n");
            }
        }
    }

    private static String quoted(String name) {
        return name.matches("[^\",\\r\\n]*") ? name : '"' + name.replace("\"", "\"\"") + '"';
    }
}
