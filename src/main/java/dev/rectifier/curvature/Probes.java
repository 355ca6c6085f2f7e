package dev.rectifier.curvature;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;

/**
 * Random vectors on the device, each with an address (stream of the replica, probe, draw): a replica has the same ones whatever
 * its place and its neighbours, and fp64 has those of fp32.
 */
final class Probes {
    /** Draws of one probe. */
    private static final long DRAWS = 1L << 32;

    private final VectorSpace space;
    private final View streams;
    private final View signs;

    Probes(VectorSpace space, Streams ensemble) {
        if (ensemble.replicas() != space.replicas()) {
            throw new IllegalArgumentException("There are streams for " + ensemble.replicas() + " replicas and "
                    + space.replicas() + " matrices: each needs one of its own.");
        }
        this.space = space;
        Arena arena = space.arena();
        streams = arena.upload(ensemble.child("probe vectors").table()).view();
        long words = PointwiseOps.maskWords(space.size());
        signs = arena.allocate(DType.I32, Shape.of(space.replicas(), words)).view();
    }

    /** Standard normal. */
    void normal(View vector, long probe, long draw) {
        space.engine().random().normal(space.seen(vector), streams, probe * DRAWS + draw, 0, 1);
    }

    /**
     * -1 or 1, each with probability 1/2 (Rademacher).
     *
     * @param ones space for a vector; holds ones afterwards
     */
    void signs(View vector, View ones, long probe) {
        Engine engine = space.engine();
        View out = space.seen(vector);
        View one = space.seen(ones);
        engine.random().keep(signs, streams, probe * DRAWS, space.size(), 0.5);
        engine.pointwise().fill(one, 1);
        engine.pointwise().gate(out, one, signs, 2);
        engine.pointwise().axpy(out, -1, one);
    }
}
