package dev.rectifier.record;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class MetricLogTest {
    @TempDir
    Path root;

    private final List<String> notes = new ArrayList<>();

    private MetricLog open(Path folder, long fromStep) {
        return MetricLog.open(Disk.real(), folder, new MetricLog.From(fromStep, 0), notes::add);
    }

    private MetricTable read() {
        return MetricTable.read(Disk.real(), root);
    }

    private static void append(MetricLog log, long from, long to) {
        for (long step = from; step < to; step++) {
            log.append(step, "loss", step + 0.25, step + 0.5);
            log.append(step, "correlation layer 1", -0.5 * step, Double.NaN);
        }
    }

    private static void assertRows(MetricTable table, long steps) {
        MetricSeries loss = table.series("loss");
        assertThat(loss.steps()).containsExactly(LongStream.range(0, steps).toArray());
        assertThat(loss.ofReplica(1))
                .containsExactly(
                        LongStream.range(0, steps).mapToDouble(s -> s + 0.5).toArray());
    }

    @Test
    void rowsAreReadBackByReplicaAndTogether() {
        try (MetricLog log = open(root, 0)) {
            append(log, 0, 4);
            log.append(2, "loss", 2, new double[] {7});
        }
        MetricTable table = read();
        assertThat(table.names()).containsExactly("correlation layer 1", "loss");
        assertThat(table.replicas()).isEqualTo(3);
        assertThat(table.lastStep()).isEqualTo(3);
        assertThat(table.problems()).isEmpty();
        MetricSeries loss = table.series("loss");
        assertThat(loss.atStep(2)).containsExactly(2.25, 2.5, 7);
        assertThat(loss.last()).containsExactly(3.25, 3.5, Double.NaN);
        assertThat(loss.aggregate(row -> row[1] - row[0])).containsExactly(0.25, 0.25, 0.25, 0.25);
        assertThat(loss.replicas()).isEqualTo(3);
        assertThatThrownBy(() -> table.series("los")).hasMessageContaining("correlation layer 1, loss");
        assertThatThrownBy(() -> loss.atStep(9)).hasMessageContaining("not measured at step 9");
    }

    @Test
    void csvHasOneLineForEachMeasuredValue() throws IOException {
        try (MetricLog log = open(root, 0)) {
            log.append(3, "loss", 0.5, Double.NaN, 1e-9);
            log.append(3, "a,\"b\"", 1);
        }
        StringBuilder csv = new StringBuilder();
        read().writeCsv(csv);
        assertThat(csv.toString()).isEqualTo("""
                replica,step,metric,value
                0,3,"a,""b""\",1.0
                0,3,loss,0.5
                2,3,loss,1.0E-9
                """);
    }

    @Test
    void resumingRepeatsNoRow() {
        try (MetricLog log = open(root, 0)) {
            append(log, 0, 10);
        }
        try (MetricLog log = open(root, 6)) {
            append(log, 6, 8);
        }
        try (MetricLog log = open(root, 7)) {
            append(log, 7, 12);
        }
        assertRows(read(), 12);
        try (MetricLog log = open(root, 0)) {
            log.flush();
        }
        assertThat(read().names()).isEmpty();
        assertThat(read().lastStep()).isEqualTo(-1);
    }

    /** The file is cut at every length: what is read is a prefix of what was written, and resuming completes it. */
    @Test
    void everyTornTailIsLeftOutAndReported() throws IOException {
        try (MetricLog log = open(root, 0)) {
            append(log, 0, 3);
        }
        Path file = MetricSegment.list(root).get(0);
        byte[] whole = Files.readAllBytes(file);
        int lengths = 0;
        for (int length = 0; length < whole.length; length++) {
            Files.write(file, Arrays.copyOf(whole, length));
            MetricTable table = read();
            lengths += table.problems().isEmpty() ? 0 : 1;
            long steps = table.names().contains("loss") ? table.series("loss").size() : 0;
            assertThat(steps).isLessThanOrEqualTo(3);
        }
        int records = 1 + 2 + 6;
        // Whole are: nothing, the magic alone, and each end of a record but the last.
        assertThat(lengths).isEqualTo(whole.length - 1 - records);
    }

    @Test
    void aTornTailIsCutOffWhenTheRunGoesOn() throws IOException {
        try (MetricLog log = open(root, 0)) {
            append(log, 0, 10);
        }
        Path file = MetricSegment.list(root).get(0);
        byte[] whole = Files.readAllBytes(file);
        Files.write(file, Arrays.copyOf(whole, whole.length - 5));
        try (MetricLog log = open(root, 9)) {
            append(log, 9, 12);
        }
        assertThat(notes).singleElement().asString().contains("were cut off");
        assertThat(read().problems()).isEmpty();
        assertRows(read(), 12);
    }

    @Test
    void aFlippedBitEndsItsSegmentAndIsReported() throws IOException {
        try (MetricLog log = open(root, 0)) {
            append(log, 0, 5);
        }
        try (MetricLog log = open(root, 5)) {
            append(log, 5, 7);
        }
        Path file = MetricSegment.list(root).get(0);
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 3] ^= 4;
        Files.write(file, bytes);
        MetricTable table = read();
        assertThat(table.problems()).singleElement().asString().contains("segment-000001");
        assertThat(table.series("loss").steps()).containsExactly(0, 1, 2, 3, 4, 5, 6);
    }

    /** The disk stops at each operation of opening, flushing and closing. What was flushed before stays; resuming completes. */
    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aCrashAtAnyOperationLosesNothingFlushed(boolean powerCut) throws IOException {
        boolean failed = true;
        int at = 0;
        for (; failed; at++) {
            Path folder = Files.createDirectories(root.resolve("at" + at));
            try (MetricLog log = open(folder, 0)) {
                append(log, 0, 10);
            }
            FaultyDisk disk = new FaultyDisk(at, powerCut, "stopped");
            CheckpointStoreTest.tries(() -> appendAndFlush(disk, folder));
            failed = disk.hasFailed();
            MetricTable left = MetricTable.read(Disk.real(), folder);
            assertThat(left.series("loss").size()).as("stopped at %d", at).isBetween(10, 20);
            assertThat(left.series("loss").atStep(9)).containsExactly(9.25, 9.5);
            try (MetricLog log = open(folder, 10)) {
                append(log, 10, 25);
            }
            assertRows(MetricTable.read(Disk.real(), folder), 25);
        }
        assertThat(at).isGreaterThan(6);
    }

    private static void appendAndFlush(Disk disk, Path folder) {
        try (MetricLog log = MetricLog.open(disk, folder, new MetricLog.From(10, 0), note -> {})) {
            append(log, 10, 15);
            log.flush();
            append(log, 15, 20);
        }
    }

    @Test
    void whatWasFlushedSurvivesAPowerCut() throws IOException {
        FaultyDisk disk = new FaultyDisk(Integer.MAX_VALUE, true, "never");
        MetricLog log = MetricLog.open(disk, root, new MetricLog.From(0, 0), notes::add);
        append(log, 0, 10);
        log.flush();
        append(log, 10, 12);
        disk.cutPower();
        assertRows(read(), 10);
    }

    @Test
    void aLogThatFailedTakesNoMoreRows() {
        FaultyDisk disk = new FaultyDisk(4, false, "No space left on device");
        MetricLog log = MetricLog.open(disk, root, new MetricLog.From(0, 0), notes::add);
        log.append(0, "loss", 1);
        assertThatThrownBy(log::flush).hasMessageContaining("the disk is full");
        assertThatThrownBy(log::flush).hasMessageContaining("can take no more rows");
        log.close();
        assertThatThrownBy(() -> log.append(-1, "loss", 1)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void longLogsGoOnInFurtherSegments() throws IOException {
        double[] wide = new double[1 << 20];
        try (MetricLog log = open(root, 0)) {
            for (int step = 0; step < 10; step++) {
                wide[0] = step;
                log.append(step, "wide", wide);
            }
        }
        assertThat(MetricSegment.list(root)).hasSize(2);
        assertThat(read().series("wide").ofReplica(0)).containsExactly(0, 1, 2, 3, 4, 5, 6, 7, 8, 9);
    }

    @Test
    void chunksOfReplicasResumeWithoutTouchingThoseBefore() throws IOException {
        write(root, new MetricLog.From(0, 0), 0, 1.0, 2.0);
        write(root, new MetricLog.From(0, 2), 2, 3.0, 4.0);
        write(root, new MetricLog.From(10, 2), 2, 5.0, 6.0);
        MetricSeries loss = MetricTable.read(Disk.real(), root).series("loss");
        assertThat(loss.atStep(0)).containsExactly(1, 2, 3, 4);
        assertThat(loss.atStep(10)).containsExactly(1, 2, 5, 6);
        write(root, new MetricLog.From(10, 1), 1, 7.0);
        assertThat(MetricTable.read(Disk.real(), root).series("loss").atStep(10))
                .containsExactly(1, 7, Double.NaN, Double.NaN);
    }

    /** Values of steps 0 and 10, as far as the log is not opened behind them. */
    private void write(Path folder, MetricLog.From from, int first, double... values) {
        try (MetricLog log = MetricLog.open(Disk.real(), folder, from, notes::add)) {
            for (long step = from.step(); step <= 10; step += 10) {
                log.append(step, "loss", first, values);
            }
        }
    }
}
