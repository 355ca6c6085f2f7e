package dev.rectifier.curvature;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Arrays;

/**
 * Matrices that are known in full, one per replica, on an engine.
 *
 * @param matrix [R, P, P]
 */
record MatrixOperator(Engine engine, View matrix) implements LinearOperator {
    /** All of one size. */
    static MatrixOperator of(Engine engine, Arena arena, DType type, double[][]... matrices) {
        int n = matrices[0].length;
        double[] flat = Arrays.stream(matrices)
                .flatMap(Arrays::stream)
                .flatMapToDouble(Arrays::stream)
                .toArray();
        HostTensor values = HostTensor.rounded(type, Shape.of(matrices.length, n, n), flat);
        return new MatrixOperator(engine, arena.upload(values).view());
    }

    @Override
    public long replicas() {
        return matrix.replicas();
    }

    @Override
    public long size() {
        return matrix.dim(1);
    }

    @Override
    public DType dtype() {
        return matrix.dtype();
    }

    @Override
    public void apply(View product, View vector) {
        Shape row = Shape.of(1, size());
        engine.dense().forward(product.reshape(row), vector.reshape(row), matrix);
    }
}
