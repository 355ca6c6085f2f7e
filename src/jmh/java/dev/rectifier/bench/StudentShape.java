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
    /** Reads what {@link #toString} writes. */
    static StudentShape parse(String text) {
        String[] words = text.split(" x |-| batch ", -1);
        int[] n = new int[words.length];
        for (int i = 0; i < n.length; i++) {
            n[i] = Integer.parseInt(words[i]);
        }
        return new StudentShape(n[0], n[1], n[2], n[3], n[4]);
    }

    /** Examples seen by all replicas in one step. */
    int samples() {
        return replicas * batch;
    }

    @Override
    public String toString() {
        return replicas + " x " + inputs + "-" + hidden + "-" + outputs + " batch " + batch;
    }
}
