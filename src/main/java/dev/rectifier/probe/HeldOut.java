package dev.rectifier.probe;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.View;
import dev.rectifier.model.Network;
import dev.rectifier.model.NetworkValues;
import dev.rectifier.model.Pass;
import dev.rectifier.model.PassKind;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import dev.rectifier.train.Loss;
import java.util.Arrays;

/**
 * A set of examples with targets on which networks of any kind are judged in evaluation (BatchNorm by its running moments, no
 * dropout), piece by piece so that the buffers stay small. A BatchNorm that is fixed to training takes the moments of a piece. Buffers belong to the arena it was made in.
 */
public final class HeldOut {
    private final Engine engine;
    private final Examples set;
    private final Loss loss;
    private final Pass pass;
    private final View losses;
    private final View counts;

    /**
     * What came of it.
     *
     * @param loss per replica, over the whole set
     * @param accuracy per replica, share of examples whose largest output is that of the label; NaN for sets without labels
     */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    public record Score(double[] loss, double[] accuracy) {}

    /**
     * Inputs and what should be said about them.
     *
     * @param x [R, M, D], may be shared
     * @param targets values [R, M, K], or labels I32 [R, M]; may be shared
     */
    public record Examples(View x, View targets) {
        long count() {
            return x.dim(1);
        }
    }

    /** @param piece examples evaluated at a time */
    public HeldOut(Engine engine, Arena arena, Network network, Examples set, Loss loss, long piece) {
        this.engine = engine;
        this.set = set;
        this.loss = loss;
        long replicas = set.x().replicas();
        long examples = Math.max(1, Math.min(piece, set.count()));
        pass = network.pass(
                arena.openArena("evaluated student"), set.x().dtype(), replicas, examples, PassKind.INFERENCE);
        losses = arena.zeros(DType.F64, Shape.of(replicas)).view();
        counts = arena.zeros(DType.I32, Shape.of(replicas)).view();
    }

    /** One forward pass over the set, and a download of two numbers per replica and piece. */
    public Score judge(NetworkValues values) {
        int replicas = Math.toIntExact(set.x().replicas());
        double[] sums = new double[replicas];
        double[] right = new double[replicas];
        for (long from = 0; from < set.count(); from += pass.examples()) {
            long count = Math.min(pass.examples(), set.count() - from);
            Pass piece = pass.first(count);
            piece.forward(values, set.x().rows(from, count));
            add(sums, right, piece.output(), set.targets().rows(from, count));
        }
        Arrays.setAll(right, r -> isLabelled() ? right[r] / set.count() : Double.NaN);
        return new Score(sums, right);
    }

    private void add(double[] sums, double[] right, View outputs, View wanted) {
        double scale = loss.scale(set.count(), outputs.dim(-1));
        engine.losses().value(loss.kind(), losses, outputs, wanted, scale);
        double[] part = losses.download().doubles();
        Arrays.setAll(sums, r -> sums[r] + part[r]);
        if (isLabelled()) {
            engine.reduce().correct(counts, outputs, wanted);
            int[] more = counts.download().ints();
            Arrays.setAll(right, r -> right[r] + more[r]);
        }
    }

    private boolean isLabelled() {
        return loss.kind() == LossKind.SOFTMAX_CROSS_ENTROPY;
    }
}
