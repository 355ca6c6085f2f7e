package dev.rectifier.study.luckmatters;

/**
 * The projected population gradient flow of the incoming weights with fan-outs held: w_j' = (I - w_j w_j^T) (-dJ/dw_j),
 * integrated by explicit Euler steps with renormalisation to unit length. Source: Luck Matters, lucky-rate test.
 */
final class PopulationFlow {
    private PopulationFlow() {}

    /** Moves the student's incoming rows, in place, through {@code time} in steps of {@code dt}. */
    static void advance(TwoLayer student, TwoLayer teacher, double time, double dt) {
        int steps = (int) Math.round(time / dt);
        for (int i = 0; i < steps; i++) {
            step(student, new PopulationGradient(student, teacher, 1), dt);
        }
    }

    private static void step(TwoLayer student, PopulationGradient gradient, double dt) {
        double[][] moves = new double[student.width()][];
        for (int j = 0; j < moves.length; j++) {
            moves[j] = tangent(student.incoming(j), gradient.descentOfIncoming(j));
        }
        for (int j = 0; j < moves.length; j++) {
            Vectors.axpy(student.incoming(j), dt, moves[j]);
            Vectors.normalize(student.incoming(j));
        }
    }

    private static double[] tangent(double[] unit, double[] direction) {
        Vectors.axpy(direction, -Vectors.dot(unit, direction), unit);
        return direction;
    }
}
