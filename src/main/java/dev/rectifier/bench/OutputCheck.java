package dev.rectifier.bench;

/** How the outputs of an operation are held to fp64. */
interface OutputCheck {
    /** Has {@code ours} computed from the start, and compares. */
    Verification of(Operands ours);
}
