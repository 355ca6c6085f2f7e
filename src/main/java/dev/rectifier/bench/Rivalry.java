package dev.rectifier.bench;

/** Which of a rig's rivals differ in an operation. */
enum Rivalry {
    /** None. */
    NONE,
    /** The same device by our own kernels alone: a library may do the operation. */
    OWN_KERNELS,
    /** Products: all of them. */
    ALL;

    boolean includes(String rival) {
        return this == ALL || (this == OWN_KERNELS && rival.equals("own kernels"));
    }
}
