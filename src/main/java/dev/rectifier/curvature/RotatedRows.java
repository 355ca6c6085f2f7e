package dev.rectifier.curvature;

import java.util.stream.IntStream;

/**
 * Rows of length t under plane rotations. They are kept back and done in bundles, bands of columns in parallel, each band small
 * enough to stay in a cache: a column sees all rotations in their order, so the bits do not depend on the bands.
 */
final class RotatedRows implements Rotations {
    private static final int BUNDLE = 1 << 16;
    private static final int BAND = 64;

    private final double[] rows;
    private final int length;
    private final int[] place = new int[BUNDLE];
    private final double[] cosines = new double[BUNDLE];
    private final double[] sines = new double[BUNDLE];
    private int waiting;

    /** @param rows [n, t], changed in place */
    RotatedRows(double[] rows, int length) {
        this.rows = rows;
        this.length = length;
    }

    @Override
    public void rotate(int i, double cosine, double sine) {
        place[waiting] = i;
        cosines[waiting] = cosine;
        sines[waiting] = sine;
        if (++waiting == BUNDLE) {
            finish();
        }
    }

    @Override
    public void finish() {
        int bands = (length + BAND - 1) / BAND;
        IntStream range = IntStream.range(0, bands);
        (bands > 1 ? range.parallel() : range)
                .forEach(band -> rotateBand(band * BAND, Math.min(length, (band + 1) * BAND)));
        waiting = 0;
    }

    private void rotateBand(int from, int to) {
        for (int k = 0; k < waiting; k++) {
            int upper = place[k] * length;
            int lower = upper + length;
            double c = cosines[k];
            double s = sines[k];
            for (int j = from; j < to; j++) {
                double a = rows[upper + j];
                double b = rows[lower + j];
                rows[lower + j] = s * a + c * b;
                rows[upper + j] = c * a - s * b;
            }
        }
    }
}
