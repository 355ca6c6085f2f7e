package dev.rectifier.record;

import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Arrays;

/** A process that works on a run until it is killed; {@link KillTest} starts it. */
final class KilledWriter {
    private static final int REPLICAS = 16;
    private static final int EVERY = 8;

    private KilledWriter() {}

    static RunSpec spec() {
        return new RunSpec("kill", "writer", "smoke", Settings.empty());
    }

    static byte[] content(long step) {
        ByteBuffer buffer = ByteBuffer.allocate(1 << 18);
        while (buffer.hasRemaining()) {
            buffer.putLong(step);
        }
        return buffer.array();
    }

    static double[] row(long step) {
        double[] row = new double[REPLICAS];
        Arrays.setAll(row, r -> step + r / 1000.0);
        return row;
    }

    public static void main(String[] arguments) {
        try (RunFolder run = RunStore.at(Path.of(arguments[0])).open(spec())) {
            run.start(RunStoreTest.manifest());
            long from = run.checkpoints().latest().map(SavedCheckpoint::step).orElse(0L);
            try (MetricLog log = run.metrics(from)) {
                System.out.println("working");
                work(run, log, from);
            }
        }
    }

    private static void work(RunFolder run, MetricLog log, long from) {
        for (long step = from; step < Long.MAX_VALUE; step++) {
            log.append(step, "loss", row(step));
            if ((step + 1) % EVERY == 0) {
                byte[] content = content(step + 1);
                run.checkpoint(step + 1, log, out -> out.write(content));
            }
        }
    }
}
