package dev.rectifier.curvature;

import dev.rectifier.engine.ShapeException;
import dev.rectifier.engine.View;
import dev.rectifier.model.Chain;
import dev.rectifier.model.LayerSpec;
import dev.rectifier.model.NamedLayer;
import dev.rectifier.model.NetworkValues;
import dev.rectifier.model.PassKind;
import java.util.List;

/**
 * R networks at their parameters, with M examples and a loss.
 *
 * @param network what they compute; of a perceptron its chain
 * @param at parameters [R, P], may be shared, and running moments where the network has some
 * @param mode how BatchNorm normalises where its layer does not say: in training by the moments of all M examples, as what is
 *     differentiated
 * @param examples what they are judged on
 * @param objective the loss
 */
public record Problem(Chain network, NetworkValues at, PassKind.Mode mode, Examples examples, Objective objective) {
    /**
     * Inputs and what should be said about them.
     *
     * @param x [R, M, ...], may be shared
     * @param targets values [R, M, K], or labels I32 [R, M]; may be shared
     */
    public record Examples(View x, View targets) {
        public Examples {
            if (x.replicas() != targets.replicas() || x.dim(1) != targets.dim(1)) {
                throw new ShapeException("Inputs " + x + " and targets " + targets
                        + " must be of as many replicas and examples: [R, M, ...] both.");
            }
        }

        /** M. */
        public long count() {
            return x.dim(1);
        }
    }

    public Problem {
        if (network.spec().isNoisy() && mode == PassKind.Mode.TRAINING) {
            throw new IllegalArgumentException(
                    "The network has dropout, which in training makes the loss random, so it has no"
                            + " Hessian: take evaluation mode.");
        }
        if (at.parameters().flat().replicas() != examples.x().replicas()) {
            throw new ShapeException("Parameters " + at.parameters().flat() + " and inputs " + examples.x()
                    + " must be of as many replicas.");
        }
    }

    /** R. */
    public long replicas() {
        return examples.x().replicas();
    }

    /** P. */
    public long parameters() {
        return network.layout().size();
    }

    /** Whether an example's loss depends on the examples beside it: BatchNorm by the moments of the batch. */
    public boolean mixesExamples() {
        return mixes(network.spec().layers());
    }

    private boolean mixes(List<NamedLayer> layers) {
        return layers.stream().anyMatch(named -> mixes(named.layer()));
    }

    private boolean mixes(LayerSpec layer) {
        if (layer instanceof LayerSpec.Residual block) {
            return mixes(block.body()) || mixes(block.shortcut());
        }
        return layer instanceof LayerSpec.BatchNorm norm && norm.takesBatch(mode);
    }
}
