package dev.rectifier.model;

import dev.rectifier.engine.View;

/** How the weight of a {@link LinearLayer} follows from its parameters, with the four methods of a {@link Layer}. */
interface Weights {
    /** Works the weight out; {@link #value} is valid after it. */
    default void forward(NetworkValues at) {}

    View value(NetworkValues at);

    /** Where the gradient with respect to the weight goes before {@link #backward}. */
    View gradient(LayerViews gradient);

    /** From that gradient to those of the parameters. */
    default void backward(NetworkValues at, LayerViews gradient) {}

    /** The weight's tangent along a direction; ready after {@link #tangent}. */
    View direction(LayerViews direction);

    default void tangent(NetworkValues at, LayerViews direction) {}

    /** Where the tangent of the weight's gradient goes before {@link #backwardTangent}. */
    View gradientTangent(LayerViews gradient);

    default void backwardTangent(NetworkValues at, LayerViews direction, LayerViews gradient) {}

    /** The weight is a parameter. */
    record Plain(int slot) implements Weights {
        @Override
        public View value(NetworkValues at) {
            return at.parameters().part(slot);
        }

        @Override
        public View gradient(LayerViews gradient) {
            return gradient.part(slot);
        }

        @Override
        public View direction(LayerViews direction) {
            return direction.part(slot);
        }

        @Override
        public View gradientTangent(LayerViews gradient) {
            return gradient.part(slot);
        }
    }
}
