package dev.rectifier.data;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Normals;
import dev.rectifier.tensor.Philox;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class RedrawnSetTest {
    private static final SeedTree SEED = SeedTree.root(3).child("redrawn");
    private static final int REPLICAS = 2;
    private static final int EXAMPLES = 7;
    private static final BatchPlan PLAN = BatchPlan.shuffled(EXAMPLES, 3);

    private Engine engine;
    private Arena arena;

    @BeforeEach
    void open() {
        engine = Engines.open("cpu", EngineOptions.defaults().withThreads(1)).engine();
        arena = engine.openArena("test");
    }

    @AfterEach
    void close() {
        arena.close();
        engine.close();
    }

    private static RedrawnSet.Drawing drawing(Sharing sharing) {
        Streams streams = Streams.range(SEED, 0, REPLICAS);
        return new RedrawnSet.Drawing(
                StreamSpec.normal(0, 10), new InputShape(DType.F32, EXAMPLES, 1), streams, sharing);
    }

    private static Streams order() {
        return Streams.range(SEED.child("order"), 0, REPLICAS);
    }

    private RedrawnSet source(Sharing sharing) {
        return new RedrawnSet(engine, arena, drawing(sharing), PLAN, order(), sharing);
    }

    private static List<Float> inputs(DataSource source, int replica, long epoch) {
        List<Float> seen = new ArrayList<>();
        for (long step = epoch * PLAN.stepsPerEpoch(); step < (epoch + 1) * PLAN.stepsPerEpoch(); step++) {
            float[] x = source.batch(step).x().download().floats();
            int size = x.length / REPLICAS;
            for (int n = 0; n < size; n++) {
                seen.add(x[replica * size + n]);
            }
        }
        return seen;
    }

    /** Epoch e is a permutation of block e of the stream of the replica, or of the first where shared. */
    @ParameterizedTest
    @EnumSource(Sharing.class)
    void everyEpochHasInputsOfItsOwn(Sharing sharing) {
        RedrawnSet source = source(sharing);
        for (int epoch = 0; epoch < 3; epoch++) {
            for (int r = 0; r < REPLICAS; r++) {
                float[] block = new float[EXAMPLES];
                int stream = sharing == Sharing.SHARED ? 0 : r;
                Normals.fill(block, new Philox(SEED.key(), stream, epoch), 0f, 10f);
                List<Float> expected = new ArrayList<>();
                for (float value : block) {
                    expected.add(value);
                }
                assertThat(inputs(source, r, epoch)).containsExactlyInAnyOrderElementsOf(expected);
            }
        }
    }

    @Test
    void theFirstEpochIsThatOfTheFiniteSet() {
        FiniteSet set = drawing(Sharing.PER_REPLICA).first(engine, arena);
        Minibatches finite = new Minibatches(engine, arena, set, PLAN, order(), Sharing.PER_REPLICA);
        RedrawnSet redrawn = source(Sharing.PER_REPLICA);
        assertThat(inputs(redrawn, 1, 0)).isEqualTo(inputs(finite, 1, 0));
        assertThat(inputs(redrawn, 1, 1)).doesNotContainAnyElementsOf(inputs(finite, 1, 1));
    }

    /** So a run may be resumed anywhere. */
    @Test
    void theBatchOfAStepDoesNotDependOnTheStepsBefore() {
        RedrawnSet walked = source(Sharing.SHARED);
        List<List<Float>> epochs = List.of(inputs(walked, 0, 0), inputs(walked, 0, 1), inputs(walked, 0, 2));
        RedrawnSet entered = source(Sharing.SHARED);
        for (int epoch : new int[] {2, 0, 1}) {
            assertThat(inputs(entered, 0, epoch)).isEqualTo(epochs.get(epoch));
        }
    }

    @Test
    void itsIdentityIsNotThatOfTheFiniteSet() {
        FiniteSet set = drawing(Sharing.SHARED).first(engine, arena);
        Minibatches finite = new Minibatches(engine, arena, set, PLAN, order(), Sharing.SHARED);
        assertThat(source(Sharing.SHARED).describe())
                .isNotEqualTo(finite.describe())
                .containsAllEntriesOf(finite.describe());
    }
}
