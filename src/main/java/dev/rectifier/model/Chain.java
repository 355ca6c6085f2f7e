package dev.rectifier.model;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.tensor.DType;

/** A chain of layers on an engine. */
public final class Chain implements Network {
    private final Engine engine;
    private final ChainSpec spec;
    private final ParameterLayout layout;

    public Chain(Engine engine, ChainSpec spec) {
        this.engine = engine;
        this.spec = spec;
        layout = spec.layout();
    }

    @Override
    public ChainSpec spec() {
        return spec;
    }

    @Override
    public ParameterLayout layout() {
        return layout;
    }

    @Override
    public ChainPass pass(Arena arena, DType dtype, long replicas, long examples, PassKind kind) {
        if (spec.isNoisy()
                && kind.mode() == PassKind.Mode.TRAINING
                && kind.noise().isEmpty()) {
            throw new IllegalArgumentException("This network has dropout, so in training it draws numbers: give the"
                    + " streams to draw them from (PassKind.withNoise).");
        }
        return new ChainPass(engine, spec, kind, new Space(arena, dtype, replicas, examples));
    }
}
