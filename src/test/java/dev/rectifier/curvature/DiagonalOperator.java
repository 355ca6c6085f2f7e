package dev.rectifier.curvature;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;

/**
 * One diagonal matrix for all replicas, multiplied on the host: for sizes whose full matrix would not fit. Products must be whole
 * rows of their buffer.
 *
 * @param diagonal [P]
 */
@SuppressWarnings("ArrayRecordComponent") // handed on, never compared
record DiagonalOperator(Engine engine, DType dtype, long replicas, double[] diagonal) implements LinearOperator {
    @Override
    public long size() {
        return diagonal.length;
    }

    @Override
    public void apply(View product, View vector) {
        HostTensor whole = product.buffer().download();
        HostTensor in = vector.download();
        for (int r = 0; r < replicas; r++) {
            for (int p = 0; p < diagonal.length; p++) {
                int at = Math.toIntExact(product.offset() + r * product.replicaStride() + p);
                whole.set(at, diagonal[p] * in.get(r * diagonal.length + p));
            }
        }
        product.buffer().upload(whole);
    }
}
