package dev.rectifier.model;

import dev.rectifier.engine.Health;
import dev.rectifier.engine.View;
import java.util.Map;
import java.util.Optional;

/**
 * One layer of a chain with its buffers. Outputs and signals it returns are its own, for fixed views; nothing is allocated on the
 * device after construction. Methods are called in the order forward, backward, tangent, backwardTangent, each on what those
 * before it left.
 *
 * <p>Where its input moves with no parameter ({@link Site#inputMoves()} is false) there is no {@code tx} and no signal for below: a
 * layer then looks at no {@code tx} and returns what it was given.
 */
interface Layer {
    /** f(x): [R, N, ...]. */
    View output();

    /** The bits of the ReLU at its end, if there is one. */
    default Optional<View> mask() {
        return Optional.empty();
    }

    void forward(NetworkValues at, View x, long step);

    /**
     * The vector-Jacobian product.
     *
     * @param dy d loss / d output
     * @param gradient out: its own parts
     * @return d loss / d x
     */
    View backward(NetworkValues at, View x, View dy, LayerViews gradient);

    /**
     * The Jacobian-vector product: how the output moves when parameters move along {@code direction} and the input along
     * {@code tx}.
     */
    View tangent(NetworkValues at, LayerViews direction, View x, View tx);

    /**
     * How {@link #backward} moves along the same direction (the R-operator).
     *
     * @param gradient out: its own parts of the gradient's tangent
     * @return the tangent of d loss / d x
     */
    View backwardTangent(NetworkValues at, LayerViews direction, Duals duals, LayerViews gradient);

    /** Moves its running moments, if it has any. */
    default void track(LayerViews state, Health health) {}

    /** Adds what can be looked at after a forward pass: {@code path}, and of a block what is inside. */
    default void name(String path, Map<String, View> activations) {
        activations.put(path, output());
    }

    /** Input and output signal of a layer with their tangents. */
    record Duals(View x, View tx, View dy, View tdy) {}
}
