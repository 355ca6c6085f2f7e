package dev.rectifier.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The kernels that only large shapes reach, against the kernels that small ones reach. On the real device under -Drequire.cuda. */
class LargeShapesTest {
    @BeforeEach
    void ownKernels() {
        Emulated.requireAny();
        System.setProperty("rectifier.cublas", "none");
    }

    @AfterEach
    void restore() {
        System.clearProperty("rectifier.cublas");
    }

    private static HostTensor random(DType type, long... extents) {
        SplittableRandom random = new SplittableRandom(extents.length);
        HostTensor values = HostTensor.zeros(type, Shape.of(extents));
        for (int i = 0; i < values.length(); i++) {
            values.set(i, random.nextDouble(-1, 1));
        }
        return values;
    }

    /** The widest tile gives the bits of thread-per-output kernels, which a product of 15 rows goes through. */
    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F64"})
    void theWidestTileHasTheBitsOfTheSmallestKernel(DType type) {
        int n = 1030;
        int k = 1029;
        int d = 11;
        int rows = 15;
        try (Engine engine = Emulated.openAny();
                Arena arena = engine.openArena("tiles")) {
            View x = arena.upload(random(type, 1, n, d)).view();
            View w = arena.upload(random(type, 1, k, d)).view();
            View b = arena.upload(random(type, 1, k)).view();
            View whole = arena.allocate(type, Shape.of(1, n, k)).view();
            View part = arena.allocate(type, Shape.of(1, rows, k)).view();
            engine.dense().forward(whole, x, w, b);
            HostTensor all = whole.download();
            for (int first : new int[] {0, 127, 500, n - rows}) {
                engine.dense().forward(part, x.rows(first, rows), w, b);
                HostTensor some = part.download();
                for (int i = 0; i < rows * k; i++) {
                    assertThat(some.get(i)).isEqualTo(all.get(first * k + i));
                }
            }
        }
    }

    /** What is joined to the widest tiles has the bits of operations of its own. */
    @Test
    void theWidestTileHasTheBitsOfTheComposition() {
        int n = 1030;
        int w = 1029;
        try (Engine engine = Emulated.openAny();
                Arena arena = engine.openArena("joined")) {
            View y = arena.allocate(DType.F32, Shape.of(1, n, w)).view();
            View other = arena.allocate(DType.F32, Shape.of(1, n, w)).view();
            Shape words = Shape.of(1, PointwiseOps.maskWords((long) n * w));
            View mask = arena.allocate(DType.I32, words).view();
            View gates = arena.allocate(DType.I32, words).view();
            View x = arena.upload(random(DType.F32, 1, n, 3)).view();
            View up = arena.upload(random(DType.F32, 1, w, 3)).view();
            engine.dense().forwardRelu(y, mask, x, up);
            engine.dense().forward(other, x, up);
            engine.pointwise().relu(other, gates, other);
            assertThat(y.download().sameBits(other.download())).as("y").isTrue();
            assertThat(mask.download().sameBits(gates.download())).as("mask").isTrue();
            View down = arena.upload(random(DType.F32, 1, 3, w)).view();
            engine.dense().inputGradientRelu(y, x, down, mask);
            engine.dense().inputGradient(other, x, down);
            engine.pointwise().reluBackward(other, other, mask);
            assertThat(y.download().sameBits(other.download())).as("dz").isTrue();
        }
    }

    @Test
    void theWidestTileSumsColumnsAsTheBiasGradientDoes() {
        int k = 1030;
        int d = 1029;
        try (Engine engine = Emulated.openAny();
                Arena arena = engine.openArena("columns")) {
            View dy = arena.upload(random(DType.F32, 1, 21, k)).view();
            View x = arena.upload(random(DType.F32, 1, 21, d)).view();
            View dw = arena.allocate(DType.F32, Shape.of(1, k, d)).view();
            View db = arena.allocate(DType.F32, Shape.of(1, k)).view();
            View sums = arena.allocate(DType.F32, Shape.of(1, k)).view();
            engine.dense().weightAndBiasGradient(dw, db, dy, x);
            engine.dense().biasGradient(sums, dy);
            assertThat(db.download().sameBits(sums.download())).isTrue();
        }
    }

    /** Beside 127 others a replica goes through tiles of 64, alone through tiles of 32. */
    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F64"})
    void theTileThatTheNumberOfReplicasChoosesChangesNoBit(DType type) {
        int many = 128;
        int n = 64;
        int k = 100;
        try (Engine engine = Emulated.openAny();
                Arena arena = engine.openArena("crowd")) {
            View x = arena.upload(random(type, many, n, 5)).view();
            View w = arena.upload(random(type, many, k, 5)).view();
            View y = arena.allocate(type, Shape.of(many, n, k)).view();
            View mask = arena.allocate(DType.I32, Shape.of(many, PointwiseOps.maskWords((long) n * k)))
                    .view();
            engine.dense().forwardRelu(y, mask, x, w);
            HostTensor together = y.download();
            HostTensor gates = mask.download();
            View one = arena.allocate(type, Shape.of(1, n, k)).view();
            View own = arena.allocate(DType.I32, mask.shape().tail().prepend(1)).view();
            for (int r : new int[] {0, 77, many - 1}) {
                engine.dense().forwardRelu(one, own, replica(x, r), replica(w, r));
                HostTensor alone = one.download();
                for (int i = 0; i < alone.length(); i++) {
                    assertThat(Double.doubleToRawLongBits(alone.get(i)))
                            .isEqualTo(Double.doubleToRawLongBits(together.get(r * n * k + i)));
                }
                int words = own.download().length();
                assertThat(own.download().ints())
                        .isEqualTo(Arrays.copyOfRange(gates.ints(), r * words, (r + 1) * words));
            }
        }
    }

    private static View replica(View all, int r) {
        return new View(
                all.buffer(),
                r * all.replicaStride(),
                all.replicaStride(),
                all.shape().tail().prepend(1));
    }

    /** P parameters in one launch that checks and commits, or in pieces small enough for the fused step: the same bits. */
    @ParameterizedTest
    @EnumSource
    void theStepInTwoPassesHasTheBitsOfTheFusedOne(UpdateRule rule) {
        int p = 70_000;
        List<HostTensor> whole = steps(rule, p, p);
        List<HostTensor> pieces = steps(rule, p, 3_500);
        assertThat(whole.get(0).sameBits(pieces.get(0))).as("weights").isTrue();
        assertThat(whole.get(1).sameBits(pieces.get(1))).as("state").isTrue();
    }

    /** Three steps over p parameters, each piece a replica of its own; state is [piece][slot][parameter]. */
    private static List<HostTensor> steps(UpdateRule rule, int p, int piece) {
        int replicas = p / piece;
        int slots = rule.stateSlots();
        try (Engine engine = Emulated.openAny();
                Arena arena = engine.openArena("steps")) {
            View weights = View.of(arena.upload(reshaped(random(DType.F32, p), replicas, piece)));
            View gradient = View.of(arena.upload(reshaped(random(DType.F32, 1, p), replicas, piece)));
            View state = arena.zeros(DType.F32, Shape.of(replicas, (long) slots * piece))
                    .view();
            View hyper = arena.upload(hypers(replicas)).view();
            Health health = new Health(
                    arena.zeros(DType.I32, Shape.of(replicas)).view(),
                    arena.zeros(DType.I64, Shape.of(replicas)).view());
            Parameters parameters = new Parameters(weights, gradient, state, Optional.empty());
            for (int step = 0; step < 3; step++) {
                engine.update().step(rule, parameters, hyper, health, 0.9, step);
            }
            return List.of(reshaped(weights.download(), 1, p), bySlot(state.download(), slots, piece));
        }
    }

    private static HostTensor reshaped(HostTensor values, long... extents) {
        return HostTensor.of(Shape.of(extents), values.floats());
    }

    private static HostTensor hypers(int replicas) {
        double[] row = {0.1, 0.9, 0.1, 0.99, 1e-8, 0.01, 0.02};
        double[] values = new double[replicas * Hyper.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row[i % row.length];
        }
        return HostTensor.of(Shape.of(replicas, Hyper.count()), values);
    }

    /** [piece][slot][parameter] as [slot][piece][parameter]. */
    private static HostTensor bySlot(HostTensor state, int slots, int piece) {
        float[] sorted = new float[state.length()];
        int pieces = slots == 0 ? 0 : state.length() / (slots * piece);
        for (int i = 0; i < pieces; i++) {
            for (int s = 0; s < slots; s++) {
                System.arraycopy(state.floats(), (i * slots + s) * piece, sorted, (s * pieces + i) * piece, piece);
            }
        }
        return HostTensor.of(Shape.of(sorted.length), sorted);
    }

    /** One new weight beyond the largest float: the whole replica keeps its bits, the other one moves. */
    @Test
    void aLargeReplicaThatOverflowsKeepsEveryBit() {
        int p = 70_000;
        HostTensor before = random(DType.F32, 2, p);
        HostTensor gradient = random(DType.F32, 2, p);
        gradient.set(69_999, -Float.MAX_VALUE);
        before.set(69_999, Float.MAX_VALUE);
        try (Engine engine = Emulated.openAny();
                Arena arena = engine.openArena("overflow")) {
            View weights = arena.upload(before).view();
            View cause = arena.zeros(DType.I32, Shape.of(2)).view();
            View when = arena.zeros(DType.I64, Shape.of(2)).view();
            Parameters parameters = new Parameters(
                    weights,
                    arena.upload(gradient).view(),
                    arena.zeros(DType.F32, Shape.of(2, 0)).view(),
                    Optional.empty());
            engine.update()
                    .step(UpdateRule.SGD, parameters, arena.upload(hypers(2)).view(), new Health(cause, when), 10, 5);
            HostTensor after = weights.download();
            assertThat(cause.download().ints()).containsExactly(3, 0);
            assertThat(when.download().longs()[0]).isEqualTo(5);
            assertThat(Arrays.equals(after.floats(), 0, p, before.floats(), 0, p))
                    .isTrue();
            assertThat(Arrays.equals(after.floats(), p, 2 * p, before.floats(), p, 2 * p))
                    .isFalse();
        }
    }

    /** Rows cut into chunks: whole numbers have one exact sum; a loss of 70 000 ones is 70 000. */
    @Test
    void sumsInChunksAreExactWhereTheyCanBe() {
        int size = 140_001;
        float[] values = new float[2 * size];
        List<Long> expected = new ArrayList<>(List.of(0L, 0L));
        for (int i = 0; i < values.length; i++) {
            int value = i * 31 % 17 - 5;
            values[i] = value;
            expected.set(i / size, expected.get(i / size) + value);
        }
        try (Engine engine = Emulated.openAny();
                Arena arena = engine.openArena("sums")) {
            View a = arena.upload(HostTensor.of(Shape.of(2, size), values)).view();
            View out = arena.allocate(DType.F64, Shape.of(2)).view();
            engine.reduce().sum(out, a);
            assertThat(out.download().doubles()).containsExactly(expected.get(0), expected.get(1));
            View outputs = a.reshape(Shape.of(size, 1));
            View targets = arena.upload(HostTensor.of(Shape.of(2, size, 1), minusOne(values)))
                    .view();
            engine.losses().value(LossKind.SQUARED, out, outputs, targets, 0.5);
            assertThat(out.download().doubles()).containsExactly(size / 2.0, size / 2.0);
        }
    }

    private static float[] minusOne(float[] values) {
        float[] lower = new float[values.length];
        for (int i = 0; i < values.length; i++) {
            lower[i] = values[i] - 1;
        }
        return lower;
    }
}
