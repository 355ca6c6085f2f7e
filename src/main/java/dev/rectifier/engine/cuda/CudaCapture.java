package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.CaptureOps;
import dev.rectifier.engine.Captured;
import dev.rectifier.engine.GuardedUpdate;
import dev.rectifier.engine.View;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Steps as CUDA graphs, and the operations that read tables by the clock. Owns the graphs that nobody has closed. */
final class CudaCapture implements CaptureOps, AutoCloseable {
    private final Kernels kernels;
    private final StepClock clock;
    private final CudaPointwise pointwise;
    private final CudaUpdate update;
    private final List<CudaCaptured> open = new ArrayList<>();

    CudaCapture(Kernels kernels, StepClock clock, CudaPointwise pointwise, CudaUpdate update) {
        this.kernels = kernels;
        this.clock = clock;
        this.pointwise = pointwise;
        this.update = update;
    }

    @Override
    public Optional<String> refusal() {
        return Optional.empty();
    }

    @Override
    public Arena openTables() {
        return kernels.context().memory().openInternalArena("tables of recorded steps");
    }

    @Override
    public Captured open(Arena tables, Work work) {
        CudaCaptured captured = new CudaCaptured(new CudaCaptured.Parts(kernels, clock, open::remove), tables, work);
        open.add(captured);
        return captured;
    }

    @Override
    public void gather(View y, View x, View rows, long step) {
        pointwise.gather(y, x, rows, step);
    }

    @Override
    public void guardedStep(GuardedUpdate steps, View factors, long step) {
        update.guardedStep(steps, factors, step);
    }

    @Override
    public void close() {
        List.copyOf(open).forEach(CudaCaptured::close);
    }
}
