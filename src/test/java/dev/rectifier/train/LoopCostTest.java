package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.rectifier.data.FreshInputs;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.model.InitSchemes;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import java.lang.management.ManagementFactory;
import org.junit.jupiter.api.Test;

/** What the loop costs besides the engine: operations per step, and bytes of heap per step. */
class LoopCostTest {
    private static final SeedTree SEED = SeedTree.root(5);
    private static final int STEPS = 10_000;

    private static TrainTask task(IdleEngine engine) {
        MlpSpec student = MlpSpec.of(10, 10, 1);
        MlpSpec teacher = MlpSpec.of(10, 5, 1).withInit(InitSchemes.SEPARATED_TEACHER);
        FreshInputs data = new FreshInputs(
                engine,
                engine,
                StreamSpec.normal(0, 1),
                new InputShape(DType.F32, 1, 10),
                Streams.range(SEED.child("inputs"), 0, 64),
                Sharing.PER_REPLICA);
        return TrainTask.of(
                student,
                Initializer.draw(student, DType.F32, Streams.range(SEED.child("students"), 0, 64)),
                data,
                Targets.Teacher.of(
                        teacher, Initializer.draw(teacher, DType.F32, Streams.single(SEED.child("teacher")))),
                TrainSpec.of(Loss.MEAN_SQUARED, Optimiser.sgd(0.01), 3L * STEPS));
    }

    /** Inputs 1, teacher 2, forward 2, loss 1, backward 3, guard and update 1. */
    @Test
    void aStepIsAFixedNumberOfOperations() {
        IdleEngine engine = new IdleEngine();
        try (Trainer trainer = new Trainer(engine, task(engine))) {
            for (int i = 0; i < 5; i++) {
                long before = engine.calls();
                trainer.advance();
                assertThat(engine.calls() - before).isEqualTo(10);
            }
        }
    }

    @Test
    void aWarmLoopAllocatesNothing() {
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        IdleEngine engine = new IdleEngine();
        try (Trainer trainer = new Trainer(engine, task(engine))) {
            advance(trainer, STEPS);
            long before = threads.getCurrentThreadAllocatedBytes();
            advance(trainer, STEPS);
            long allocated = threads.getCurrentThreadAllocatedBytes() - before;
            // Less than one byte a step: what reading the counter itself takes, and no object of the loop's own.
            assertThat(allocated).isLessThan(STEPS);
        }
    }

    private static void advance(Trainer trainer, int steps) {
        for (int i = 0; i < steps; i++) {
            trainer.advance();
        }
    }
}
