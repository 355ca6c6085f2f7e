package dev.rectifier.model;

/**
 * Gram-Schmidt on a Gaussian matrix: with positive diagonal, the orthogonal factor is Haar distributed (Mezzadri 2007).
 * Every vector is projected twice, which leaves it orthogonal to working precision (Giraud, Langou, Rozloznik 2005).
 */
final class Orthonormal {
    private final double[] matrix;
    private final int vectors;
    private final int length;
    private final int vectorStride;
    private final int elementStride;

    private Orthonormal(LayerBlock layer) {
        boolean rows = layer.fanOut() <= layer.fanIn();
        matrix = layer.weight();
        vectors = rows ? layer.fanOut() : layer.fanIn();
        length = rows ? layer.fanIn() : layer.fanOut();
        vectorStride = rows ? layer.fanIn() : 1;
        elementStride = rows ? 1 : layer.fanIn();
    }

    /** Makes the rows (columns, if there are fewer) orthogonal and of length {@code gain}, in place. */
    static void rowsOrColumns(LayerBlock layer, double gain) {
        Orthonormal basis = new Orthonormal(layer);
        for (int v = 0; v < basis.vectors; v++) {
            basis.projectOut(v);
            basis.projectOut(v);
            basis.scale(v, 1 / Math.sqrt(basis.dot(v, v)));
        }
        for (int v = 0; v < basis.vectors; v++) {
            basis.scale(v, gain);
        }
    }

    private void projectOut(int v) {
        for (int u = 0; u < v; u++) {
            double share = dot(u, v);
            for (int i = 0; i < length; i++) {
                matrix[index(v, i)] -= share * matrix[index(u, i)];
            }
        }
    }

    private void scale(int v, double factor) {
        for (int i = 0; i < length; i++) {
            matrix[index(v, i)] *= factor;
        }
    }

    private double dot(int u, int v) {
        double sum = 0;
        for (int i = 0; i < length; i++) {
            sum += matrix[index(u, i)] * matrix[index(v, i)];
        }
        return sum;
    }

    private int index(int v, int i) {
        return v * vectorStride + i * elementStride;
    }
}
