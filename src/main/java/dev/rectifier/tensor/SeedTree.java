package dev.rectifier.tensor;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * A tree of independent 64-bit keys: one seed at the root, a child for every purpose and every index. A key depends on the
 * path from the root alone, so adding a purpose or a replica changes no other stream.
 *
 * <p>Each edge is one evaluation of Philox4x32-10 keyed by the parent. The last counter word has its top bit set, which no
 * stream of numbers with a step below 2^63 has, so no child key repeats a number that was drawn.
 *
 * @param key the key of the stream at this node
 */
public record SeedTree(long key) {
    private static final int ROOT = 0;
    private static final int INDEX = 1;
    private static final int LENGTH = 2;
    private static final int TEXT = 3;

    /** The tree grown from a user's seed. */
    public static SeedTree root(long seed) {
        return new SeedTree(derive(seed, 0, ROOT));
    }

    /** The node for one use of randomness, such as {@code "initial weights"}. */
    public SeedTree child(String purpose) {
        byte[] bytes = purpose.getBytes(StandardCharsets.UTF_8);
        int padded = (bytes.length + 7) / 8 * 8;
        ByteBuffer text = ByteBuffer.allocate(padded).order(ByteOrder.LITTLE_ENDIAN);
        text.put(bytes).clear();
        long derived = derive(key, bytes.length, LENGTH);
        while (text.hasRemaining()) {
            derived = derive(derived, text.getLong(), TEXT);
        }
        return new SeedTree(derived);
    }

    /** The node for one of a numbered family: a replica, an epoch, a layer. */
    public SeedTree child(long index) {
        return new SeedTree(derive(key, index, INDEX));
    }

    private static long derive(long parent, long payload, int kind) {
        int[] words = new int[4];
        long step = Long.MIN_VALUE | (long) kind << 32;
        new Philox(parent, (int) (payload >>> 32), step).words((int) payload, 1, words);
        return (words[0] & 0xffffffffL) | (long) words[1] << 32;
    }
}
