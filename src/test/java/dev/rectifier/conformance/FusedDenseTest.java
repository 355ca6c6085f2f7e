package dev.rectifier.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.DenseOps;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A product with what is joined to it has the bits of the two operations one after the other, on every engine. */
class FusedDenseTest extends OnEveryEngine {
    /** A thread per output; tiles of 32, one and several side by side; tiles of 64; no term at all. */
    private static final List<Sizes> SIZES = List.of(
            new Sizes(1, 1, 1),
            new Sizes(5, 7, 3),
            new Sizes(33, 31, 17),
            new Sizes(64, 100, 20),
            new Sizes(47, 32, 5),
            new Sizes(65, 66, 3),
            new Sizes(131, 127, 9),
            new Sizes(4, 5, 0));

    /** Height and width of the output, and the terms of its sums. */
    record Sizes(int height, int width, int depth) {}

    /**
     * One shape on one engine.
     *
     * @param shared whether all replicas read one x and one dy
     */
    record Case(EngineSource.Present on, DType type, int replicas, Sizes sizes, boolean shared) {
        View in(Arena arena, long seed, long... extents) {
            HostTensor values = HostTensor.zeros(type, Shape.of(extents).prepend(replicas));
            SplittableRandom random = new SplittableRandom(seed);
            for (int i = 0; i < values.length(); i++) {
                int kind = random.nextInt(200);
                values.set(i, kind == 0 ? Double.NaN : kind < 20 ? 0 : random.nextDouble(-1, 1));
            }
            return arena.upload(values).view();
        }

        View sharedIn(Arena arena, long seed, long... extents) {
            View own = in(arena, seed, extents);
            return shared ? new View(own.buffer(), 0, 0, own.shape()) : own;
        }

        View out(Arena arena, long... extents) {
            return arena.allocate(type, Shape.of(extents).prepend(replicas)).view();
        }

        View mask(Arena arena, long rows, long columns) {
            HostTensor ones = HostTensor.zeros(DType.I32, Shape.of(replicas, PointwiseOps.maskWords(rows * columns)));
            Arrays.fill(ones.ints(), -1);
            return arena.upload(ones).view();
        }

        @Override
        public String toString() {
            return on + " " + type + " R=" + replicas + " " + sizes + (shared ? " shared" : "");
        }
    }

    static Stream<Case> cases() {
        return engines()
                .flatMap(on -> Stream.of(DType.F32, DType.F64)
                        .flatMap(type -> Stream.of(1, 3, 64).flatMap(r -> cases(on, type, r))));
    }

    static Stream<Case> cases(EngineSource.Present on, DType type, int replicas) {
        return SIZES.stream()
                .flatMap(sizes -> Stream.of(false, true).map(shared -> new Case(on, type, replicas, sizes, shared)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aFusedOperationHasTheBitsOfTheComposition(Case one) {
        requireComposition(one);
    }

    static void requireComposition(Case one) {
        Engine engine = one.on().engine();
        try (Arena arena = engine.openArena("fused")) {
            forward(one, engine, arena);
            inputGradient(one, engine, arena);
            gradients(one, engine.dense(), arena);
        }
    }

    private static void forward(Case one, Engine engine, Arena arena) {
        int n = one.sizes().height();
        int k = one.sizes().width();
        int d = one.sizes().depth();
        View x = one.sharedIn(arena, 1, n, d);
        View w = one.in(arena, 2, k, d);
        View b = one.in(arena, 3, k);
        View y = one.out(arena, n, k);
        View mask = one.mask(arena, n, k);
        View composed = one.out(arena, n, k);
        View gates = one.mask(arena, n, k);
        engine.dense().forwardRelu(y, mask, x, w, b);
        engine.dense().forward(composed, x, w, b);
        engine.pointwise().relu(composed, gates, composed);
        requireSame(y, composed, "y");
        requireSame(mask, gates, "mask");
        engine.dense().forwardRelu(y, mask, x, w);
        engine.dense().forward(composed, x, w);
        engine.pointwise().relu(composed, gates, composed);
        requireSame(y, composed, "y without bias");
        requireSame(mask, gates, "mask without bias");
    }

    private static void inputGradient(Case one, Engine engine, Arena arena) {
        int n = one.sizes().height();
        int k = one.sizes().depth();
        int d = one.sizes().width();
        View dy = one.sharedIn(arena, 4, n, k);
        View w = one.in(arena, 5, k, d);
        View mask = one.mask(arena, n, d);
        engine.pointwise().relu(one.out(arena, n, d), mask, one.in(arena, 6, n, d));
        View dz = one.out(arena, n, d);
        View composed = one.out(arena, n, d);
        engine.dense().inputGradientRelu(dz, dy, w, mask);
        engine.dense().inputGradient(composed, dy, w);
        engine.pointwise().reluBackward(composed, composed, mask);
        requireSame(dz, composed, "dz");
    }

    private static void gradients(Case one, DenseOps dense, Arena arena) {
        int n = one.sizes().width();
        int k = one.sizes().height();
        int d = one.sizes().depth();
        View dy = one.sharedIn(arena, 7, n, k);
        View x = one.in(arena, 8, n, d);
        View dw = one.out(arena, k, d);
        View db = one.out(arena, k);
        View weights = one.out(arena, k, d);
        View biases = one.out(arena, k);
        dense.weightAndBiasGradient(dw, db, dy, x);
        dense.weightGradient(weights, dy, x);
        dense.biasGradient(biases, dy);
        requireSame(dw, weights, "dw");
        requireSame(db, biases, "db");
    }

    private static void requireSame(View fused, View composed, String what) {
        assertThat(fused.download().sameBits(composed.download())).as(what).isTrue();
    }
}
