package dev.rectifier.curvature;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.LossOps;
import dev.rectifier.engine.View;
import dev.rectifier.model.ChainPass;
import dev.rectifier.model.LayerViews;
import dev.rectifier.model.NetworkValues;

/** The passes over some of the examples, and what they hold at the moment. */
final class Piece {
    private final LossOps losses;
    private final NetworkValues at;
    private final Objective objective;
    private final ChainPass pass;
    private final View x;
    private final View targets;
    private final View slopes;
    private final View work;
    private Signals signals = Signals.NONE;

    /** What the signals inside the layers belong to. */
    private enum Signals {
        /** Not even activations are there. */
        NONE,
        /** Activations alone, or signals of something else than the loss. */
        OTHERS,
        /** The loss's own. */
        LOSS
    }

    /**
     * Buffers that a piece is worked on in.
     *
     * @param pass of exactly the piece's examples
     * @param slopes [R, N, K], for d loss / d output
     * @param work [R, N, K], for any other signal
     */
    record Buffers(ChainPass pass, View slopes, View work) {
        Buffers first(long examples) {
            return new Buffers(pass.first(examples), slopes.rows(0, examples), work.rows(0, examples));
        }
    }

    Piece(Engine engine, Problem problem, long from, Buffers buffers) {
        losses = engine.losses();
        at = problem.at();
        objective = problem.objective();
        pass = buffers.pass();
        x = problem.examples().x().rows(from, pass.examples());
        targets = problem.examples().targets().rows(from, pass.examples());
        slopes = buffers.slopes();
        work = buffers.work();
    }

    /** Its activations and signals are no longer there. */
    void forget() {
        signals = Signals.NONE;
    }

    long examples() {
        return pass.examples();
    }

    View outputs() {
        ready();
        return pass.output();
    }

    private void ready() {
        if (signals == Signals.NONE) {
            pass.forward(at, x);
            signals = Signals.OTHERS;
        }
    }

    void loss(View value) {
        ready();
        losses.value(objective.kind(), value, pass.output(), targets, objective.scale());
    }

    /** The loss's own gradient; {@code value} and {@code gradient} are written whatever was there. */
    void gradient(View value, LayerViews gradient) {
        ready();
        losses.evaluate(objective.kind(), value, slopes, pass.output(), targets, objective.scale());
        pass.backward(at, x, slopes, gradient);
        signals = Signals.LOSS;
    }

    /** J v, the pass's own. */
    View jacobian(LayerViews vector) {
        ready();
        return pass.tangent(at, vector);
    }

    /** J^T u. */
    void jacobianTransposed(LayerViews product, View u) {
        ready();
        pass.backward(at, x, u, product);
        signals = Signals.OTHERS;
    }

    /** @param value,spare to be overwritten where the loss's own backward pass must be done again */
    void hessian(LayerViews product, LayerViews vector, View value, LayerViews spare) {
        if (signals != Signals.LOSS) {
            gradient(value, spare);
        }
        View tangent = pass.tangent(at, vector);
        losses.tangent(objective.kind(), work, pass.output(), targets, tangent, objective.scale());
        pass.backwardTangent(at, vector, work, product);
    }

    void gaussNewton(LayerViews product, LayerViews vector) {
        View tangent = jacobian(vector);
        losses.tangent(objective.kind(), work, pass.output(), targets, tangent, objective.scale());
        jacobianTransposed(product, work);
    }

    /** sum_n g_n (g_n . v) over its examples, g_n being the gradient of example n's share of the loss, times {@code factor}. */
    void empiricalFisher(LayerViews product, LayerViews vector, View value, double factor) {
        View tangent = jacobian(vector);
        losses.evaluate(objective.kind(), value, slopes, pass.output(), targets, objective.scale());
        losses.outer(work, slopes, tangent, factor);
        jacobianTransposed(product, work);
    }
}
