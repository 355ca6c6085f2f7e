package dev.rectifier.train;

import dev.rectifier.data.Batch;
import dev.rectifier.data.RecordedBatches;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.Captured;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Training by recorded steps: one recording per batch size, and the schedule's factors in a table on the device, those of
 * step s in slot s mod {@value #SLOTS}. Owns its tables.
 */
final class CapturedTraining implements AutoCloseable {
    private static final int SLOTS = 1024;

    private final Engine engine;
    private final Arena tables;
    private final Schedule schedule;
    private final long steps;
    private final RecordedBatches batches;
    private final Step step;
    private final HostTensor numbers = HostTensor.zeros(DType.F64, Shape.of(1, SLOTS));
    private final Buffer table;
    private final View factors;
    private final Map<Long, Captured> recordings = new TreeMap<>();
    private long first = -1;

    /** The operations of a step after its batch; the factor stands in {@code factors} F64 [R, S]. */
    @FunctionalInterface
    interface Step {
        void ask(Batch batch, View factors, long step);
    }

    CapturedTraining(Engine engine, TrainTask task, Function<Arena, RecordedBatches> source, Step step) {
        this.engine = engine;
        this.step = step;
        schedule = task.spec().schedule();
        steps = task.spec().steps();
        tables = engine.capture().openTables();
        try {
            batches = source.apply(tables);
            table = tables.allocate(DType.F64, numbers.shape());
            factors = table.view().seenBy(task.replicas());
        } catch (RuntimeException e) {
            tables.close();
            throw e;
        }
    }

    /** Does some steps from {@code from} on, {@code most} at most, at least one; returns how many. */
    long run(long from, long most) {
        long start = from - from % SLOTS;
        if (start != first) {
            fill(start);
        }
        long count = batches.ready(from, Math.min(most, start + SLOTS - from));
        recordings
                .computeIfAbsent(
                        batches.examples(from), size -> engine.capture().open(tables, this::ask))
                .run(from, count);
        if (from + count < steps) {
            batches.ahead(from + count);
        }
        return count;
    }

    private void ask(long now) {
        step.ask(batches.batch(now), factors, now);
    }

    private void fill(long start) {
        first = -1; // until the upload has succeeded
        for (int i = 0; i < SLOTS; i++) {
            numbers.doubles()[i] = schedule.factor(start + i);
        }
        table.upload(numbers);
        first = start;
    }

    Captured.Counts counts() {
        return recordings.values().stream().map(Captured::counts).reduce(Captured.Counts.NONE, Captured.Counts::plus);
    }

    @Override
    public void close() {
        recordings.values().forEach(Captured::close);
        recordings.clear();
        tables.close();
    }
}
