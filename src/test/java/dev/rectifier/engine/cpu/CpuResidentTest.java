package dev.rectifier.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the CPU engine thinks is quickest, with two threads. */
class CpuResidentTest {
    private static final String ALONE = "one replica at a time";

    private final Engine engine = new CpuEngine(EngineOptions.defaults().withThreads(2), 1L << 30);
    private final Arena arena = engine.openArena("test");

    @AfterEach
    void close() {
        arena.close();
        engine.close();
    }

    private View zeros(DType type, long... dims) {
        return arena.zeros(type, Shape.of(dims)).view();
    }

    private ResidentTask task(int replicas, Integer... widths) {
        ResidentNet net = new ResidentNet(List.of(widths), true, true);
        Parameters parameters = new Parameters(
                zeros(DType.F32, replicas, net.parameters()),
                zeros(DType.F32, replicas, net.parameters()),
                zeros(DType.F32, replicas, 0),
                Optional.empty());
        ResidentTask.State state = new ResidentTask.State(
                parameters,
                zeros(DType.F64, replicas, Hyper.count()),
                new Health(zeros(DType.I32, replicas), zeros(DType.I64, replicas)),
                zeros(DType.F64, replicas));
        return new ResidentTask(net, Optional.empty(), LossKind.SQUARED, UpdateRule.SGD, state, List.of());
    }

    /** Lanes of a pack are half the replicas; a step is N (3 * 121) multiply-adds, of which a lane outweighs two hundred. */
    @ParameterizedTest
    @CsvSource({
        "1, 1, 0",
        "2, 1, 0",
        "3, 1, 2",
        "8, 1, 4",
        "256, 1, 128",
        "14, 4, 0",
        "15, 4, 8",
        "64, 4, 32",
        "8, 16, 0",
        "58, 16, 0",
        "59, 16, 30",
        "256, 16, 128",
        "256, 64, 0"
    })
    void packsThatHoldEnoughReplicasForTheSizeOfTheStep(int replicas, long examples, int lanes) {
        assertThat(engine.resident().manner(task(replicas, 10, 10, 1), examples))
                .isEqualTo(lanes == 0 ? ALONE : lanes + " replicas as vector lanes");
    }

    @Test
    void packsOfFewerLanesThanAVectorHoldsOnlyAtOneExample() {
        assertThat(engine.resident().manner(task(4, 10, 4, 1), 1)).isEqualTo("2 replicas as vector lanes");
        assertThat(engine.resident().manner(task(14, 10, 4, 1), 2)).isEqualTo(ALONE);
        assertThat(engine.resident().manner(task(16, 10, 4, 1), 2)).isEqualTo("8 replicas as vector lanes");
    }

    @Test
    void roundsOfPacksOfOneSize() {
        assertThat(engine.resident().manner(task(2400, 10, 4, 1), 4)).isEqualTo("400 replicas as vector lanes");
    }

    /** P = 4609, so a mebibyte holds 11 lanes, and 70 would be wanted. */
    @Test
    void networksOfWhichTooFewFitACoresCache() {
        assertThat(engine.resident().manner(task(64, 5, 64, 64, 1), 1)).isEqualTo(ALONE);
    }

    @Test
    void oneReplicaIsWorthSharingAmongThreadsOnlyIfItsStepIsLong() {
        ResidentTask alone = task(1, 256, 256, 10);
        assertThat(engine.resident().disadvantage(alone, 16)).isEmpty();
        assertThat(engine.resident().disadvantage(alone, 64)).contains("1 replicas do not keep 2 threads busy");
        assertThat(engine.resident().disadvantage(task(2, 256, 256, 10), 64)).isEmpty();
    }
}
