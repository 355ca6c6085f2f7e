package dev.rectifier.engine.cpu;

import static dev.rectifier.engine.cpu.Queue.writes;

import dev.rectifier.engine.RandomOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.Normals;
import dev.rectifier.tensor.Philox;

/** Fills from the streams of {@link Philox}; fp64 views receive the fp32 numbers widened. */
final class CpuRandom implements RandomOps {
    private static final int NARROW = 0;
    private static final int WORDS = 1;
    private static final int WORD = 32; // bits
    private static final int GROUPS = 256; // of four words, made at a time
    private static final long COST = 20; // elementary operations a number

    private final Queue queue;

    CpuRandom(Queue queue) {
        this.queue = queue;
    }

    /** Numbers of one block, to {@code out[at .. at + count - 1]}. */
    @FunctionalInterface
    private interface Fill {
        void write(float[] out, int at, int count, Philox block);
    }

    @Override
    public void normal(View out, View streams, long step, double mean, double deviation) {
        submit(
                out,
                streams,
                step,
                (array, at, count, block) -> Normals.fill(array, at, count, block, (float) mean, (float) deviation));
    }

    @Override
    public void uniform(View out, View streams, long step, double low, double high) {
        float span = (float) (high - low);
        submit(
                out,
                streams,
                step,
                (array, at, count, block) -> Normals.fillUniform(array, at, count, block, (float) low, span));
    }

    private void submit(View out, View streams, long step, Fill fill) {
        Object array = ((CpuBuffer) out.buffer()).array();
        long[] keys = (long[]) ((CpuBuffer) streams.buffer()).array();
        int count = (int) out.blockSize();
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                Philox block = block(keys, streams, r, step);
                int at = (int) (out.offset() + r * out.replicaStride());
                if (array instanceof float[] floats) {
                    fill.write(floats, at, count, block);
                } else {
                    widen((double[]) array, at, count, block, fill, scratch);
                }
            }
        };
        queue.submit(job, COST * count, writes(out), streams);
    }

    private static Philox block(long[] keys, View streams, int r, long step) {
        int at = (int) (streams.offset() + r * streams.replicaStride());
        return new Philox(keys[at], (int) keys[at + 1], step);
    }

    private static void widen(double[] out, int at, int count, Philox block, Fill fill, Scratch scratch) {
        float[] narrow = BlocksF32.scratch(scratch, NARROW, count);
        fill.write(narrow, 0, count, block);
        for (int i = 0; i < count; i++) {
            out[at + i] = narrow[i];
        }
    }

    @Override
    public void integers(View out, View streams, long step, int bound) {
        Words target = Words.of(out);
        long[] keys = (long[]) ((CpuBuffer) streams.buffer()).array();
        int count = (int) out.blockSize();
        int groups = (count + 3) / 4;
        Job job = (first, last, scratch) -> {
            int[] planes = scratch.ints(WORDS, 4 * groups);
            for (int r = first; r < last; r++) {
                block(keys, streams, r, step).words(0, groups, planes);
                for (int i = 0; i < count; i++) {
                    long word = planes[(i & 3) * groups + (i >> 2)] & 0xffffffffL;
                    target.array()[target.at(r) + i] = (int) ((word * bound) >>> 32);
                }
            }
        };
        queue.submit(job, COST * count, writes(out), streams);
    }

    @Override
    public void keep(View mask, View streams, long step, long elements, double keep) {
        Words target = Words.of(mask);
        long[] keys = (long[]) ((CpuBuffer) streams.buffer()).array();
        int count = (int) elements;
        long threshold = RandomOps.threshold(keep);
        Job job = (first, last, scratch) -> {
            int[] planes = scratch.ints(WORDS, 4 * GROUPS);
            for (int r = first; r < last; r++) {
                Philox block = block(keys, streams, r, step);
                for (int done = 0; done < count; done += 4 * GROUPS) {
                    block.words(done / 4, GROUPS, planes);
                    keep(
                            target.array(),
                            target.at(r) + done / WORD,
                            planes,
                            threshold,
                            Math.min(count - done, 4 * GROUPS));
                }
            }
        };
        queue.submit(job, COST * count, writes(mask), streams);
    }

    private static void keep(int[] mask, int at, int[] planes, long threshold, int count) {
        int word = at;
        for (int done = 0; done < count; done += WORD) {
            int bits = 0;
            for (int i = done; i < Math.min(count, done + WORD); i++) {
                long drawn = planes[(i & 3) * GROUPS + (i >> 2)] & 0xffffffffL;
                bits |= (int) ((drawn - threshold) >>> 63) << i;
            }
            mask[word++] = bits;
        }
    }
}
