package dev.rectifier.engine.cpu;

import java.util.Arrays;

/**
 * One replica's product of operands in TF32, in the order of the tensor tiles as the emulated driver has them, so with their
 * bits. Terms go in chunks of eight, the last one filled up with zeros.
 *
 * <p>TF32: c = fma(tf32(a), tf32(b), c), term after term. TF32X3, with x = high + low: per chunk a sum of its own that begins at
 * 0 and adds eight low high, eight high low, eight high high, by fma; then c = c + sum. What is packed here is the chunk's
 * 24 factors of either side, so that a chunk is one plain product.
 *
 * @param whole the product as the operands lie in memory
 * @param split whether operands are split in two
 */
record TensorProduct(ProductF32 whole, boolean split) {
    private static final int CHUNK = 8;
    /** low, high, high against high, low, high. */
    private static final int PARTS = 3;

    private static final int LEFT = 0;
    private static final int RIGHT = 1;
    private static final int SUM = 2;

    /** Multiply-adds. */
    long work() {
        return whole.s().work() * (split ? PARTS : 1);
    }

    /** Part {@code index} of replica {@code r}. */
    void compute(int r, int index, Scratch scratch) {
        ProductShape s = whole.s();
        ProductShape.Part part = s.part(index);
        whole.begin(r, part);
        float[] a = BlocksF32.scratch(scratch, LEFT, part.rows() * packedDepth());
        float[] b = BlocksF32.scratch(scratch, RIGHT, part.columns() * packedDepth());
        pack(a, new Lines(whole.a().array(), whole.left(r, part), s.ai(), s.ap()), part.rows(), true);
        pack(b, new Lines(whole.b().array(), whole.right(r, part), s.bj(), s.bp()), part.columns(), false);
        int at = whole.at(r, part);
        if (split) {
            float[] sum = BlocksF32.scratch(scratch, SUM, part.rows() * part.columns());
            addChunks(at, part, new TileF32(packed(part.columns(), PARTS * CHUNK), sum, a, b), sum);
        } else {
            new TileF32(packed(s.columns(), packedDepth()), whole.c().array(), a, b).add(at, 0, 0, part);
        }
    }

    private void addChunks(int at, ProductShape.Part part, TileF32 tile, float[] sum) {
        for (int from = 0; from < packedDepth(); from += PARTS * CHUNK) {
            Arrays.fill(sum, 0, part.rows() * part.columns(), 0);
            tile.add(0, from, from, part);
            for (int row = 0; row < part.rows(); row++) {
                add(at + row * whole.s().columns(), sum, row * part.columns(), part.columns());
            }
        }
    }

    private void add(int at, float[] sum, int from, int count) {
        float[] c = whole.c().array();
        for (int i = 0; i < count; i++) {
            c[at + i] += sum[from + i];
        }
    }

    /** A product of packed operands into rows that are {@code columns} long. */
    private ProductShape packed(int columns, int depth) {
        return new ProductShape(whole.s().rows(), columns, depth, packedDepth(), 1, packedDepth(), 1);
    }

    private int packedDepth() {
        return (whole.s().depth() + CHUNK - 1) / CHUNK * CHUNK * (split ? PARTS : 1);
    }

    /** Element q of line m is at {@code start + m * line + q * step}. */
    @SuppressWarnings("ArrayRecordComponent") // a window on live storage, compared by nobody
    private record Lines(float[] x, int start, int line, int step) {
        float at(int m, int q) {
            return x[start + m * line + q * step];
        }
    }

    private void pack(float[] packed, Lines lines, int count, boolean lowFirst) {
        int length = packedDepth();
        Arrays.fill(packed, 0, count * length, 0);
        for (int m = 0; m < count; m++) {
            for (int q = 0; q < whole.s().depth(); q++) {
                put(packed, m * length, q, lines.at(m, q), lowFirst);
            }
        }
    }

    private void put(float[] packed, int line, int q, float value, boolean lowFirst) {
        float high = tf32(value);
        if (!split) {
            packed[line + q] = high;
            return;
        }
        float low = tf32(value - high);
        int to = line + q / CHUNK * CHUNK * PARTS + q % CHUNK;
        packed[to] = lowFirst ? low : high;
        packed[to + CHUNK] = lowFirst ? high : low;
        packed[to + 2 * CHUNK] = high;
    }

    /** Rounded to 10 bits of mantissa, ties away from zero; a NaN stays one, and beyond the largest is infinity. */
    static float tf32(float x) {
        return Float.isNaN(x) ? x : Float.intBitsToFloat((Float.floatToRawIntBits(x) + 0x1000) & 0xffffe000);
    }
}
