package dev.rectifier.data.known;

/** A file could not be fetched. The message says what, why and what to do. */
public final class FetchException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private final Kind kind;

    /** What went wrong. */
    public enum Kind {
        /** No answer from the other side. */
        UNREACHABLE,
        /** An answer, but not the file. */
        REFUSED,
        /** It broke off; what came is kept. */
        BROKEN_OFF,
        /** There is no room for it; what came is kept. */
        DISK_FULL,
        /** More than the file can have. */
        TOO_LARGE,
        /** Other bytes than the pinned ones. */
        WRONG_SUM
    }

    FetchException(Kind kind, String message) {
        super(message);
        this.kind = kind;
    }

    FetchException(Kind kind, String message, Throwable cause) {
        super(message, cause);
        this.kind = kind;
    }

    /** What went wrong. */
    public Kind kind() {
        return kind;
    }
}
