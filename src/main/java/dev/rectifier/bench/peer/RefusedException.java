package dev.rectifier.bench.peer;

/** A contender cannot do a case; the message completes «refused: ...». */
public final class RefusedException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** Which rows are made of refusals. */
    private enum Rows {
        EVERY,
        FIRST,
        NONE
    }

    private final Rows rows;

    public RefusedException(String why) {
        this(why, Rows.EVERY);
    }

    private RefusedException(String why, Rows rows) {
        super(why);
        this.rows = rows;
    }

    /** Another contender is the same: no row is needed. */
    public static RefusedException same(String why) {
        return new RefusedException(why, Rows.NONE);
    }

    /** The same for every case: one row is enough. */
    public static RefusedException once(String why) {
        return new RefusedException(why, Rows.FIRST);
    }

    /** Whether no row is needed. */
    public boolean isSilent() {
        return rows == Rows.NONE;
    }

    /** Whether one row says it for all cases. */
    public boolean isSaidOnce() {
        return rows == Rows.FIRST;
    }

    public RefusedException(String why, Throwable cause) {
        super(why, cause);
        this.rows = Rows.EVERY;
    }
}
