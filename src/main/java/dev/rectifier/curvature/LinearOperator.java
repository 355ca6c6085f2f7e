package dev.rectifier.curvature;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;

/** R square matrices, one per replica, of which only products with vectors are known. All in this package are symmetric. */
public interface LinearOperator {
    /** Whose memory the vectors are in. */
    Engine engine();

    /** R. */
    long replicas();

    /** P: rows and columns of each matrix. */
    long size();

    /** Element type of the vectors. */
    DType dtype();

    /**
     * product[r] = A_r vector[r].
     *
     * @param product [R, P] out, not the vector
     * @param vector [R, P], may be shared
     */
    void apply(View product, View vector);
}
