package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Parameters;
import java.util.Optional;

/** What a step touches, as arrays. */
record StepArraysF32(BlocksF32 weights, BlocksF32 gradient, BlocksF32 state, Optional<Words> mask, int count) {
    static StepArraysF32 of(Parameters parameters) {
        return new StepArraysF32(
                BlocksF32.of(parameters.weights()),
                BlocksF32.of(parameters.gradient()),
                BlocksF32.of(parameters.state()),
                parameters.mask().map(Words::of),
                (int) parameters.weights().blockSize());
    }
}
