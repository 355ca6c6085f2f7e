package dev.rectifier.study.luckmatters;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.DenseOps;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.model.Tape;
import dev.rectifier.tensor.Shape;
import java.util.Optional;

/**
 * One hidden layer of the matrix dynamics: beta = A^T H' A, beta* = A^T H'* A*, H = beta o D, H* = beta* o D*, where A and A* are
 * the weights [out, in] above the layer, H' and H'* those of the layer above (the identity at the top), D = E[g g^T] and
 * D* = E[g g*^T] the joint activities, o the element-wise product. Buffers belong to the arena it was made in.
 */
final class SeparatedLevel {
    private final Engine engine;
    private final JointActivity joint;
    private final JointActivity jointStar;
    private final Product product;
    private final Product productStar;
    private final View signal;
    private final View push;

    /** beta and H of one kind: [R, W, V], with room for H' A: [R, W', V]. */
    private record Product(View carried, View beta, View h) {
        static Product allocate(Arena arena, View like, long width, long above) {
            return new Product(matrix(arena, like, above), matrix(arena, like, width), matrix(arena, like, width));
        }

        private static View matrix(Arena arena, View like, long rows) {
            Shape shape = Shape.of(like.replicas(), rows, like.dim(2));
            return arena.allocate(like.dtype(), shape).view();
        }

        /** beta = A^T H' A*, with H' = 1 where there is none. */
        void carry(DenseOps dense, Optional<View> above, View a, View aStar) {
            above.ifPresent(h -> dense.inputGradient(carried, h, aStar));
            dense.weightGradient(beta, a, above.isPresent() ? carried : aStar);
        }
    }

    /**
     * @param own activations of the student's layer [R, N, W]; shape and type alone matter
     * @param other activations of the teacher's layer [R, N, M]
     * @param above width of the student's layer above
     */
    SeparatedLevel(Engine engine, Arena arena, View own, View other, long above) {
        this.engine = engine;
        joint = new JointActivity(engine, arena, own, own);
        jointStar = new JointActivity(engine, arena, own, other);
        product = Product.allocate(arena, own, own.dim(2), above);
        productStar = Product.allocate(arena, other, own.dim(2), above);
        signal = arena.allocate(own.dtype(), own.shape()).view();
        push = arena.allocate(own.dtype(), own.shape()).view();
    }

    /**
     * H and H* for the passes on the two tapes.
     *
     * @param level the layer's place on the tapes
     * @param a weights of the student above the layer [R, W', W]
     * @param aStar those of the teacher [R, M', M]
     */
    void refresh(Optional<SeparatedLevel> above, Tape own, Tape other, int level, View a, View aStar) {
        joint.refresh(own.mask(level), own.mask(level));
        jointStar.refresh(own.mask(level), other.mask(level));
        product.carry(engine.dense(), above.map(l -> l.product.h()), a, a);
        productStar.carry(engine.dense(), above.map(l -> l.productStar.h()), a, aStar);
        hadamard(product.h(), product.beta(), joint.moments());
        hadamard(productStar.h(), productStar.beta(), jointStar.moments());
    }

    /** The element-wise product, as inner products of length one: [R, I, J] seen as R I J replicas. */
    private void hadamard(View out, View a, View b) {
        long elements = out.shape().size();
        View flat = new View(out.buffer(), out.offset(), 1, Shape.of(elements));
        engine.reduce().dot(flat, single(a, elements), single(b, elements));
    }

    private static View single(View view, long elements) {
        return new View(view.buffer(), view.offset(), 1, Shape.of(elements, 1));
    }

    /** (H z - H* z*) / N per example, the mean of d loss / d z with H(x) in place of its mean: [R, N, W]. */
    View signal(View z, View zStar) {
        engine.dense().forward(signal, z, product.h());
        engine.dense().forward(push, zStar, productStar.h());
        engine.pointwise().axpy(signal, -1, push);
        engine.pointwise().scale(signal, 1.0 / z.dim(1));
        return signal;
    }

    /** H [R, W, W]. */
    View h() {
        return product.h();
    }

    /** H* [R, W, M]. */
    View hStar() {
        return productStar.h();
    }
}
