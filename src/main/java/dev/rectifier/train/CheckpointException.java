package dev.rectifier.train;

/** A checkpoint cannot be read, or belongs to another run; the message says what and where. */
public final class CheckpointException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        super(message);
    }
}
