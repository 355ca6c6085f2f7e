package dev.rectifier.study.luckmatters;

import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.FreshInputs;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.record.Settings;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Streams;

/**
 * N(0, I) inputs of the two- and three-layer parts: fresh batches for training, one set for evaluation.
 *
 * @param settings give {@code batch}, {@code evaluation} and {@code inputs}
 * @param dtype of all numbers
 */
record StandardInputs(Settings settings, DType dtype) {
    private static final StreamSpec STANDARD = StreamSpec.normal(0, 1);

    /** A batch at every step, each replica's own. */
    FreshInputs fresh(Engine engine, Arena arena, Streams streams) {
        return new FreshInputs(engine, arena, STANDARD, shape("batch"), streams, Sharing.PER_REPLICA);
    }

    /** Inputs [R, N, D] that all replicas see. */
    View evaluation(Engine engine, Arena arena, Streams streams) {
        return FiniteSet.drawn(engine, arena, STANDARD, shape("evaluation"), streams, Sharing.SHARED)
                .x();
    }

    private InputShape shape(String examples) {
        return new InputShape(dtype, settings.whole(examples), settings.whole("inputs"));
    }
}
