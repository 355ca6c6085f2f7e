package dev.rectifier.engine.cpu;

import static dev.rectifier.engine.cpu.Queue.writes;

import dev.rectifier.engine.DenseOps;
import dev.rectifier.engine.View;
import java.util.Arrays;

/** Affine maps: one product per replica. */
final class DenseF32 implements DenseOps {
    static final BlocksF32 ZEROS = new BlocksF32(new float[0], 0, 0);

    private final Queue queue;
    private final PointwiseF32 pointwise;

    DenseF32(Queue queue) {
        this.queue = queue;
        this.pointwise = new PointwiseF32(queue);
    }

    @Override
    public void forward(View y, View x, View w) {
        ProductShape shape = ProductShape.forward((int) y.dim(1), (int) x.dim(2), (int) y.dim(2));
        submit(product(shape, y, x, w, ZEROS), writes(y), x, w);
    }

    @Override
    public void forward(View y, View x, View w, View b) {
        ProductShape shape = ProductShape.forward((int) y.dim(1), (int) x.dim(2), (int) y.dim(2));
        submit(product(shape, y, x, w, BlocksF32.of(b)), writes(y), x, w, b);
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
        submit(product(shape, dx, dy, w, ZEROS), writes(dx), dy, w);
    }

    @Override
    public void inputGradientRelu(View dz, View dy, View w, View mask) {
        inputGradient(dz, dy, w);
        pointwise.reluBackward(dz, dz, mask);
    }

    @Override
    public void weightGradient(View dw, View dy, View x) {
        ProductShape shape = ProductShape.weightGradient((int) dy.dim(1), (int) dw.dim(2), (int) dw.dim(1));
        submit(product(shape, dw, dy, x, ZEROS), writes(dw), dy, x);
    }

    private static ProductF32 product(ProductShape shape, View c, View a, View b, BlocksF32 start) {
        return new ProductF32(shape, BlocksF32.of(c), BlocksF32.of(a), BlocksF32.of(b), start);
    }

    private void submit(ProductF32 product, View[] written, View... read) {
        int parts = product.s().parts();
        Job job = (first, last, scratch) -> {
            for (int item = first; item < last; item++) {
                product.compute(item / parts, item % parts, scratch);
            }
        };
        queue.submit(job, parts, product.s().work(), written, read);
    }

    @Override
    public void biasGradient(View db, View dy) {
        BlocksF32 out = BlocksF32.of(db);
        BlocksF32 signal = BlocksF32.of(dy);
        int n = (int) dy.dim(1);
        int k = (int) dy.dim(2);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                sumRows(out.array(), out.at(r), signal.array(), signal.at(r), n, k);
            }
        };
        queue.submit(job, (long) n * k, writes(db), dy);
    }

    /** db[k] = sum_n dy[n,k], in the order of n. */
    static void sumRows(float[] db, int at, float[] dy, int from, int n, int k) {
        Arrays.fill(db, at, at + k, 0);
        int row = 0;
        for (; row <= n - 4; row += 4) {
            addFourRows(db, at, dy, from + row * k, k);
        }
        for (; row < n; row++) {
            int start = from + row * k;
            for (int i = 0; i < k; i++) {
                db[at + i] += dy[start + i];
            }
        }
    }

    private static void addFourRows(float[] db, int at, float[] dy, int row0, int k) {
        int row1 = row0 + k;
        int row2 = row1 + k;
        int row3 = row2 + k;
        for (int i = 0; i < k; i++) {
            db[at + i] = (((db[at + i] + dy[row0 + i]) + dy[row1 + i]) + dy[row2 + i]) + dy[row3 + i];
        }
    }
}
