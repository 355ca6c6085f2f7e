package dev.rectifier.curvature;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.MathMode;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;

/**
 * Vectors of R replicas as the products of a basis want them: cut into C chunks of L elements, C L >= P, zeros behind the last.
 * A chunk takes the place of a replica in the engine's products, so that a GPU has R C blocks of work where R may be 1, and so
 * that a sum over P is one of C short sums: in fp32 its error grows with L + C, not with P. C depends on P alone.
 */
final class VectorSpace {
    /** Most elements in a chunk. */
    private static final long CHUNK = 4096;
    /** Chunks are a multiple of this: 16 bytes in fp32. */
    private static final long ALIGNMENT = 4;

    private final Engine engine;
    private final Arena arena;
    private final DType dtype;
    private final long replicas;
    private final long size;
    private final long chunks;
    private final long length;
    private final View sums;
    private final View factors;

    /** @throws IllegalArgumentException if the engine rounds fp32 products to less than fp32 */
    VectorSpace(LinearOperator operator, Arena arena) {
        engine = operator.engine();
        this.arena = arena;
        dtype = operator.dtype();
        replicas = operator.replicas();
        size = operator.size();
        chunks = (size + CHUNK - 1) / CHUNK;
        long even = (size + chunks - 1) / chunks;
        length = (even + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        requireIeee();
        sums = arena.allocate(DType.F64, Shape.of(replicas)).view();
        factors = arena.allocate(dtype, Shape.of(replicas, 1, 1)).view();
    }

    private void requireIeee() {
        MathMode mode = engine.info().options().mathMode();
        if (dtype == DType.F32 && mode != MathMode.IEEE) {
            throw new IllegalArgumentException("Vectors in fp32 do not stay orthogonal when products are in " + mode
                    + ": open the engine with math mode IEEE, or take fp64.");
        }
    }

    Engine engine() {
        return engine;
    }

    Arena arena() {
        return arena;
    }

    DType dtype() {
        return dtype;
    }

    /** R. */
    int replicas() {
        return Math.toIntExact(replicas);
    }

    /** P. */
    long size() {
        return size;
    }

    /** C. */
    long chunks() {
        return chunks;
    }

    /** L. */
    long length() {
        return length;
    }

    /** Zeros [R, C L]. */
    View vector(String purpose) {
        return vector(arena.openArena(purpose));
    }

    /** Zeros [R, C L] in an arena of the caller's. */
    View vector(Arena where) {
        return where.zeros(dtype, Shape.of(replicas, chunks * length)).view();
    }

    /** What an operator sees of a vector: [R, P]. */
    View seen(View vector) {
        return vector.slice(0, Shape.of(size));
    }

    /** What {@link #seen} shows a part of. */
    View whole(View seen) {
        return new View(seen.buffer(), seen.offset(), seen.replicaStride(), Shape.of(seen.replicas(), chunks * length));
    }

    /** A vector of its own by chunks: [R C, block...], L elements each. */
    View chunked(View vector, long... block) {
        return new View(
                vector.buffer(), vector.offset(), length, Shape.of(block).prepend(replicas * chunks));
    }

    /** sum_p a[r,p] b[r,p] in fp64, per replica. One download of R numbers. */
    double[] dot(View a, View b) {
        engine.reduce().dot(sums, a, b);
        return sums.download().doubles();
    }

    /** Euclidean norms. */
    double[] norms(View a) {
        double[] squares = dot(a, a);
        for (int r = 0; r < squares.length; r++) {
            squares[r] = Math.sqrt(squares[r]);
        }
        return squares;
    }

    /**
     * out[r] = factor[r] v[r], the factor rounded to the element type: a product of one row and one column.
     *
     * @param out [R, C L], not v
     */
    void scale(View out, View v, double[] factor) {
        factors.buffer().upload(HostTensor.rounded(dtype, factors.shape(), factor));
        Shape row = Shape.of(1, v.blockSize());
        engine.dense().inputGradient(out.reshape(row), factors, v.reshape(row));
    }

    /** One replica's vector becomes another's; the others stay. */
    void copyOne(View to, View from, int replica) {
        engine.pointwise().copy(to.replicas(replica, 1), from.replicas(replica, 1));
    }
}
