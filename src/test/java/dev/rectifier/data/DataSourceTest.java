package dev.rectifier.data;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Normals;
import dev.rectifier.tensor.Philox;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class DataSourceTest {
    private static final SeedTree SEED = SeedTree.root(3).child("inputs");

    @SuppressWarnings("NullAway.Init")
    private static Engine engine;

    @SuppressWarnings("NullAway.Init")
    private Arena arena;

    @BeforeAll
    static void open() {
        engine = Engines.open("cpu", EngineOptions.defaults().withThreads(1)).engine();
    }

    @AfterAll
    static void close() {
        engine.close();
    }

    @BeforeEach
    void openArena() {
        arena = engine.openArena("test");
    }

    @AfterEach
    void closeArena() {
        arena.close();
    }

    private static HostTensor numbered(long blocks, int examples, int inputs) {
        HostTensor values = HostTensor.zeros(DType.F32, Shape.of(blocks, examples, inputs));
        for (int i = 0; i < values.length(); i++) {
            values.set(i, i);
        }
        return values;
    }

    @Test
    void freshInputsAreTheStreamsOfTheReplicas() {
        InputShape shape = new InputShape(DType.F32, 5, 3);
        Streams streams = Streams.range(SEED, 4, 2);
        FreshInputs source =
                new FreshInputs(engine, arena, StreamSpec.normal(1, 10), shape, streams, Sharing.PER_REPLICA);
        float[] x = source.batch(9).x().download().floats();
        for (int r = 0; r < 2; r++) {
            float[] expected = new float[15];
            Normals.fill(expected, new Philox(SEED.key(), 4 + r, 9), 1f, 10f);
            assertThat(Arrays.copyOfRange(x, 15 * r, 15 * r + 15)).containsExactly(expected);
        }
    }

    @Test
    void sharedInputsAreOneBlockSeenByAll() {
        InputShape shape = new InputShape(DType.F64, 5, 3);
        Streams streams = Streams.range(SEED, 0, 3);
        StreamSpec uniform = StreamSpec.uniform(-2, 2);
        View shared = new FreshInputs(engine, arena, uniform, shape, streams, Sharing.SHARED)
                .batch(2)
                .x();
        View own = new FreshInputs(engine, arena, uniform, shape, streams, Sharing.PER_REPLICA)
                .batch(2)
                .x();
        assertThat(shared.isShared()).isTrue();
        assertThat(shared.shape()).isEqualTo(own.shape());
        double[] all = shared.download().doubles();
        double[] first = Arrays.copyOf(own.download().doubles(), 15);
        for (int r = 0; r < 3; r++) {
            assertThat(Arrays.copyOfRange(all, 15 * r, 15 * r + 15)).containsExactly(first);
        }
    }

    @Test
    void theBatchObjectStays() {
        FiniteSet set = FiniteSet.of(arena, numbered(1, 10, 2), 2);
        Minibatches source = minibatches(set, BatchPlan.shuffled(10, 4), Sharing.SHARED);
        Batch full = source.batch(0);
        Batch last = source.batch(2);
        assertThat(source.batch(1)).isSameAs(full);
        assertThat(source.batch(5)).isSameAs(last);
        assertThat(full.examples()).isEqualTo(4);
        assertThat(last.examples()).isEqualTo(2);
        assertThat(source.smallestBatch()).isEqualTo(2);
    }

    private Minibatches minibatches(FiniteSet set, BatchPlan plan, Sharing sharing) {
        Streams order = Streams.range(SEED.child("order"), 0, Math.toIntExact(set.replicas()));
        return new Minibatches(engine, arena, set, plan, order, sharing);
    }

    /** Every combination of shared and own sets and orders against the plan's row numbers. */
    @ParameterizedTest
    @EnumSource(Sharing.class)
    void minibatchesTakeTheRowsOfThePlan(Sharing orders) {
        for (int blocks : new int[] {1, 3}) {
            HostTensor inputs = numbered(blocks, 10, 2);
            HostTensor labels = HostTensor.zeros(DType.I32, Shape.of(blocks, 10));
            Arrays.setAll(labels.ints(), i -> 100 + i);
            FiniteSet set = FiniteSet.of(arena, inputs, 3).withTargets(arena, labels);
            BatchPlan plan = BatchPlan.shuffled(10, 4);
            Minibatches source = minibatches(set, plan, orders);
            for (long step : new long[] {0, 2, 3, 5}) {
                Batch batch = source.batch(step);
                assertRows(batch, plan, step, blocks, orders);
            }
        }
    }

    private static void assertRows(Batch batch, BatchPlan plan, long step, int blocks, Sharing orders) {
        HostTensor x = batch.x().download();
        HostTensor targets = batch.targets().orElseThrow().download();
        int size = plan.size(step);
        assertThat(x.shape()).isEqualTo(Shape.of(3, size, 2));
        assertThat(targets.shape()).isEqualTo(Shape.of(3, size));
        for (int r = 0; r < 3; r++) {
            int[] rows = new int[size];
            plan.rows(rows, 0, SEED.child("order").key(), orders == Sharing.SHARED ? 0 : r, step);
            for (int n = 0; n < size; n++) {
                int example = (blocks == 1 ? 0 : 10 * r) + rows[n];
                assertThat(x.get((r * size + n) * 2 + 1)).isEqualTo(2 * example + 1);
                assertThat(targets.get(r * size + n)).isEqualTo(100 + example);
            }
        }
    }

    @Test
    void realTargetsFollowTheirInputs() {
        FiniteSet set = FiniteSet.of(arena, numbered(1, 10, 2), 2).withTargets(arena, numbered(1, 10, 1));
        Batch batch = minibatches(set, BatchPlan.withReplacement(10, 7), Sharing.PER_REPLICA)
                .batch(1);
        HostTensor x = batch.x().download();
        HostTensor t = batch.targets().orElseThrow().download();
        for (int i = 0; i < 14; i++) {
            assertThat(x.get(2 * i)).isEqualTo(2 * t.get(i));
        }
    }

    @Test
    void aFullBatchIsTheSetItself() {
        FiniteSet set = FiniteSet.of(arena, numbered(1, 10, 2), 2);
        Minibatches source = minibatches(set, BatchPlan.full(10), Sharing.SHARED);
        assertThat(source.batch(123).x()).isSameAs(set.x());
    }

    @Test
    void aDrawnSetDoesNotDependOnTheNeighbours() {
        InputShape shape = new InputShape(DType.F32, 6, 2);
        StreamSpec normal = StreamSpec.normal(0, 10);
        FiniteSet many = FiniteSet.drawn(engine, arena, normal, shape, Streams.range(SEED, 0, 5), Sharing.PER_REPLICA);
        FiniteSet alone = FiniteSet.drawn(engine, arena, normal, shape, Streams.range(SEED, 3, 1), Sharing.PER_REPLICA);
        assertThat(many.x().replicas(3, 1).download().sameBits(alone.x().download()))
                .isTrue();
    }

    @Test
    void refusesWhatDoesNotFit() {
        FiniteSet set = FiniteSet.of(arena, numbered(1, 10, 2), 2);
        assertThatIllegalArgumentException()
                .isThrownBy(() -> FiniteSet.of(arena, numbered(3, 10, 2), 2))
                .withMessageContaining("2 (replicas) or 1 (shared)");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> set.withTargets(arena, numbered(1, 9, 1)))
                .withMessageContaining("set of 10 examples");
        assertThatIllegalArgumentException()
                .isThrownBy(() -> minibatches(set, BatchPlan.shuffled(11, 2), Sharing.SHARED))
                .withMessageContaining("plan over 11");
    }
}
