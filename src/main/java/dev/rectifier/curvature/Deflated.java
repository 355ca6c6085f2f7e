package dev.rectifier.curvature;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;

/**
 * A matrix without some of its eigenvectors: A v - sum_j theta_j q_j (q_j^T v), never formed. What is left where eigenpairs were not
 * exact is of the size of their residuals. A product costs 4 k P multiply-adds more than A's. Not for use after its arena has closed.
 *
 * <p>Source: Hotelling's deflation; Papyan, The full spectrum of deepnet Hessians at scale (2018), LowRankDeflation.
 */
public final class Deflated implements LinearOperator {
    private final LinearOperator operator;
    private final VectorSpace space;
    private final Basis vectors;
    private final Basis scaled;
    private final View input;
    private final View part;
    private final int count;

    /** @param values theta [R][k], of the first k vectors of the basis */
    Deflated(LinearOperator operator, VectorSpace space, Basis vectors, double[][] values) {
        this.operator = operator;
        this.space = space;
        this.vectors = vectors;
        count = values[0].length;
        scaled = new Basis(space, count);
        input = space.vector("input of a deflated product");
        part = space.vector("what is deflated");
        for (int j = 0; j < count; j++) {
            double[] theta = new double[values.length];
            for (int r = 0; r < theta.length; r++) {
                theta[r] = values[r][j];
            }
            vectors.get(input, j);
            space.scale(part, input, theta);
            scaled.set(j, part);
        }
    }

    @Override
    public Engine engine() {
        return operator.engine();
    }

    @Override
    public long replicas() {
        return operator.replicas();
    }

    @Override
    public long size() {
        return operator.size();
    }

    @Override
    public DType dtype() {
        return operator.dtype();
    }

    @Override
    public void apply(View product, View vector) {
        operator.apply(product, vector);
        engine().pointwise().copy(space.seen(input), vector);
        scaled.combine(part, vectors.coefficients(input, count));
        engine().pointwise().axpy(product, -1, space.seen(part));
    }
}
