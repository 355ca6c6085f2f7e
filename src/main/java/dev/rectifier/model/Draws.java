package dev.rectifier.model;

import dev.rectifier.tensor.Normals;
import dev.rectifier.tensor.Philox;
import dev.rectifier.tensor.SeedTree;
import java.util.ArrayList;
import java.util.List;

/** The random numbers of one layer of one replica: fp32 draws, scaled in fp64, a stream per purpose. */
record Draws(SeedTree node, int id) {
    /** Of one replica: a node per layer. */
    record Replica(SeedTree node, int id) {
        Draws layer(int number) {
            return new Draws(node.child(number), id);
        }
    }

    void normal(String purpose, double[] out, double deviation) {
        float[] z = new float[out.length];
        Normals.fill(z, block(purpose, 0), 0f, 1f);
        for (int i = 0; i < out.length; i++) {
            out[i] = deviation * z[i];
        }
    }

    /** Uniform on [-bound, bound). */
    void symmetric(String purpose, double[] out, double bound) {
        uniform(purpose, out, -bound, bound);
    }

    /** Uniform on [low, high). */
    void uniform(String purpose, double[] out, double low, double high) {
        int[] words = words(purpose, 0, out.length);
        for (int i = 0; i < out.length; i++) {
            out[i] = low + (high - low) * Normals.uniform(words[i]);
        }
    }

    /** {@code count} indices, each uniform among 0 .. bound - 1. */
    List<Integer> choices(String purpose, long step, int count, int bound) {
        List<Integer> drawn = new ArrayList<>(count);
        for (int word : words(purpose, step, count)) {
            drawn.add((int) (((word & 0xffffffffL) * bound) >>> 32));
        }
        return drawn;
    }

    /** Element i is word i % 4 of group i / 4. */
    private int[] words(String purpose, long step, int count) {
        int groups = (count + 3) / 4;
        int[] planes = new int[4 * groups];
        block(purpose, step).words(0, groups, planes);
        int[] words = new int[count];
        for (int i = 0; i < count; i++) {
            words[i] = planes[(i & 3) * groups + (i >> 2)];
        }
        return words;
    }

    private Philox block(String purpose, long step) {
        return new Philox(node.child(purpose).key(), id, step);
    }
}
