package dev.rectifier.conformance;

import dev.rectifier.tensor.DType;

/**
 * Philox4x32-10 written from Salmon, Moraes, Dror and Shaw, Parallel random numbers: as easy as 1, 2, 3 (SC 2011), section
 * 3.3, and the transforms that {@link dev.rectifier.engine.RandomOps} states.
 *
 * @param key the stream's key
 * @param replica the stream's replica, whose 32 low bits are counted
 * @param step the block
 */
record PhiloxOracle(long key, long replica, long step) {
    private static final long WORD = 0xffffffffL;

    /** Ten rounds on counter words c and key words k; products of two 32-bit words fill an unsigned long. */
    static long[] rounds(long[] c, long[] k) {
        long[] x = {c[0] & WORD, c[1] & WORD, c[2] & WORD, c[3] & WORD};
        long[] bumped = {k[0] & WORD, k[1] & WORD};
        for (int round = 0; round < 10; round++) {
            long left = 0xD2511F53L * x[0];
            long right = 0xCD9E8D57L * x[2];
            x = new long[] {
                (right >>> 32) ^ x[1] ^ bumped[0], right & WORD, (left >>> 32) ^ x[3] ^ bumped[1], left & WORD
            };
            bumped[0] = (bumped[0] + 0x9E3779B9L) & WORD;
            bumped[1] = (bumped[1] + 0xBB67AE85L) & WORD;
        }
        return x;
    }

    /** Words 0 .. count-1 of the block. */
    long[] words(int count) {
        long[] words = new long[(count + 3) / 4 * 4];
        for (int group = 0; group < words.length / 4; group++) {
            long[] four = rounds(new long[] {group, replica, step, step >>> 32}, new long[] {key, key >>> 32});
            System.arraycopy(four, 0, words, 4 * group, 4);
        }
        return words;
    }

    Expected uniform(int count, double low, double high) {
        long[] words = words(count);
        return Expected.filled(count, i -> Math.fma((float) (high - low), (words[i] >>> 8) * 0x1p-24f, (float) low));
    }

    Expected integers(int count, int bound) {
        long[] words = words(count);
        return Expected.filled(count, i -> (words[i] * bound) >>> 32);
    }

    /** Words of bits, bit i of them 1 where word i is below keep 2^32. */
    Expected keep(int count, double keep) {
        long[] words = words(count);
        int[] mask = new int[(count + 31) / 32];
        for (int i = 0; i < count; i++) {
            if (words[i] < Math.round(keep * 4294967296.0)) {
                mask[i / 32] |= 1 << (i % 32);
            }
        }
        return Expected.filled(mask.length, j -> mask[j]);
    }

    /** Box-Muller in fp64, with the error an fp32 evaluation may have. */
    Expected normal(int count, double mean, double deviation) {
        long[] words = words(count);
        Rounded[] elements = new Rounded[count];
        for (int i = 0; i < count; i++) {
            int pair = i / 2 * 2;
            Rounded z = radius(words[pair]).times(wave(words[pair + 1], i % 2 == 0));
            elements[i] = z.times(Rounded.once(DType.F32, deviation)).plus(Rounded.once(DType.F32, mean));
        }
        return Expected.of(elements);
    }

    /** sqrt(-2 log u), u = (word + 1/2) 2^-32 rounded once to fp32. */
    private static Rounded radius(long word) {
        Rounded log = Rounded.once(DType.F32, (word + 0.5) * 0x1p-32).log();
        return Rounded.exact(DType.F32, -2).times(log).root();
    }

    /** cos or sin of 2 pi v, v = word 2^-32: 2 ulp = 4 u, and what 2 pi rounded to fp64 does to our own value. */
    private static Rounded wave(long word, boolean cosine) {
        double angle = 2 * Math.PI * (word * 0x1p-32);
        double value = cosine ? Math.cos(angle) : Math.sin(angle);
        return Rounded.of(DType.F32, value, 4 * DType.F32.unitRoundoff() * Math.abs(value) + 0x1p-50);
    }
}
