package dev.rectifier.data;

import dev.rectifier.tensor.Philox;

/** Independent uniform row numbers, by the rule of {@code RandomOps.integers}. */
final class UniformRows {
    private UniformRows() {}

    static void fill(int[] out, int at, int size, int bound, long key, int id, long step) {
        int groups = (size + 3) / 4;
        int[] planes = new int[4 * groups];
        new Philox(key, id, step).words(0, groups, planes);
        for (int i = 0; i < size; i++) {
            long word = planes[(i & 3) * groups + (i >> 2)] & 0xffffffffL;
            out[at + i] = (int) ((word * bound) >>> 32);
        }
    }
}
