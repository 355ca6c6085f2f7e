package dev.rectifier.engine.cpu;

import static dev.rectifier.engine.cpu.Queue.writes;

import dev.rectifier.engine.DenseOps;
import dev.rectifier.engine.MathMode;
import dev.rectifier.engine.View;

/** Affine maps in fp32 whose products are TF32 or TF32X3 ({@link TensorProduct}), never OpenBLAS's; all else as in IEEE. */
final class TensorDense implements DenseOps {
    private final Queue queue;
    private final boolean split;
    private final DenseF32 plain;
    private final PointwiseF32 pointwise;

    TensorDense(Queue queue, MathMode mode) {
        this.queue = queue;
        this.split = mode == MathMode.TF32X3;
        this.plain = new DenseF32(queue);
        this.pointwise = new PointwiseF32(queue);
    }

    @Override
    public void forward(View y, View x, View w) {
        submit(forwardShape(y, x), y, DenseF32.ZEROS, x, w);
    }

    @Override
    public void forward(View y, View x, View w, View b) {
        submit(forwardShape(y, x), y, BlocksF32.of(b), x, w, b);
    }

    private static ProductShape forwardShape(View y, View x) {
        return ProductShape.forward((int) y.dim(1), (int) x.dim(2), (int) y.dim(2));
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w) {
        forward(y, x, w);
        pointwise.relu(y, mask, y);
    }

    @Override
    public void forwardRelu(View y, View mask, View x, View w, View b) {
        forward(y, x, w, b);
        pointwise.relu(y, mask, y);
    }

    @Override
    public void inputGradient(View dx, View dy, View w) {
        ProductShape shape = ProductShape.inputGradient((int) dx.dim(1), (int) dx.dim(2), (int) dy.dim(2));
        submit(shape, dx, DenseF32.ZEROS, dy, w);
    }

    @Override
    public void inputGradientRelu(View dz, View dy, View w, View mask) {
        inputGradient(dz, dy, w);
        pointwise.reluBackward(dz, dz, mask);
    }

    @Override
    public void weightGradient(View dw, View dy, View x) {
        ProductShape shape = ProductShape.weightGradient((int) dy.dim(1), (int) dw.dim(2), (int) dw.dim(1));
        submit(shape, dw, DenseF32.ZEROS, dy, x);
    }

    @Override
    public void biasGradient(View db, View dy) {
        plain.biasGradient(db, dy);
    }

    /** {@code read}: both operands, and what else is read. */
    private void submit(ProductShape shape, View c, BlocksF32 start, View... read) {
        ProductF32 whole = new ProductF32(shape, BlocksF32.of(c), BlocksF32.of(read[0]), BlocksF32.of(read[1]), start);
        TensorProduct product = new TensorProduct(whole, split);
        int parts = shape.parts();
        Job job = (first, last, scratch) -> {
            for (int item = first; item < last; item++) {
                product.compute(item / parts, item % parts, scratch);
            }
        };
        queue.submit(job, parts, product.work(), writes(c), read);
    }
}
