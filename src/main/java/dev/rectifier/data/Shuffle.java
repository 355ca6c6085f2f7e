package dev.rectifier.data;

import dev.rectifier.tensor.Philox;

/**
 * The order of one epoch of a small set: all n! orders equally likely, up to the generator and a bias below n / 2^32.
 *
 * <p>Fisher and Yates' shuffle as Durstenfeld (1964) wrote it, with word i of the block (key, id, epoch) for place i. O(n)
 * for the whole order, so it is worth keeping while its epoch lasts. {@code cuda/resident_rows.cu} has the same orders: change
 * both or neither.
 */
final class Shuffle {
    /** Up to here an order is kept in memory, 2 bytes an example; larger sets go by {@link Permutation}. */
    static final int LARGEST = 4096;

    private static final long LOW = 0xffffffffL;

    private Shuffle() {}

    /** Images of 0 .. n-1; n at most {@link #LARGEST}. */
    static char[] order(int n, long key, int id, long epoch) {
        int groups = (n + 3) / 4;
        int[] planes = new int[4 * groups];
        new Philox(key, id, epoch).words(0, groups, planes);
        char[] order = new char[n];
        for (int i = 0; i < n; i++) {
            int j = (int) (((planes[(i & 3) * groups + (i >> 2)] & LOW) * (i + 1)) >>> 32);
            order[i] = order[j];
            order[j] = (char) i;
        }
        return order;
    }
}
