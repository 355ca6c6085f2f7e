package dev.rectifier.engine.cpu;

/** Which replicas sit in the lanes of a pack. */
@SuppressWarnings("ArrayRecordComponent") // a window on live storage, compared by nobody
record PackLanes(int[] replicas, int first, int count) {
    int replica(int lane) {
        return replicas[first + lane];
    }

    /** The {@code i}-th group of up to {@code size}. */
    PackLanes part(int i, int size) {
        return new PackLanes(replicas, first + i * size, Math.min(size, count - i * size));
    }

    PackLanes only(int lane) {
        return new PackLanes(replicas, first + lane, 1);
    }
}
