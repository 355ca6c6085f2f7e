package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ShapeException;
import dev.rectifier.engine.View;

/** One implementation of an operation group per floating element type. */
record ByType<T>(T f32, T f64) {
    /** The implementation for the element type of {@code view}. */
    T of(View view) {
        return switch (view.dtype()) {
            case F32 -> f32;
            case F64 -> f64;
            case I32, I64 -> throw new ShapeException("This operation needs F32 or F64, not " + view + ".");
        };
    }
}
