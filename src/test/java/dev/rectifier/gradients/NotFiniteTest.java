package dev.rectifier.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.data.BatchPlan;
import dev.rectifier.data.DataSource;
import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.Minibatches;
import dev.rectifier.data.Sharing;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.Hyper;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import dev.rectifier.train.Control;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Optimiser;
import dev.rectifier.train.ReplicaStatus;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainSpec;
import dev.rectifier.train.TrainTask;
import dev.rectifier.train.Trainer;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.Consumer;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A number that is not finite, put into one replica of four: it freezes with its cause and step at its last finite state,
 * and the others do not change by a bit.
 */
class NotFiniteTest extends OnEveryEngine {
    private static final int REPLICAS = 4;
    private static final int SICK = 2;
    private static final double SICK_RATE = 10;
    private static final int EXAMPLES = 12;
    private static final int BATCH = 3;
    private static final int STEPS = 6;
    private static final MlpSpec LINE = MlpSpec.of(2, 1).withBias(false);

    /**
     * The arrays of a run, to be tampered with.
     *
     * @param weights [R, 2]
     * @param inputs [R, M, 2]
     * @param targets [R, M, 1]
     */
    private record Start(HostTensor weights, HostTensor inputs, HostTensor targets) {
        static Start draw() {
            SplittableRandom random = new SplittableRandom(5);
            return new Start(
                    filled(random, Shape.of(REPLICAS, 2)),
                    filled(random, Shape.of(REPLICAS, EXAMPLES, 2)),
                    filled(random, Shape.of(REPLICAS, EXAMPLES, 1)));
        }

        private static HostTensor filled(SplittableRandom random, Shape shape) {
            HostTensor tensor = HostTensor.zeros(DType.F32, shape);
            for (int i = 0; i < tensor.length(); i++) {
                tensor.set(i, random.nextDouble(-1, 1));
            }
            return tensor;
        }

        TrainTask task(Engine engine, Arena arena) {
            FiniteSet set = FiniteSet.of(arena, inputs, REPLICAS).withTargets(arena, targets);
            BatchPlan plan = new BatchPlan(EXAMPLES, BATCH, BatchPlan.Order.SEQUENTIAL);
            Streams order = Streams.range(SeedTree.root(1), 0, REPLICAS);
            DataSource data = new Minibatches(engine, arena, set, plan, order, Sharing.SHARED);
            Optimiser optimiser =
                    Optimiser.momentum(0.1, 0.9).with(Hyper.LEARNING_RATE, List.of(0.1, 0.1, SICK_RATE, 0.1));
            TrainSpec spec = TrainSpec.of(Loss.MEAN_SQUARED, optimiser, STEPS);
            return TrainTask.of(LINE, weights, data, new Targets.FromData(), spec);
        }
    }

    /** What a run leaves. */
    private record End(HostTensor weights, List<ReplicaStatus> status) {}

    private static End run(Engine engine, Consumer<Start> tamper, int steps) {
        Start start = Start.draw();
        tamper.accept(start);
        try (Arena arena = engine.openArena("data")) {
            TrainTask task = start.task(engine, arena);
            TrainSpec spec = task.spec().withSteps(steps);
            TrainTask shortened = TrainTask.of(task.student(), task.initial(), task.data(), task.targets(), spec);
            try (Trainer trainer = new Trainer(engine, shortened)) {
                trainer.run(Control.of());
                return new End(trainer.parameters().flat().download(), trainer.status());
            }
        }
    }

    private static void requireOnlyTheSickFrozen(
            EngineSource.Present present, Consumer<Start> tamper, FreezeCause cause, int step) {
        End healthy = run(present.engine(), start -> {}, STEPS);
        End sick = run(present.engine(), tamper, STEPS);
        End lastFinite = run(present.engine(), tamper, step);
        for (int r = 0; r < REPLICAS; r++) {
            boolean frozen = r == SICK;
            HostTensor expected = (frozen ? lastFinite : healthy).weights();
            assertThat(Students.row(sick.weights(), r).sameBits(Students.row(expected, r)))
                    .as("weights of replica %d on %s", r, present.name())
                    .isTrue();
            assertThat(sick.status().get(r))
                    .isEqualTo(new ReplicaStatus(r, frozen ? cause : FreezeCause.NONE, frozen ? step : -1));
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void inTheWeights(EngineSource.Present present) {
        requireOnlyTheSickFrozen(present, start -> start.weights().set(SICK * 2 + 1, Double.NaN), FreezeCause.LOSS, 0);
    }

    /** Example 4 comes in the second batch of three. */
    @ParameterizedTest
    @MethodSource("engines")
    void inTheInputs(EngineSource.Present present) {
        requireOnlyTheSickFrozen(
                present,
                start -> start.inputs().set((SICK * EXAMPLES + 4) * 2, Double.POSITIVE_INFINITY),
                FreezeCause.LOSS,
                1);
    }

    /** Example 7 is so large that the loss, in fp64, is finite, and its gradient, in fp32, is not. */
    @ParameterizedTest
    @MethodSource("engines")
    void inTheGradient(EngineSource.Present present) {
        requireOnlyTheSickFrozen(
                present, start -> start.inputs().set((SICK * EXAMPLES + 7) * 2, 1e25), FreezeCause.GRADIENT, 2);
    }

    /** The gradient of example 9 is 3e38, which fp32 holds; ten times that, the step, it does not. */
    @ParameterizedTest
    @MethodSource("engines")
    void inTheNextWeights(EngineSource.Present present) {
        requireOnlyTheSickFrozen(
                present,
                start -> {
                    start.targets().set(SICK * EXAMPLES + 9, 3e38);
                    start.inputs().set((SICK * EXAMPLES + 9) * 2, 1e-30);
                    start.inputs().set((SICK * EXAMPLES + 9) * 2 + 1, 1.5);
                },
                FreezeCause.WEIGHT,
                3);
    }
}
