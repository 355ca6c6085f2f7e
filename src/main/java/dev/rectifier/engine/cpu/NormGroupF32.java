package dev.rectifier.engine.cpu;

import dev.rectifier.engine.NormShape;
import java.util.Arrays;
import java.util.function.IntToDoubleFunction;

/**
 * Some neighbouring channels of one replica, walked through in blocks: a block is at most a row's width of neighbouring
 * elements of an example, and the same of every other example. Sums run over the examples for each place, then over the
 * places of a channel, so neither the cut into groups nor that into blocks can be seen in their bits.
 */
final class NormGroupF32 {
    private static final int PIECES =
            8; // groups of a replica to aim at, so that a single replica keeps all threads busy
    private static final int LEAST = 128; // elements of a block, else a row is not worth its calls

    final NormRowsF32 rows;
    final int replica;
    private final int examples;
    private final int places;
    private final int pitch;
    private final int from;
    private final int to;

    /** Item {@code item}: group {@code item % pieces} of replica {@code item / pieces}. */
    NormGroupF32(NormShape shape, int item, Scratch scratch) {
        rows = NormRowsF32.of(scratch);
        examples = (int) shape.examples();
        places = (int) shape.places();
        pitch = (int) shape.pitch();
        int channels = channels(shape);
        replica = item / pieces(shape);
        from = item % pieces(shape) * channels;
        to = Math.min(from + channels, (int) shape.channels());
    }

    private static int channels(NormShape shape) {
        long width = Math.min(NormRowsF32.WIDTH, Math.max(LEAST, shape.pitch() / PIECES));
        return (int) Math.max(1, width / Math.max(1, shape.places()));
    }

    /** Groups of a replica. */
    static int pieces(NormShape shape) {
        int channels = channels(shape);
        return (int) Math.max(1, (shape.channels() + channels - 1) / channels);
    }

    /** What is done with a piece of an example: {@code width} elements from element {@code at} of the replica's block on. */
    interface Piece {
        void run(int at, int width);
    }

    /** {@code work} gets each block's place in the first example. */
    void blocks(Piece work) {
        for (int at = from * places; at < to * places; at += NormRowsF32.WIDTH) {
            work.run(at, Math.min(NormRowsF32.WIDTH, to * places - at));
        }
    }

    /** The pieces of a block, one of every example. */
    void examples(int at, int width, Piece work) {
        for (int n = 0; n < examples; n++) {
            work.run(n * pitch + at, width);
        }
    }

    void load(BlocksF32 source, int at, float[] row, int width) {
        System.arraycopy(source.array(), source.at(replica) + at, row, 0, width);
    }

    void store(BlocksF32 target, int at, float[] row, int width) {
        System.arraycopy(row, 0, target.array(), target.at(replica) + at, width);
    }

    /** row[i] = value of the channel of the block's element i, rounded. */
    void fill(float[] row, int at, int width, IntToDoubleFunction value) {
        int i = 0;
        while (i < width) {
            int c = (at + i) / places;
            int end = Math.min(width, (c + 1) * places - at);
            Arrays.fill(row, i, end, (float) value.applyAsDouble(c));
            i = end;
        }
    }

    /** The rows' centres, unrounded. */
    void fillCentres(int at, int width, BlocksF64 means) {
        for (int i = 0; i < width; i++) {
            rows.centre[i] = means.array()[means.at(replica) + (at + i) / places];
        }
    }

    /** The first {@code count} totals of all channels become those of this work, which adds to the sums. */
    void total(int count, Piece prepare, Piece work) {
        for (int k = 0; k < count; k++) {
            Arrays.fill(rows.totals[k], 0, to - from, 0);
        }
        blocks((at, width) -> {
            prepare.run(at, width);
            for (int k = 0; k < count; k++) {
                Arrays.fill(rows.sums[k], 0, width, 0);
            }
            examples(at, width, work);
            for (int k = 0; k < count; k++) {
                collect(rows.sums[k], at, width, rows.totals[k]);
            }
        });
    }

    private void collect(double[] sums, int at, int width, double[] totals) {
        for (int i = 0; i < width; i++) {
            totals[(at + i) / places - from] += sums[i];
        }
    }

    double total(int k, int channel) {
        return rows.totals[k][channel - from];
    }

    /** out[channel] = total k / divisor. */
    void put(int k, double divisor, BlocksF64 out) {
        for (int c = from; c < to; c++) {
            out.array()[out.at(replica) + c] = total(k, c) / divisor;
        }
    }

    /** out[channel] = total k, rounded. */
    void put(int k, BlocksF32 out) {
        for (int c = from; c < to; c++) {
            out.array()[out.at(replica) + c] = (float) total(k, c);
        }
    }
}
