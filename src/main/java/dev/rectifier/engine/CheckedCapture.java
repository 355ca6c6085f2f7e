package dev.rectifier.engine;

import dev.rectifier.tensor.DType;
import java.util.Optional;

/** {@link CaptureOps} behind checks. */
record CheckedCapture(Engine engine, CaptureOps target) implements CaptureOps {
    @Override
    public Optional<String> refusal() {
        return target.refusal();
    }

    @Override
    public Arena openTables() {
        return target.openTables();
    }

    @Override
    public Captured open(Arena tables, Work work) {
        return new CheckedCaptured(target.open(tables, work));
    }

    @Override
    public void gather(View y, View x, View rows, long step) {
        Call call = new Call(engine, "capture.gather", "y", y, "x", x, "rows", rows);
        call.type(x, y.dtype());
        call.type(rows, DType.I32);
        call.rank(y, "[R, N, D]", 3);
        call.rank(x, "[R, M, D]", 3);
        call.shape(x, "[R, M, D]", x.dim(1), y.dim(2));
        call.rank(rows, "[R, S, N]", 3);
        call.shape(rows, "[R, S >= 1, N or more]", Math.max(1, rows.dim(1)), Math.max(y.dim(1), rows.dim(2)));
        call.apart(y, x, rows);
        requireStep("gather", step);
        target.gather(y, x, rows, step);
    }

    @Override
    public void guardedStep(GuardedUpdate update, View factors, long step) {
        Call call = CheckedUpdate.guarded(engine, "capture.guardedStep", update);
        call.type(factors, DType.F64);
        call.rank(factors, "[R, S]", 2);
        call.shape(factors, "[R, S >= 1]", Math.max(1, factors.dim(1)));
        call.apart(update.parameters().weights(), factors);
        requireStep("guardedStep", step);
        target.guardedStep(update, factors, step);
    }

    private static void requireStep(String operation, long step) {
        if (step < 0) {
            throw new IllegalArgumentException(
                    "capture." + operation + ": step " + step + " is negative; steps count from 0.");
        }
    }

    /** {@link Captured} behind checks. */
    private record CheckedCaptured(Captured target) implements Captured {
        @Override
        public void run(long first, long count) {
            requireStep("run", first);
            if (count < 0) {
                throw new IllegalArgumentException("capture.run: " + count + " steps cannot be done.");
            }
            target.run(first, count);
        }

        @Override
        public Counts counts() {
            return target.counts();
        }

        @Override
        public void close() {
            target.close();
        }
    }
}
