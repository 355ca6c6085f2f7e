package dev.rectifier.bench;

import dev.rectifier.data.BatchPlan;
import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Minibatches;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.model.InitSchemes;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Optimiser;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainSpec;
import dev.rectifier.train.TrainTask;
import dev.rectifier.train.Trainer;
import dev.rectifier.train.Way;

/** Ours: the ensemble as a user trains it, through {@link Trainer} on the CPU engine, minibatches of a finite set in stored order. */
final class RectifierStudents implements AutoCloseable {
    private final Engine engine;
    private final Arena arena;
    private final Trainer trainer;

    RectifierStudents(StudentShape shape, double learningRate, Way way) {
        engine = Engines.open("cpu", EngineOptions.defaults()).engine();
        arena = engine.openArena("benchmark data");
        SeedTree seeds = SeedTree.root(1);
        int replicas = shape.replicas();
        int examples = StudentBenchmark.BATCHES * shape.batch();
        InputShape inputs = new InputShape(DType.F32, examples, shape.inputs());
        FiniteSet set = FiniteSet.drawn(
                        engine, arena, StreamSpec.normal(0, 1), inputs, Streams.range(seeds.child("inputs"), 0, replicas), Sharing.PER_REPLICA)
                .withTargets(arena, targets(shape, examples));
        Minibatches data = new Minibatches(
                engine,
                arena,
                set,
                new BatchPlan(examples, shape.batch(), BatchPlan.Order.SEQUENTIAL),
                Streams.range(seeds.child("order"), 0, replicas),
                Sharing.PER_REPLICA);
        MlpSpec student = MlpSpec.of(shape.inputs(), shape.hidden(), shape.outputs()).withInit(InitSchemes.TORCH_DEFAULT);
        HostTensor initial = Initializer.draw(student, DType.F32, Streams.range(seeds.child("students"), 0, replicas));
        TrainSpec spec = TrainSpec.of(Loss.MEAN_SQUARED, Optimiser.sgd(learningRate), Long.MAX_VALUE);
        trainer = new Trainer(engine, TrainTask.of(student, initial, data, new Targets.FromData(), spec), way);
    }

    private static HostTensor targets(StudentShape shape, int examples) {
        Shape extent = Shape.of(1, examples, shape.outputs());
        HostTensor values = HostTensor.zeros(DType.F32, extent);
        for (int i = 0; i < values.length(); i++) {
            values.set(i, Math.sin(i));
        }
        return values;
    }

    /** Some steps of all replicas. */
    void steps(int count) {
        trainer.advance(count);
        engine.synchronize();
    }

    @Override
    public void close() {
        trainer.close();
        arena.close();
        engine.close();
    }
}
