package dev.rectifier.bench.training;

import dev.rectifier.bench.Verification;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.train.Way;
import java.util.Arrays;

/**
 * What the weights of every replica must be after a few steps: fp64 training of a few replicas, step by step on the reference
 * engine. What is compared is the way a replica has gone from its start, since the start itself would drown any error.
 */
final class TrainingCheck {
    /** Steps that are verified. */
    static final int STEPS = 4;

    private static final int FEW = 8;
    private static final double UNIT = 0x1p-24;
    private static final double MOST_OF_THEM = 0.9;

    private final Ensemble ensemble;
    private final HostTensor start;
    private final HostTensor exact;

    TrainingCheck(Engine reference, Ensemble ensemble, EnsembleArrays arrays) {
        this.ensemble = ensemble;
        this.start = arrays.weights();
        Ensemble few = ensemble.first(exactReplicas(ensemble));
        try (EnsembleTraining training = new EnsembleTraining(reference, DType.F64, few, arrays, Way.STEPWISE)) {
            training.advance(STEPS);
            this.exact = training.parameters();
        }
    }

    /** Replicas that differ: all others repeat them. With streams of their own none does, and all are trained. */
    static int exactReplicas(Ensemble e) {
        return e.feeding() == Feeding.OWN_STREAM ? e.replicas() : Math.min(FEW, e.replicas());
    }

    /**
     * Compares the weights [R, P] that a contender has come to. Nine replicas of ten must keep to the bound of rounding errors;
     * the rest may have crossed a kink of the ReLU on the other side than fp64, and must keep to what a few such crossings do.
     */
    Verification verify(HostTensor weights) {
        if (!weights.shape().equals(start.shape())) {
            return new Verification(
                    Double.POSITIVE_INFINITY, 1, "weights of shape " + start.shape() + ", not " + weights.shape());
        }
        double[] errors = new double[ensemble.replicas()];
        double farthest = 0;
        for (int r = 0; r < errors.length; r++) {
            errors[r] = error(weights, r);
            farthest = Math.max(farthest, strict(r));
        }
        Arrays.sort(errors);
        String against = STEPS + " steps of the cpu engine in fp64";
        Verification most = new Verification(errors[(int) (MOST_OF_THEM * (errors.length - 1))], farthest, against);
        return most.and(new Verification(errors[errors.length - 1], loose(farthest), against + ", worst replica"));
    }

    private int size() {
        return Math.toIntExact(ensemble.parameters());
    }

    /** ||(w - start) - (exact - start)|| / ||exact - start||. */
    private double error(HostTensor weights, int r) {
        int twin = r % Math.toIntExact(exact.shape().dim(0)) * size();
        double difference = 0;
        for (int i = 0; i < size(); i++) {
            double d = weights.get(r * size() + i) - exact.get(twin + i);
            difference += d * d;
        }
        double error = Math.sqrt(difference) / way(r);
        return Double.isFinite(error) ? error : Double.POSITIVE_INFINITY;
    }

    private double way(int r) {
        int twin = r % Math.toIntExact(exact.shape().dim(0)) * size();
        double way = 0;
        for (int i = 0; i < size(); i++) {
            double d = exact.get(twin + i) - start.get(twin + i);
            way += d * d;
        }
        return Math.sqrt(way);
    }

    private double norm(int r) {
        double norm = 0;
        for (int i = 0; i < size(); i++) {
            double w = start.get(r * size() + i);
            norm += w * w;
        }
        return Math.sqrt(norm);
    }

    /**
     * Each product has an error of about u (16 + 4 sqrt(depth)) of its norm, a gradient has three per layer behind one another,
     * and errors add over steps; every step rounds the weights, sqrt(STEPS) u ||w|| in all; and where crossings of a kink are
     * to be expected, they belong to it. Adam divides each coordinate by its own size: errors of small coordinates grow, the
     * root of the relative error in all.
     */
    private double strict(int r) {
        double product = UNIT * (16 + 4 * Math.sqrt((double) ensemble.depth()));
        double gradient = STEPS * 3 * ensemble.student().layers() * product;
        double rule = ensemble.optimiser().rule() == UpdateRule.ADAM ? Math.sqrt(gradient) : gradient;
        return rule + 2 * Math.sqrt(STEPS) * UNIT * norm(r) / way(r) + crossings(product);
    }

    private double signs() {
        return (double) STEPS * ensemble.batch() * ensemble.hiddenUnits();
    }

    /** A standard normal lies within e of 0 with probability 0.8 e; each crossing moves a gradient by 1 / sqrt(signs). */
    private double crossings(double relativeError) {
        double expected = signs() * 0.8 * relativeError;
        return expected < 0.05 ? 0 : 2 * Math.sqrt(Math.max(4, expected) / signs());
    }

    private double loose(double strict) {
        return Math.max(10 * strict, Math.min(0.5, Math.sqrt(8 / signs())));
    }
}
