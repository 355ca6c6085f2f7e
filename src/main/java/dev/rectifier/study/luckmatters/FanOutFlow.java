package dev.rectifier.study.luckmatters;

/** One classical Runge-Kutta step of the population flow of the fan-outs, V' = L* V* - L V, incoming weights held. */
final class FanOutFlow {
    private FanOutFlow() {}

    /** Moves the student's fan-outs, in place, through {@code dt}. */
    static void step(TwoLayer student, TwoLayer teacher, double dt) {
        double[][] k1 = slope(student, teacher, new double[student.width()][], 0);
        double[][] k2 = slope(student, teacher, k1, dt / 2);
        double[][] k3 = slope(student, teacher, k2, dt / 2);
        double[][] k4 = slope(student, teacher, k3, dt);
        for (int j = 0; j < student.width(); j++) {
            Vectors.axpy(student.fanOut(j), dt / 6, k1[j]);
            Vectors.axpy(student.fanOut(j), dt / 3, k2[j]);
            Vectors.axpy(student.fanOut(j), dt / 3, k3[j]);
            Vectors.axpy(student.fanOut(j), dt / 6, k4[j]);
        }
    }

    private static double[][] slope(TwoLayer student, TwoLayer teacher, double[][] along, double by) {
        double[][] incoming = new double[student.width()][];
        double[][] fanOut = new double[student.width()][];
        for (int j = 0; j < student.width(); j++) {
            incoming[j] = student.incoming(j);
            fanOut[j] = student.fanOut(j).clone();
            if (by != 0) {
                Vectors.axpy(fanOut[j], by, along[j]);
            }
        }
        PopulationGradient gradient = new PopulationGradient(new TwoLayer(incoming, fanOut), teacher, 1);
        double[][] slope = new double[student.width()][];
        for (int j = 0; j < slope.length; j++) {
            slope[j] = gradient.descentOfFanOut(j);
        }
        return slope;
    }
}
