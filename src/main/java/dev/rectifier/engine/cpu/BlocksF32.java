package dev.rectifier.engine.cpu;

import dev.rectifier.engine.View;

/**
 * A view as an array with the index of each replica's block.
 *
 * @param array the whole storage
 * @param offset index of replica 0's block
 * @param stride elements from block to block, 0 when shared
 */
@SuppressWarnings("ArrayRecordComponent") // a window on live storage, compared by nobody
record BlocksF32(float[] array, int offset, int stride) {
    static BlocksF32 of(View view) {
        float[] array = (float[]) ((CpuBuffer) view.buffer()).array();
        return new BlocksF32(array, (int) view.offset(), (int) view.replicaStride());
    }

    /** Index of the first element of replica {@code r}. */
    int at(int r) {
        return offset + r * stride;
    }

    /** At least {@code length} elements of a worker's scratch memory. */
    static float[] scratch(Scratch scratch, int slot, int length) {
        if (scratch.held(slot) instanceof float[] array && array.length >= length) {
            return array;
        }
        float[] fresh = new float[length];
        scratch.hold(slot, fresh);
        return fresh;
    }
}
