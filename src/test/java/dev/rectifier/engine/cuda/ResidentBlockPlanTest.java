package dev.rectifier.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.Feed;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.ResidentNet;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How a block's shared memory is shared out. That nothing lies where it disturbs, ResidentEnginesTest sees. */
class ResidentBlockPlanTest {
    private static final long HOPPER = 232_448;

    private final Engine engine =
            Engines.open("cpu", EngineOptions.defaults().withThreads(1)).engine();
    private final Arena arena = engine.openArena("test");

    @AfterEach
    void close() {
        arena.close();
        engine.close();
    }

    private View zeros(DType dtype, long... extents) {
        return arena.zeros(dtype, Shape.of(extents)).view();
    }

    private ResidentPlan plan(int examples, DType real, UpdateRule rule, Integer... widths) {
        ResidentNet net = new ResidentNet(List.of(widths), true, true);
        View weights = zeros(real, 1, net.parameters());
        Parameters parameters = new Parameters(weights, weights, zeros(real, 1, 0), Optional.empty());
        Health health = new Health(zeros(DType.I32, 1), zeros(DType.I64, 1));
        ResidentTask.State state =
                new ResidentTask.State(parameters, zeros(DType.F64, 1, Hyper.count()), health, zeros(DType.F64, 1));
        ResidentTask task = new ResidentTask(net, Optional.empty(), LossKind.SQUARED, rule, state, List.of());
        return new ResidentPlan(task, examples);
    }

    private static Optional<ResidentBlockPlan> fitting(ResidentPlan plan) {
        return ResidentBlockPlan.fitting(plan, HOPPER);
    }

    /** Weights 50 x 52 + 52 + 10 x 52 + 12; per example x 52, answers 12, level 52, outputs 12, slopes 52. */
    @Test
    void aWholeBatchWhereItFits() {
        ResidentPlan plan = plan(256, DType.F32, UpdateRule.SGD, 50, 50, 10);
        ResidentBlockPlan block = fitting(plan).orElseThrow();
        assertThat(block.chunk()).isEqualTo(256);
        assertThat(block.threads()).isEqualTo(512);
        long elements = 50 * 52 + 52 + 10 * 52 + 12 + 256 * (52 + 12 + 52 + 12 + 52);
        assertThat(new ResidentBlockLayout(plan.task(), 256, 256).elements()).isEqualTo(elements);
        long words = (17 + 2 * ResidentBlockLayout.LAYER_WORDS) * 4 + 4; // and 4 of alignment
        assertThat(block.sharedBytes()).isEqualTo(words + 512 * 8 + 4 * elements);
    }

    @Test
    void aBatchIsCutEvenlyAndTheGradientGathered() {
        ResidentPlan plan = plan(256, DType.F32, UpdateRule.MOMENTUM, 100, 100, 10);
        ResidentBlockPlan block = fitting(plan).orElseThrow();
        assertThat(block.chunk()).isEqualTo(64).isLessThan(256);
        assertThat(block.sharedBytes()).isLessThanOrEqualTo(HOPPER);
        ResidentBlockLayout cut = new ResidentBlockLayout(plan.task(), 256, 64);
        ResidentBlockLayout whole = new ResidentBlockLayout(plan.task(), 64, 64);
        long parameters = 100 * 100 + 100 + 10 * 100 + 12;
        assertThat(cut.elements() - whole.elements()).isEqualTo(parameters);
    }

    @Test
    void momentsAndDoublesTakeTheirRoom() {
        ResidentPlan adam = plan(1, DType.F32, UpdateRule.ADAM, 100, 100, 100, 10);
        assertThat(fitting(adam)).isEmpty();
        assertThat(fitting(plan(1, DType.F32, UpdateRule.SGD, 100, 100, 100, 10)))
                .isPresent();
        assertThat(fitting(plan(1, DType.F64, UpdateRule.MOMENTUM, 100, 100, 100, 10)))
                .isEmpty();
    }

    @Test
    void rowsAreAnOddNumberOfVectorsApart() {
        for (DType real : List.of(DType.F32, DType.F64)) {
            int vector = 16 / real.bytes();
            for (int width = 1; width < 40; width++) {
                ResidentPlan plan = plan(3, real, UpdateRule.SGD, width, 1);
                int[] words = new ResidentBlockPlan(plan, 3)
                        .words(new Feed.Stream(zeros(DType.I64, 1, 2), true, 0, 1, 3))
                        .ints();
                int pitch = words[17 + 4];
                assertThat(pitch).isBetween(width, width + 2 * vector - 1);
                assertThat(pitch % (2 * vector)).isEqualTo(vector);
            }
        }
    }
}
