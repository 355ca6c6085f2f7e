package dev.rectifier.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.data.Offset.offset;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.ConvOps;
import dev.rectifier.engine.ConvOps.Window;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions beyond single calls: fused against composed, adjoint to each other, whatever the threads and the tiles. */
class ConvTest extends OnEveryEngine {
    private static final List<Sizes> SIZES = List.of(
            new Sizes(3, 2, 3, 5, 7, new Window(1, 1), 3),
            new Sizes(3, 2, 9, 4, 8, new Window(2, 1), 5),
            new Sizes(1, 3, 40, 24, 32, new Window(1, 1), 2), // bands of rows with words of their own
            new Sizes(3, 2, 5, 6, 6, new Window(2, 0), 1));

    /** One shape on one engine; images are 3 x 4 x height x width. */
    private record Case(EngineSource.Present on, DType type, Sizes sizes) {
        @Override
        public String toString() {
            return on + " " + type + " " + sizes;
        }
    }

    /** R, N, K, plane, windows, side of the kernel. */
    private record Sizes(int replicas, int n, int k, int height, int width, Window g, int kernel) {
        static final int CHANNELS = 4;

        Shape images() {
            return Shape.of(replicas, n, CHANNELS, height, width);
        }

        Shape weights() {
            return Shape.of(replicas, k, CHANNELS, kernel, kernel);
        }

        Shape outputs() {
            return Shape.of(replicas, n, k, g.windows(height, kernel), g.windows(width, kernel));
        }
    }

    static Stream<Case> cases() {
        return engines()
                .flatMap(on -> Stream.of(DType.F32, DType.F64)
                        .flatMap(type -> SIZES.stream().map(sizes -> new Case(on, type, sizes))));
    }

    private static HostTensor values(DType type, Shape shape, long seed) {
        HostTensor values = HostTensor.zeros(type, shape);
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < values.length(); i++) {
            values.set(i, random.nextInt(12) == 0 ? 0 : random.nextDouble(-1, 1));
        }
        return values;
    }

    private static View in(Arena arena, DType type, Shape shape, long seed) {
        return arena.upload(values(type, shape, seed)).view();
    }

    private static View mask(Arena arena, Shape shape) {
        HostTensor ones = HostTensor.zeros(
                DType.I32,
                Shape.of(shape.dim(0), PointwiseOps.maskWords(shape.tail().size())));
        for (int i = 0; i < ones.length(); i++) {
            ones.set(i, -1);
        }
        return arena.upload(ones).view();
    }

    @ParameterizedTest
    @MethodSource("cases")
    void aFusedOperationHasTheBitsOfTheComposition(Case one) {
        Engine engine = one.on().engine();
        try (Arena arena = engine.openArena("fused")) {
            forward(one, engine, arena);
            back(one, engine, arena);
        }
    }

    private static void forward(Case one, Engine engine, Arena arena) {
        Sizes s = one.sizes();
        View x = in(arena, one.type(), s.images(), 1);
        View w = in(arena, one.type(), s.weights(), 2);
        View b = in(arena, one.type(), Shape.of(s.replicas(), s.k()), 3);
        View y = arena.allocate(one.type(), s.outputs()).view();
        View composed = arena.allocate(one.type(), s.outputs()).view();
        View mask = mask(arena, s.outputs());
        View gates = mask(arena, s.outputs());
        engine.conv().forwardRelu(y, mask, x, w, b, s.g());
        engine.conv().forward(composed, x, w, b, s.g());
        engine.pointwise().relu(composed, gates, composed);
        requireSame(y, composed, "y");
        requireSame(mask, gates, "mask");
        engine.conv().forwardRelu(y, mask, x, w, s.g());
        engine.conv().forward(composed, x, w, s.g());
        engine.pointwise().relu(composed, gates, composed);
        requireSame(y, composed, "y without bias");
        requireSame(mask, gates, "mask without bias");
    }

    private static void back(Case one, Engine engine, Arena arena) {
        Sizes s = one.sizes();
        View dy = in(arena, one.type(), s.outputs(), 4);
        View w = in(arena, one.type(), s.weights(), 5);
        View mask = mask(arena, s.images());
        View dz = arena.allocate(one.type(), s.images()).view();
        View composed = arena.allocate(one.type(), s.images()).view();
        engine.pointwise().relu(dz, mask, in(arena, one.type(), s.images(), 6));
        engine.conv().inputGradientRelu(dz, dy, w, mask, s.g());
        engine.conv().inputGradient(composed, dy, w, s.g());
        engine.pointwise().reluBackward(composed, composed, mask);
        requireSame(dz, composed, "dz");
    }

    private static void requireSame(View one, View other, String what) {
        assertThat(one.download().sameBits(other.download())).as(what).isTrue();
    }

    /** <conv(x, w), dy> = <x, inputGradient(dy, w)> = <w, weightGradient(dy, x)>, up to the rounding of each side's sums. */
    @ParameterizedTest
    @MethodSource("cases")
    void theGradientsAreAdjointToTheConvolution(Case one) {
        Sizes s = one.sizes();
        HostTensor x = values(one.type(), s.images(), 7);
        HostTensor w = values(one.type(), s.weights(), 8);
        HostTensor dy = values(one.type(), s.outputs(), 9);
        Engine engine = one.on().engine();
        try (Arena arena = engine.openArena("adjoint")) {
            View y = arena.allocate(one.type(), s.outputs()).view();
            View dx = arena.allocate(one.type(), s.images()).view();
            View dw = arena.allocate(one.type(), s.weights()).view();
            View images = arena.upload(x).view();
            View weights = arena.upload(w).view();
            View signal = arena.upload(dy).view();
            engine.conv().forward(y, images, weights, s.g());
            engine.conv().inputGradient(dx, signal, weights, s.g());
            engine.conv().weightGradient(dw, signal, images, s.g());
            double expected = dot(y.download(), dy);
            // Operands are at most 1, so |terms| sum to at most their number; each sum is rounded once per term.
            long terms = (long) dy.length() * Sizes.CHANNELS * s.kernel() * s.kernel();
            long deepest = (long) s.n() * s.k() * Sizes.CHANNELS * s.kernel() * s.kernel() + dy.length();
            double bound = 2 * Bound.gamma(one.type(), deepest) * terms;
            assertThat(dot(x, dx.download())).isCloseTo(expected, offset(bound));
            assertThat(dot(w, dw.download())).isCloseTo(expected, offset(bound));
            assertThat(Math.abs(expected)).as("far from trivial").isGreaterThan(1e-3);
        }
    }

    private static double dot(HostTensor a, HostTensor b) {
        double sum = 0;
        for (int i = 0; i < a.length(); i++) {
            sum += a.get(i) * b.get(i);
        }
        return sum;
    }

    /** With 1 thread and with 2: all orders of sums follow from shapes. */
    @Test
    void threadsChangeNoBit() {
        List<Engine> engines = engines()
                .filter(on -> on.name().startsWith("cpu"))
                .map(EngineSource.Present::engine)
                .toList();
        Sizes s = new Sizes(1, 40, 24, 9, 9, new Window(1, 1), 3);
        List<List<HostTensor>> results =
                engines.stream().map(engine -> gradients(engine, s)).toList();
        assertThat(results).hasSize(2);
        for (int i = 0; i < results.get(0).size(); i++) {
            assertThat(results.get(0).get(i).sameBits(results.get(1).get(i))).isTrue();
        }
    }

    private static List<HostTensor> gradients(Engine engine, Sizes s) {
        try (Arena arena = engine.openArena("threads")) {
            View x = in(arena, DType.F32, s.images(), 1);
            View w = in(arena, DType.F32, s.weights(), 2);
            View y = arena.allocate(DType.F32, s.outputs()).view();
            View dx = arena.allocate(DType.F32, s.images()).view();
            View dw = arena.allocate(DType.F32, s.weights()).view();
            View db = arena.allocate(DType.F32, Shape.of(s.replicas(), s.k())).view();
            ConvOps conv = engine.conv();
            conv.forward(y, x, w, s.g());
            conv.inputGradient(dx, y, w, s.g());
            conv.weightGradient(dw, y, x, s.g());
            conv.biasGradient(db, y);
            return Stream.of(y, dx, dw, db).map(View::download).toList();
        }
    }

    /** Many replicas get larger tiles on a GPU than one: the same bits. */
    @ParameterizedTest
    @MethodSource("engines")
    void aReplicaAmongManyHasTheBitsOfOneAlone(EngineSource.Present on) {
        Sizes all = new Sizes(256, 1, 33, 6, 6, new Window(1, 1), 3);
        Sizes alone = new Sizes(1, 1, 33, 6, 6, new Window(1, 1), 3);
        List<HostTensor> together = gradients(on.engine(), all);
        List<HostTensor> single = gradients(on.engine(), alone);
        for (int i = 0; i < single.size(); i++) {
            HostTensor first = HostTensor.zeros(DType.F32, single.get(i).shape());
            System.arraycopy(together.get(i).array(), 0, first.array(), 0, first.length());
            assertThat(first.sameBits(single.get(i))).as("result " + i).isTrue();
        }
    }
}
