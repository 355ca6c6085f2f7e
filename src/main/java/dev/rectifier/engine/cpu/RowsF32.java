package dev.rectifier.engine.cpu;

/** Every {@code step}-th of some rows, from {@code first} on. */
@SuppressWarnings("ArrayRecordComponent") // a window on live storage, compared by nobody
record RowsF32(float[][] rows, int first, int step) {
    /** Without the first {@code p}. */
    RowsF32 from(int p) {
        return new RowsF32(rows, first + p * step, step);
    }

    float[] row(int p) {
        return rows[first + p * step];
    }
}
