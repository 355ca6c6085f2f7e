package dev.rectifier.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.Fault;
import dev.rectifier.conformance.FaultyEngine;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.data.BatchPlan;
import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.Minibatches;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.image.ChannelScale;
import dev.rectifier.data.image.ImageSet;
import dev.rectifier.data.image.ImageShape;
import dev.rectifier.data.image.SyntheticImages;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.Vggs;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import dev.rectifier.train.Checkpoint;
import dev.rectifier.train.Control;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Optimiser;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainSpec;
import dev.rectifier.train.TrainTask;
import dev.rectifier.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A step of SGD of narrow VGG-11-BN networks on images, cross-entropy, by the trainer: every engine moves weights and running
 * moments as the CPU does, as near as {@link Condition} allows. No two engines promise the same bits here, since their
 * convolutions and moments of batches sum in orders of their own; what comes before them, the batch, has the same bits.
 */
class VggStepTest extends OnEveryEngine {
    private static final SeedTree SEED = SeedTree.root(11);
    private static final int REPLICAS = 2;
    private static final int EXAMPLES = 6;
    private static final double RATE = 0.1;
    private static final ChainSpec SPEC = Vggs.withBatchNorm(11, 4, ReadyModels.IMAGE, SyntheticImages.CLASSES);
    private static final ImageSet SET = SyntheticImages.of(SEED, new ImageShape(3, 32, 32), EXAMPLES);

    enum Type {
        F32(DType.F32),
        F64(DType.F64);

        private final DType dtype;

        Type(DType dtype) {
            this.dtype = dtype;
        }
    }

    /** How a step moves the parameters, per layer; running moments after it. */
    private static List<Condition.Part> step(Engine engine, DType type, UnaryOperator<HostTensor> move) {
        try (Arena arena = engine.openArena("step")) {
            HostTensor drawn =
                    move.apply(Initializer.draw(SPEC, DType.F64, Streams.range(SEED.child("weights"), 0, 2)));
            HostTensor start = HostTensor.rounded(type, drawn.shape(), drawn.toDoubles());
            FiniteSet set = SET.onDevice(arena, type, ChannelScale.measured(SET), REPLICAS);
            BatchPlan plan = BatchPlan.full(EXAMPLES);
            Minibatches batches =
                    new Minibatches(engine, arena, set, plan, Streams.range(SEED, 0, REPLICAS), Sharing.SHARED);
            TrainSpec spec = TrainSpec.of(Loss.CROSS_ENTROPY, Optimiser.sgd(RATE), 1);
            TrainTask task = TrainTask.of(SPEC, start, batches, new Targets.FromData(), spec);
            try (Trainer trainer = new Trainer(engine, task)) {
                trainer.run(Control.of());
                return parts(start, trainer.checkpoint());
            }
        }
    }

    private static List<Condition.Part> parts(HostTensor start, Checkpoint end) {
        double[] before = start.toDoubles();
        double[] moved = tensor(end, Checkpoint.PARAMETERS);
        for (int i = 0; i < moved.length; i++) {
            moved[i] -= before[i];
        }
        List<Condition.Part> parts = new ArrayList<>(Condition.byLayer("step", 2, SPEC.layout(), moved));
        parts.addAll(Condition.byLayer("moments", 1, SPEC.state(), tensor(end, Checkpoint.MOMENTS)));
        return parts;
    }

    private static double[] tensor(Checkpoint checkpoint, String name) {
        return Objects.requireNonNull(checkpoint.tensors().get(name)).toDoubles();
    }

    /** Of the step; the sum of a parameter and its step is rounded once more, on either side. */
    private static Map<String, Double> bounds(DType type) {
        Engine reference = SOURCE.reference();
        Map<String, Double> bounds =
                Condition.bounds(move -> step(reference, DType.F64, move), type, Condition.longestSum(SPEC, EXAMPLES));
        HostTensor start = Initializer.draw(SPEC, DType.F64, Streams.range(SEED.child("weights"), 0, REPLICAS));
        List<Condition.Part> steps = step(reference, DType.F64, values -> values);
        for (Condition.Part weights : Condition.byLayer("step", 0, SPEC.layout(), start.toDoubles())) {
            double rounded = largest(weights)
                    + steps.stream()
                            .filter(part -> part.name().equals(weights.name()))
                            .mapToDouble(VggStepTest::largest)
                            .sum();
            bounds.merge(weights.name(), 2 * type.unitRoundoff() * rounded, Double::sum);
        }
        return bounds;
    }

    private static double largest(Condition.Part part) {
        double largest = 0;
        for (double value : part.values()) {
            largest = Math.max(largest, Math.abs(value));
        }
        return largest;
    }

    private static Condition.Worst compared(Engine engine, DType type, Map<String, Double> bounds) {
        return Condition.compare(
                step(engine, type, values -> values), step(SOURCE.reference(), type, values -> values), bounds);
    }

    @ParameterizedTest
    @EnumSource
    void aStepIsThatOfTheCpu(Type type) {
        Map<String, Double> bounds = bounds(type.dtype);
        for (EngineSource.Present present : SOURCE.engines()) {
            Condition.Worst worst = compared(present.engine(), type.dtype, bounds);
            System.out.printf(
                    Locale.ROOT,
                    "step in %s on %s: %.1e of the bound, %s%n",
                    type,
                    present,
                    worst.share(),
                    worst.part());
            assertThat(worst.within()).as("%s on %s: %s", type, present, worst).isTrue();
        }
    }

    /** A bound of the size of the steps themselves would say nothing. */
    @Test
    void theBoundsAreFarBelowTheSteps() {
        List<Condition.Part> steps = step(SOURCE.reference(), DType.F64, values -> values);
        Map<String, Double> bounds = bounds(DType.F32);
        for (Condition.Part part : steps) {
            assertThat(Objects.requireNonNull(bounds.get(part.name())))
                    .as(part.name())
                    .isLessThan(largest(part) / 100);
        }
    }

    static Stream<Fault> faults() {
        return Stream.of(
                new Fault("last example left out", "", "evaluate", c -> {
                    c.proceed();
                    Fault.mapAt(c.view(2), -1, v -> 0);
                }),
                new Fault("one weight's gradient off by 1 of 8", "", "weightGradient", c -> {
                    c.proceed();
                    Fault.mapAt(c.view(0), 7, v -> v * 1.125);
                }),
                new Fault("pooling's gradient at the next place", "", "maxBackward", c -> {
                    c.proceed();
                    HostTensor gradient = c.view(0).download();
                    double first = gradient.get(0);
                    for (int i = 0; i + 1 < gradient.length(); i++) {
                        gradient.set(i, gradient.get(i + 1));
                    }
                    gradient.set(gradient.length() - 1, first);
                    Fault.store(c.view(0), gradient);
                }),
                new Fault("momentum of the other side", "", "track", c -> c.proceedWith(2, 0.9)));
    }

    @ParameterizedTest
    @MethodSource("faults")
    void mistakesAreSeenInFp32(Fault fault) {
        Condition.Worst worst = compared(new FaultyEngine(SOURCE.reference(), fault), DType.F32, bounds(DType.F32));
        System.out.printf(Locale.ROOT, "%s: %.1e of the bound, in %s%n", fault, worst.share(), worst.part());
        assertThat(worst.within()).as(fault.toString()).isFalse();
    }
}
