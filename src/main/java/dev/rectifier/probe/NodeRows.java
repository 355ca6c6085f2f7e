package dev.rectifier.probe;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;

/**
 * Outputs of a layer as rows of nodes, one row per sample: channels are the nodes, and every place of every example is a sample.
 * The outputs of a dense layer are such rows already.
 */
final class NodeRows {
    private final Engine engine;
    private final Shape extents;
    private final View rows;

    /**
     * For up to as many examples as a pass has.
     *
     * @param layer an output of the largest pass: [R, N, C] or [R, N, C, H, W]
     */
    NodeRows(Engine engine, Arena arena, View layer) {
        this.engine = engine;
        extents = layer.shape().tail().tail();
        long samples = layer.dim(1) * places();
        rows = isDense()
                ? layer
                : arena.openArena("rows of nodes")
                        .allocate(layer.dtype(), Shape.of(layer.replicas(), samples, nodes()))
                        .view();
    }

    /** C. */
    long nodes() {
        return extents.dim(0);
    }

    DType dtype() {
        return rows.dtype();
    }

    /** H W, or 1. */
    long places() {
        return extents.size() / nodes();
    }

    private boolean isDense() {
        return extents.rank() == 1;
    }

    /** Rows [R, N H W, C] of these outputs, which may be shared by replicas; they last until the next call. */
    View of(View layer) {
        if (isDense()) {
            return layer;
        }
        View out = rows.rows(0, layer.dim(1) * places());
        for (long r = 0; r < layer.replicas(); r++) {
            engine.pointwise().transpose(examples(out, r, places(), nodes()), examples(layer, r, nodes(), places()));
        }
        return out;
    }

    /** The examples of one replica, whose blocks lie one behind the other, in the place of replicas. */
    private static View examples(View of, long replica, long height, long width) {
        View one = of.replicas(replica, 1);
        long block = height * width;
        return new View(one.buffer(), one.offset(), block, Shape.of(one.blockSize() / block, height, width));
    }
}
