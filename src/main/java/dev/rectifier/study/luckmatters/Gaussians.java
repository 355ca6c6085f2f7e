package dev.rectifier.study.luckmatters;

import dev.rectifier.tensor.Normals;
import dev.rectifier.tensor.Philox;
import dev.rectifier.tensor.SeedTree;

/** Standard normal vectors and matrices for host constructions, addressed by purpose and number. */
final class Gaussians {
    private Gaussians() {}

    static double[] vector(SeedTree seeds, String purpose, int number, int size) {
        float[] z = new float[size];
        Normals.fill(z, new Philox(seeds.child(purpose).key(), number, 0), 0f, 1f);
        double[] result = new double[size];
        for (int i = 0; i < size; i++) {
            result[i] = z[i];
        }
        return result;
    }

    /** Rows of unit length and independent uniform direction. */
    static double[][] unitRows(SeedTree seeds, String purpose, int rows, int size) {
        double[][] result = new double[rows][];
        for (int i = 0; i < rows; i++) {
            result[i] = vector(seeds, purpose, i, size);
            Vectors.normalize(result[i]);
        }
        return result;
    }
}
