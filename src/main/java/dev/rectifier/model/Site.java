package dev.rectifier.model;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.model.PassKind.Derivatives;
import dev.rectifier.tensor.Shape;
import java.util.Optional;

/**
 * Where a layer is made.
 *
 * @param space gives its buffers
 * @param unit what it is
 * @param path its name in the whole network
 * @param inputMoves whether its input depends on parameters, so that signals and tangents go through it
 * @param inputMask gates of the unit below, to be applied to the signal for it
 * @param slots hands out parameters in the order of the layout
 */
record Site(
        Engine engine,
        PassKind kind,
        Space space,
        Unit unit,
        String path,
        boolean inputMoves,
        Optional<View> inputMask,
        Slots slots) {

    /** Counts through the parts of parameters and state as layers take them. */
    static final class Slots {
        private int parameters;
        private int states;

        int parameter() {
            return parameters++;
        }

        int state() {
            return states++;
        }

        /** How many parameters were handed out. */
        int parameters() {
            return parameters;
        }
    }

    Shape input() {
        return unit.input();
    }

    Shape output() {
        return unit.output();
    }

    View activation() {
        return space.values("activation", output());
    }

    /** Where the signal for below goes, if one is wanted. */
    Optional<View> signal() {
        return wanted(inputMoves && kind.gives(Derivatives.GRADIENT), "signal", input());
    }

    /** Where its tangent goes. */
    Optional<View> tangentOfSignal() {
        return wanted(inputMoves && isCurved(), "tangent of a signal", input());
    }

    /** Where the tangent of the output goes. */
    Optional<View> tangent() {
        return wanted(isCurved(), "tangent", output());
    }

    private Optional<View> wanted(boolean wanted, String purpose, Shape example) {
        return wanted ? Optional.of(space.values(purpose, example)) : Optional.empty();
    }

    boolean isCurved() {
        return kind.gives(Derivatives.CURVATURE);
    }
}
