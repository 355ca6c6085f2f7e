package dev.rectifier.tensor;

/**
 * One block of numbers of the counter-based generator Philox4x32-10: (key, replica, step) names the block, and its words
 * can be made in any order and by any thread, since word j of group b is a pure function of (key, replica, step, b, j).
 *
 * <p>Counter words are (b, replica, step low, step high), key words (key low, key high); element i of a block uses output
 * word i % 4 of group i / 4. {@code cuda/philox.cuh} is the same function in device code.
 *
 * <p>Source: Salmon, Moraes, Dror, Shaw, Parallel random numbers: as easy as 1, 2, 3 (SC 2011), section 3.3.
 *
 * @param key 64-bit key of the stream, usually from {@link SeedTree#key()}
 * @param replica which replica's stream
 * @param step which block of the stream
 */
public record Philox(long key, int replica, long step) {
    /** Raised whenever the bits of any stream change; stored in manifests. */
    public static final int STREAM_VERSION = 2;

    private static final int ROUNDS = 10;
    private static final long MULTIPLIER_0 = 0xD2511F53L;
    private static final long MULTIPLIER_1 = 0xCD9E8D57L;
    private static final int WEYL_0 = 0x9E3779B9;
    private static final int WEYL_1 = 0xBB67AE85;
    private static final long LOW = 0xffffffffL;

    /**
     * Writes the four output words of groups {@code first .. first + groups - 1}, plane by plane: word j of group
     * first + b goes to {@code planes[j * groups + b]}.
     *
     * @param planes at least 4 groups long
     */
    public void words(int first, int groups, int[] planes) {
        for (int b = 0; b < groups; b++) {
            int c0 = first + b;
            int c1 = replica;
            int c2 = (int) step;
            int c3 = (int) (step >>> 32);
            int k0 = (int) key;
            int k1 = (int) (key >>> 32);
            for (int round = 0; round < ROUNDS; round++) {
                long p0 = MULTIPLIER_0 * (c0 & LOW);
                long p1 = MULTIPLIER_1 * (c2 & LOW);
                c0 = (int) (p1 >>> 32) ^ c1 ^ k0;
                c1 = (int) p1;
                c2 = (int) (p0 >>> 32) ^ c3 ^ k1;
                c3 = (int) p0;
                k0 += WEYL_0;
                k1 += WEYL_1;
            }
            planes[b] = c0;
            planes[groups + b] = c1;
            planes[2 * groups + b] = c2;
            planes[3 * groups + b] = c3;
        }
    }
}
