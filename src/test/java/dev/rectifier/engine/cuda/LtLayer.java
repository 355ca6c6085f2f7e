package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;

/** One layer and its gradients on an engine: operands from a seed, outputs apart for joined operations and for their parts. */
final class LtLayer {
    /**
     * Shapes and values.
     *
     * @param whole small whole numbers, of which every order of summation gives the same sums; else fractions
     */
    record Case(DType type, int replicas, int n, int k, int d, boolean whole) {}

    private final Engine engine;
    private final Case one;
    private final View x;
    private final View w;
    private final View b;
    private final View dy;
    private final View y;
    private final View mask;
    private final View dw;
    private final View db;

    /** x is shared by the replicas; b and the mask begin one element, or word, behind the start of their buffers. */
    LtLayer(Engine engine, Arena arena, Case one) {
        this.engine = engine;
        this.one = one;
        this.x = new View(in(arena, 1, 1, one.n, one.d).buffer(), 0, 0, shape(one.n, one.d));
        this.w = in(arena, 2, one.replicas, one.k, one.d);
        this.b = behind(in(arena, 3, 1, (long) one.replicas * (one.k + 1)), shape(one.k), one.k + 1L);
        this.dy = in(arena, 4, one.replicas, one.n, one.k);
        this.y = arena.allocate(one.type, shape(one.n, one.k)).view();
        long words = PointwiseOps.maskWords((long) one.n * one.k);
        HostTensor ones = HostTensor.zeros(DType.I32, Shape.of(one.replicas, words));
        Arrays.fill(ones.ints(), -1);
        this.mask = arena.upload(ones).view();
        this.dw = arena.allocate(one.type, shape(one.k, one.d)).view();
        this.db = arena.allocate(one.type, shape(one.k)).view();
    }

    private Shape shape(long... block) {
        return Shape.of(block).prepend(one.replicas);
    }

    private static View behind(View whole, Shape shape, long stride) {
        return new View(whole.buffer(), 1, stride, shape);
    }

    private View in(Arena arena, long seed, long replicas, long... block) {
        HostTensor values = HostTensor.zeros(one.type, Shape.of(block).prepend(replicas));
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < values.length(); i++) {
            boolean nan = !one.whole && random.nextInt(500) == 0;
            double value = one.whole ? random.nextInt(-4, 5) : random.nextDouble(-1, 1);
            values.set(i, nan ? Double.NaN : value);
        }
        return arena.upload(values).view();
    }

    /** y and mask of forwardRelu. */
    List<HostTensor> joined() {
        engine.dense().forwardRelu(y, mask, x, w, b);
        return List.of(y.download(), mask.download());
    }

    /** The same by forward and relu. */
    List<HostTensor> parts() {
        engine.dense().forward(y, x, w, b);
        engine.pointwise().relu(y, mask, y);
        return List.of(y.download(), mask.download());
    }

    /** y and mask of forwardRelu, dw and db of a signal. */
    List<HostTensor> all() {
        engine.dense().forwardRelu(y, mask, x, w, b);
        engine.dense().weightAndBiasGradient(dw, db, dy, x);
        return outcome();
    }

    /** Everything, for recording. */
    void step() {
        engine.dense().forwardRelu(y, mask, x, w, b);
        engine.dense().weightAndBiasGradient(dw, db, y, x);
    }

    List<HostTensor> outcome() {
        return List.of(y.download(), mask.download(), dw.download(), db.download());
    }
}
