package dev.rectifier.bench.peer;

/** A contender cannot do a case; the message completes «refused: ...». */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    private final boolean silent;

    public RefusedException(String why) {
        super(why);
        this.silent = false;
    }

    private RefusedException(String why, boolean silent) {
        super(why);
        this.silent = silent;
    }

    /** Another contender is the same: no row is needed. */
    public static RefusedException same(String why) {
        return new RefusedException(why, true);
    }

    /** Whether no row is needed. */
    public boolean isSilent() {
        return silent;
    }

    public RefusedException(String why, Throwable cause) {
        super(why, cause);
        this.silent = false;
    }
}
