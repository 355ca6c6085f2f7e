package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.data.FreshInputs;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.LayerSpec;
import dev.rectifier.model.LayerSpec.BatchNorm;
import dev.rectifier.model.LayerSpec.Conv;
import dev.rectifier.model.LayerSpec.Dense;
import dev.rectifier.model.LayerSpec.Dropout;
import dev.rectifier.model.LayerSpec.Flatten;
import dev.rectifier.model.LayerSpec.MaxPool;
import dev.rectifier.model.LayerSpec.Relu;
import dev.rectifier.model.LayerSpec.Residual;
import dev.rectifier.model.LayerSpec.WeightNormed;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Chains of layers trained by recorded steps: the bits of single steps, running moments and dropout included. */
class ChainCapturedTest extends OnEveryEngine {
    private static final SeedTree SEED = SeedTree.root(77);
    private static final int REPLICAS = 2;
    private static final int STEPS = 19; // single ones, then eight at a time

    private static ChainSpec student() {
        LayerSpec block = Residual.of(List.of(new Dense(6), new BatchNorm(), new Relu()), List.of());
        return ChainSpec.of(
                Shape.of(2, 4, 4),
                new BatchNorm(),
                new Conv(3, 3, 1, 1, true),
                new Relu(),
                new MaxPool(2),
                new Flatten(),
                new WeightNormed(new Dense(6)),
                new Relu(),
                block,
                new Dropout(0.5),
                new Dense(2));
    }

    private static TrainTask task(Engine engine, Arena arena) {
        ChainSpec student = student();
        InputShape shape = new InputShape(DType.F32, 5, student.inputs());
        FreshInputs data =
                new FreshInputs(engine, arena, StreamSpec.normal(0, 1), shape, streams("inputs"), Sharing.PER_REPLICA);
        MlpSpec teacher = MlpSpec.of(student.inputs(), 3, 2);
        HostTensor answers = Initializer.draw(teacher, DType.F32, streams("teacher"));
        return TrainTask.of(
                        student,
                        Initializer.draw(student, DType.F32, streams("student")),
                        data,
                        Targets.Teacher.of(teacher, answers),
                        TrainSpec.of(Loss.MEAN_SQUARED, Optimiser.adam(0.01), STEPS))
                .withNoise(streams("noise"));
    }

    private static Streams streams(String purpose) {
        return Streams.range(SEED.child(purpose), 0, REPLICAS);
    }

    @Test
    void recordedStepsHaveTheBitsOfSingleOnes() {
        for (EngineSource.Present present : SOURCE.engines()) {
            Engine engine = present.engine();
            if (engine.capture().refusal().isPresent()) {
                continue;
            }
            try (Arena arena = engine.openArena("tasks")) {
                TrainTask task = task(engine, arena);
                try (Trainer single = new Trainer(engine, task, Way.STEPWISE);
                        Trainer recorded = new Trainer(engine, task)) {
                    assertThat(recorded.way()).startsWith("captured: ");
                    single.advance(STEPS);
                    recorded.advance(STEPS);
                    single.checkpoint()
                            .tensors()
                            .forEach((name, tensor) -> assertThat(
                                            recorded.checkpoint().tensor(name).sameBits(tensor))
                                    .as(present.name() + " " + name)
                                    .isTrue());
                }
            }
        }
    }

    @Test
    void whatIsAllocatedIsWhatWasPlanned() {
        for (EngineSource.Present present : SOURCE.engines()) {
            Engine engine = present.engine();
            try (Arena arena = engine.openArena("tasks")) {
                TrainTask task = task(engine, arena);
                long before = engine.bytesInUse();
                try (Trainer trainer = new Trainer(engine, task)) {
                    assertThat(engine.bytesInUse() - before)
                            .as(present.name())
                            .isEqualTo(MemoryPlan.of(engine, task).bytes());
                    long held = engine.bytesInUse();
                    trainer.advance(2);
                    assertThat(engine.bytesInUse()).as(present.name()).isEqualTo(held);
                }
            }
        }
    }
}
