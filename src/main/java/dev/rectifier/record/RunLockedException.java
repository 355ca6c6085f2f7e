package dev.rectifier.record;

/** Another process works on the run. */
public final class RunLockedException extends RecordException {
    private static final long serialVersionUID = 1;

    RunLockedException(String message) {
        super(message);
    }
}
