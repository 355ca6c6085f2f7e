package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Settings;
import dev.rectifier.tensor.SeedTree;

/**
 * A random teacher and a student whose first nodes already sit on the teacher's while the rest point anywhere; all rows of
 * unit length, fan-outs random.
 */
final class DecayNets {
    private final double[][] incoming;
    private final double[][] fanOut;
    private final TwoLayer teacher;
    private final FanOutDecay decay;

    private DecayNets(double[][] incoming, double[][] fanOut, TwoLayer teacher) {
        this.incoming = incoming;
        this.fanOut = fanOut;
        this.teacher = teacher;
        this.decay = new FanOutDecay(FanOutDecay.moments(incoming));
    }

    static DecayNets drawn(Settings settings) {
        SeedTree seeds = SeedTree.root(settings.whole("seed")).child("decay");
        int inputs = Math.toIntExact(settings.whole("inputs"));
        int outputs = Math.toIntExact(settings.whole("outputs"));
        int lucky = Math.toIntExact(settings.whole("teacher.hidden"));
        int width = Math.toIntExact(settings.whole("student.hidden"));
        double[][] incoming = Gaussians.unitRows(seeds, "incoming", width, inputs);
        double[][] truth = new double[lucky][];
        System.arraycopy(incoming, 0, truth, 0, lucky);
        TwoLayer teacher = new TwoLayer(truth, Gaussians.unitRows(seeds, "teacher fan-out", lucky, outputs));
        return new DecayNets(incoming, Gaussians.unitRows(seeds, "fan-out", width, outputs), teacher);
    }

    TwoLayer teacher() {
        return teacher;
    }

    /** A fresh student in its starting state. */
    TwoLayer student() {
        double[][] copy = new double[fanOut.length][];
        for (int j = 0; j < copy.length; j++) {
            copy[j] = fanOut[j].clone();
        }
        return new TwoLayer(incoming, copy);
    }

    /** |V_r| of a student of this kind. */
    double restNorm(TwoLayer student) {
        double sum = 0;
        for (int j = teacher.width(); j < student.width(); j++) {
            sum += Vectors.dot(student.fanOut(j), student.fanOut(j));
        }
        return Math.sqrt(sum);
    }

    /** |V_r| after {@code time} by the matrix exponential. */
    double restAfter(double time) {
        double[][] error = student().fanOuts();
        for (int j = 0; j < teacher.width(); j++) {
            Vectors.axpy(error[j], -1, teacher.fanOut(j));
        }
        return restNorm(new TwoLayer(incoming, decay.after(time, error)));
    }
}
