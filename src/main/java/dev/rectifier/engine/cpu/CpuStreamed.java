package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.StreamedLimits;
import dev.rectifier.engine.StreamedOps;
import dev.rectifier.engine.Sweep;
import dev.rectifier.engine.View;
import java.util.Optional;

/** Picks the element type. */
final class CpuStreamed implements StreamedOps {
    private final ByType<StreamedOps> byType;

    CpuStreamed(Queue queue) {
        byType = new ByType<>(new StreamedF32(queue), new StreamedF64(queue));
    }

    @Override
    public Optional<String> refusal(ResidentTask task, long examples) {
        return StreamedLimits.refusal(task, examples);
    }

    @Override
    public Optional<String> disadvantage(ResidentTask task, long examples) {
        return Optional.of(
                "here products are bound by arithmetic, not by the way to memory"); // 0.3 to 0.7 times as fast, on a
        // busy machine
    }

    @Override
    public void sweep(Sweep sweep) {
        byType.of(sweep.state().parameters().weights()).sweep(sweep);
    }

    @Override
    public void outputs(View y, View partial, Optional<View> bias) {
        byType.of(y).outputs(y, partial, bias);
    }

    @Override
    public void guard(Sweep sweep, View marks) {
        byType.of(sweep.state().parameters().weights()).guard(sweep, marks);
    }
}
