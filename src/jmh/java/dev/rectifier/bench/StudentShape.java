package dev.rectifier.bench;

/**
 * An ensemble of two-layer students.
 *
 * @param replicas R
 * @param inputs D
 * @param hidden W
 * @param outputs K
 * @param batch N
 */
record StudentShape(int replicas, int inputs, int hidden, int outputs, int batch) {
    @Override
    public String toString() {
        return replicas + " x " + inputs + "-" + hidden + "-" + outputs + ", batch " + batch;
    }
}
