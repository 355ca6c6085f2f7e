package dev.rectifier.bench;

import dev.rectifier.engine.OtherLibrary;
import dev.rectifier.engine.View;
import java.util.List;

/**
 * An {@link Operation} as another library on the engine's device does it.
 *
 * @param exact the library's operands, and what an engine makes of the same operands
 * @param call the library's own way to it
 */
record Twin(Operation exact, Call call) {
    /** Calls the library. */
    @FunctionalInterface
    interface Call {
        void on(OtherLibrary.Session library, List<View> operands);
    }
}
