package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Feed;
import dev.rectifier.tensor.Normals;
import dev.rectifier.tensor.Philox;

/** Blocks of a feed's stream, in fp32 for all element types. Used by one thread. */
final class StreamDraws {
    private final Feed.Stream stream;
    private final long[] keys;
    private final float[] block;

    StreamDraws(Feed.Stream stream, int count) {
        this.stream = stream;
        keys = (long[]) ((CpuBuffer) stream.streams().buffer()).array();
        block = new float[count];
    }

    /** Whether all replicas draw the same numbers. */
    boolean isShared() {
        return stream.streams().isShared();
    }

    /** Valid until the next call. */
    float[] block(int replica, long step) {
        int at = (int) (stream.streams().offset() + replica * stream.streams().replicaStride());
        Philox philox = new Philox(keys[at], (int) keys[at + 1], step);
        float first = (float) stream.first();
        if (stream.normal()) {
            Normals.fill(block, 0, block.length, philox, first, (float) stream.second());
        } else {
            Normals.fillUniform(block, 0, block.length, philox, first, (float) (stream.second() - stream.first()));
        }
        return block;
    }
}
