package dev.rectifier.bench.training;

import dev.rectifier.engine.LossKind;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Optimiser;

/**
 * What is trained.
 *
 * @param replicas R
 * @param student the network
 * @param batch N
 * @param batches different ones, walked through again and again
 * @param loss what is minimised
 * @param optimiser how
 * @param feeding where examples come from
 * @param kept share of the weights that move, for training under a mask; 1 for no mask
 */
record Ensemble(
        int replicas,
        MlpSpec student,
        int batch,
        int batches,
        Loss loss,
        Optimiser optimiser,
        Feeding feeding,
        double kept) {
    /** Students with the mean squared error, SGD and a set of 16 batches. */
    static Ensemble of(int replicas, int batch, int... widths) {
        MlpSpec student = MlpSpec.of(widths);
        return new Ensemble(replicas, student, batch, 16, Loss.MEAN_SQUARED, Optimiser.sgd(0.01), Feeding.SET, 1);
    }

    Ensemble withStudent(MlpSpec other) {
        return new Ensemble(replicas, other, batch, batches, loss, optimiser, feeding, kept);
    }

    Ensemble withLoss(Loss other) {
        return new Ensemble(replicas, student, batch, batches, other, optimiser, feeding, kept);
    }

    Ensemble withOptimiser(Optimiser other) {
        return new Ensemble(replicas, student, batch, batches, loss, other, feeding, kept);
    }

    Ensemble withFeeding(Feeding other) {
        return new Ensemble(replicas, student, batch, batches, loss, optimiser, other, kept);
    }

    Ensemble withKept(double share) {
        return new Ensemble(replicas, student, batch, batches, loss, optimiser, feeding, share);
    }

    /** The whole set at every step. */
    Ensemble fullBatch() {
        return new Ensemble(replicas, student, batch, 1, loss, optimiser, feeding, kept);
    }

    /** The first of the replicas. */
    Ensemble first(int count) {
        return new Ensemble(count, student, batch, batches, loss, optimiser, feeding, kept);
    }

    /** M. */
    int examples() {
        return batch * batches;
    }

    boolean hasLabels() {
        return loss.kind() == LossKind.SOFTMAX_CROSS_ENTROPY;
    }

    /** P. */
    long parameters() {
        return ParameterLayout.of(student).size();
    }

    /** Units of all hidden layers. */
    long hiddenUnits() {
        return student.hidden().stream().mapToLong(Integer::longValue).sum();
    }

    /** Products of neighbouring widths, summed. */
    long connections() {
        long sum = 0;
        for (int l = 0; l < student.layers(); l++) {
            sum += (long) student.fanIn(l) * student.fanOut(l);
        }
        return sum;
    }

    /** Terms of the longest sum of a step. */
    long depth() {
        long most = batch;
        for (int l = 0; l < student.layers(); l++) {
            most = Math.max(most, student.fanIn(l));
        }
        return most;
    }

    /** 10-10-1. */
    String widths() {
        StringBuilder text = new StringBuilder().append(student.inputs());
        student.hidden().forEach(width -> text.append('-').append(width));
        return text.append('-').append(student.outputs()).toString();
    }
}
