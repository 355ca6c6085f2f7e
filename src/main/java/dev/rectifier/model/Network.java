package dev.rectifier.model;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.tensor.DType;

/**
 * A network on an engine: stateless, so one serves any number of parameter sets and passes. What training, evaluation and
 * curvature ask of any kind of network; {@link Mlp} has more for those who need a perceptron.
 */
public sealed interface Network permits Mlp, Chain {
    /** The network of that value. */
    static Network of(Engine engine, NetworkSpec spec) {
        if (spec instanceof ChainSpec chain) {
            return new Chain(engine, chain);
        }
        return new Mlp(engine, (MlpSpec) spec);
    }

    NetworkSpec spec();

    /** Of the parameters. */
    ParameterLayout layout();

    /**
     * Allocates what passes over N examples need, in {@code arena}; a pass allocates nothing after that.
     *
     * @throws IllegalArgumentException if this network has no passes of that kind
     */
    Pass pass(Arena arena, DType dtype, long replicas, long examples, PassKind kind);
}
