package dev.rectifier.study;

/** A run that a claim or a figure needs has no complete metrics. */
public final class MissingRunException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    MissingRunException(String run) {
        super(message(run));
    }

    static String message(String run) {
        return "The run '" + run + "' is not done, so what it would show is unknown. Resume the study.";
    }
}
