package dev.rectifier.engine.cpu;

/** Every {@code step}-th of some rows, from {@code first} on. */
@SuppressWarnings("ArrayRecordComponent") // a window on live storage, compared by nobody
record RowsF32(float[][] rows, int first, int step) {
    float[] row(int p) {
        return rows[first + p * step];
    }
}
