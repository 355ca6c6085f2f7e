package dev.rectifier.engine;

/** An operation was given views whose shapes, types or owners do not fit; the message names the operation and all shapes. */
public final class ShapeException extends IllegalArgumentException {
    private static final long serialVersionUID = 1L;

    public ShapeException(String message) {
        super(message);
    }
}
