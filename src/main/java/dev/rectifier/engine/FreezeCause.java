package dev.rectifier.engine;

/** Why a replica no longer moves; {@link #code()} is what {@link Health#cause()} keeps. */
public enum FreezeCause {
    /** Still training. */
    NONE(0),
    /** The loss stopped being finite. */
    LOSS(1),
    /** A gradient entry stopped being finite. */
    GRADIENT(2),
    /** The next weights or optimiser state would not be finite. */
    WEIGHT(3),
    /** Asked to stop (stopping rule), not a failure. */
    STOPPED(4);

    private final int code;

    FreezeCause(int code) {
        this.code = code;
    }

    /** The number that stands for this cause on a device and in checkpoints. */
    public int code() {
        return code;
    }

    /**
     * The cause with this number.
     *
     * @throws IllegalArgumentException if there is none
     */
    public static FreezeCause of(int code) {
        for (FreezeCause cause : values()) {
            if (cause.code == code) {
                return cause;
            }
        }
        throw new IllegalArgumentException("There is no freeze cause with code " + code + ".");
    }
}
