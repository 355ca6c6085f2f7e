package dev.rectifier.engine.cpu;

import dev.rectifier.engine.View;

/** An I32 view as an array with the index of each replica's block. */
@SuppressWarnings("ArrayRecordComponent") // a window on live storage, compared by nobody
record Words(int[] array, int offset, int stride) {
    static Words of(View view) {
        int[] array = (int[]) ((CpuBuffer) view.buffer()).array();
        return new Words(array, (int) view.offset(), (int) view.replicaStride());
    }

    /** Index of the first element of replica {@code r}. */
    int at(int r) {
        return offset + r * stride;
    }
}
