package dev.rectifier.curvature;

/**
 * When an iteration has done enough: every wanted eigenpair has a residual of at most {@code tolerance} times the largest eigenvalue
 * in magnitude that was found. A residual is measured against rounding: below some 10 unit roundoffs of the element type (fp32:
 * 6e-7) it says nothing.
 *
 * @param tolerance relative; 0 never ends before {@code most}
 * @param every steps from one question to the next
 * @param most steps after which it ends without
 */
public record Convergence(double tolerance, int every, int most) {
    public Convergence {
        if (!(tolerance >= 0) || every < 1 || most < 1) {
            throw new IllegalArgumentException(
                    "Convergence needs a tolerance of at least 0 and at least 1 step, not tolerance " + tolerance
                            + ", asked every " + every + " steps, at most " + most + ".");
        }
    }

    /** Asked every ten steps. */
    public static Convergence to(double tolerance, int most) {
        return new Convergence(tolerance, 10, most);
    }
}
