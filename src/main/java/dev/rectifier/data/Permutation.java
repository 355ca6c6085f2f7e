package dev.rectifier.data;

/**
 * A keyed permutation of 0 .. n-1 for large n that gives any single image in O(1) time and no memory, so that epoch e of
 * replica r can be entered anywhere. Small sets are shuffled by {@link Shuffle}.
 *
 * <p>An alternating Feistel network on the smallest power of two that holds n, with cycle walking: an image outside the
 * range is mapped again until it falls inside, fewer than two times on average. Round functions are 64-bit mixes of (key,
 * round, half). Where n is a power of four above 4 only even permutations occur, which no order of training can notice.
 * {@code cuda/resident_rows.cu} has the same permutations: change both or neither.
 *
 * <p>Sources: Luby and Rackoff 1988; Black and Rogaway 2002, «Ciphers with arbitrary finite domains», methods 2 and 3; the
 * mix is that of SplitMix64 (Steele, Lea, Flood 2014).
 */
final class Permutation {
    private static final int ROUNDS = 12;

    private static final long GOLDEN = 0x9E3779B97F4A7C15L;

    private Permutation() {}

    /** The key of one epoch of one replica. */
    static long keyOf(long key, int id, long epoch) {
        return mix(mix(mix(key + GOLDEN) ^ id) + GOLDEN * (epoch + 1));
    }

    /** Image of {@code i} among {@code n}. */
    static int apply(int n, long key, int i) {
        int bits = Math.max(1, 32 - Integer.numberOfLeadingZeros(n - 1));
        int image = i;
        do {
            image = network(bits, key, image);
        } while (image >= n);
        return image;
    }

    /** Even rounds change the low half by the high one, odd rounds the high half by the low one. */
    private static int network(int bits, long key, int value) {
        int lowBits = (bits + 1) / 2;
        int lowMask = (1 << lowBits) - 1;
        int highMask = (1 << (bits - lowBits)) - 1;
        int low = value & lowMask;
        int high = value >>> lowBits;
        for (int round = 0; round < ROUNDS; round += 2) {
            low ^= (int) mix(key + GOLDEN * round + high) & lowMask;
            high ^= (int) mix(key + GOLDEN * (round + 1L) + low) & highMask;
        }
        return high << lowBits | low;
    }

    private static long mix(long z) {
        long mixed = (z ^ (z >>> 30)) * 0xBF58476D1CE4E5B9L;
        mixed = (mixed ^ (mixed >>> 27)) * 0x94D049BB133111EBL;
        return mixed ^ (mixed >>> 31);
    }
}
