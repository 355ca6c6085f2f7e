package dev.rectifier.train;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Resident;
import dev.rectifier.engine.ResidentNet;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import dev.rectifier.model.Activation;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.Parametrisation;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The choice between the ways to train.
 *
 * @param way the choice, never AUTO
 * @param resident what trains stretches, if that is the choice
 * @param streamed what sweeps train, if that is the choice
 * @param why the choice in words
 */
record Residency(Way way, Optional<Resident> resident, Optional<ResidentTask> streamed, String why) {
    private static final String PURPOSE = "Training by stretches";

    static Residency choose(Way way, Engine engine, TrainTask task, TrainBuffers buffers, Optional<View> teacher) {
        if (way == Way.STEPWISE) {
            return stepwise("asked for");
        }
        if (way == Way.CAPTURED) {
            return capturedAsAsked(engine, task);
        }
        if (isLayered(task)) {
            return layered(way, engine, task);
        }
        ResidentTask asked = task(task, buffers, teacher);
        if (way == Way.STREAMED) {
            return streamedAsAsked(engine, task, asked);
        }
        Optional<String> refusal = refusal(engine, task, asked);
        if (refusal.isEmpty() && way == Way.AUTO) {
            refusal = engine.resident().disadvantage(asked, task.data().largestBatch());
        }
        if (refusal.isEmpty()) {
            String why = way == Way.AUTO
                    ? engine.resident().manner(asked, task.data().largestBatch())
                    : "asked for";
            return new Residency(
                    Way.RESIDENT, Optional.of(engine.resident().open(asked)), Optional.empty(), "resident: " + why);
        }
        if (way == Way.RESIDENT) {
            throw new IllegalArgumentException("This task cannot be trained resident: " + refusal.get()
                    + ". Leave the choice to the trainer (AUTO) or train it STEPWISE.");
        }
        if (streamRefusal(engine, task, asked).isEmpty()
                && engine.streamed()
                        .disadvantage(asked, task.data().largestBatch())
                        .isEmpty()) {
            String why = "streamed: one pass over the weights per step";
            return new Residency(Way.STREAMED, Optional.empty(), Optional.of(asked), why);
        }
        return capturedOrStepwise(engine, task, refusal.get());
    }

    private static boolean isLayered(TrainTask task) {
        return !(task.student() instanceof MlpSpec)
                || (task.targets() instanceof Targets.Teacher teacher && !(teacher.spec() instanceof MlpSpec));
    }

    private static Residency layered(Way way, Engine engine, TrainTask task) {
        String why = "stretches and sweeps train multilayer perceptrons, and this is a chain of layers";
        if (way != Way.AUTO) {
            throw new IllegalArgumentException("This task cannot be trained " + way + ": " + why
                    + ". Leave the choice to the trainer (AUTO) or train it STEPWISE.");
        }
        return capturedOrStepwise(engine, task, why);
    }

    private static Residency streamedAsAsked(Engine engine, TrainTask task, ResidentTask asked) {
        Optional<String> refusal = streamRefusal(engine, task, asked);
        if (refusal.isPresent()) {
            throw new IllegalArgumentException("This task cannot be trained streamed: " + refusal.get()
                    + ". Leave the choice to the trainer (AUTO) or train it STEPWISE.");
        }
        return new Residency(Way.STREAMED, Optional.empty(), Optional.of(asked), "streamed: asked for");
    }

    private static Optional<String> streamRefusal(Engine engine, TrainTask task, ResidentTask asked) {
        if (task.data().isPopulation()) {
            return Optional.of("expectations over all inputs are not taken by sweeps");
        }
        return task.student().parametrisation() == Parametrisation.STANDARD
                ? engine.streamed().refusal(asked, task.data().largestBatch())
                : Optional.of("the parametrisation has multipliers");
    }

    private static Residency capturedAsAsked(Engine engine, TrainTask task) {
        Optional<String> refusal = captureRefusal(engine, task);
        if (refusal.isPresent()) {
            throw new IllegalArgumentException("This task cannot be trained captured: " + refusal.get()
                    + ". Leave the choice to the trainer (AUTO) or train it STEPWISE.");
        }
        return new Residency(Way.CAPTURED, Optional.empty(), Optional.empty(), "captured: asked for");
    }

    /** {@code notResident}: why not by stretches, which is all there is to say where an engine has no other way. */
    private static Residency capturedOrStepwise(Engine engine, TrainTask task, String notResident) {
        if (engine.capture().refusal().isPresent()) {
            return stepwise(notResident);
        }
        Optional<String> refusal = captureRefusal(engine, task);
        return refusal.isPresent()
                ? stepwise(notResident + "; " + refusal.get())
                : new Residency(Way.CAPTURED, Optional.empty(), Optional.empty(), "captured: " + notResident);
    }

    private static Optional<String> captureRefusal(Engine engine, TrainTask task) {
        Optional<String> refusal = engine.capture().refusal();
        return refusal.isPresent() || task.data().recorded().isPresent()
                ? refusal
                : Optional.of("the data source makes batches that cannot be recorded");
    }

    /** What of the choice the numbers depend on, as setting to value. */
    Map<String, String> way(Engine engine, TrainTask task) {
        if (way == Way.STREAMED) {
            return Map.of("way", way.toString());
        }
        // Recorded steps are single steps to the bit, and so are stretches of expectations without a projection.
        boolean single = way != Way.RESIDENT
                || (task.data().isPopulation()
                        && task.spec().constraints().unitNormLayers().isEmpty());
        Way chosen = single ? Way.STEPWISE : Way.RESIDENT;
        return engine.resident().keepsBits() ? Map.of() : Map.of("way", chosen.toString());
    }

    private static Residency stepwise(String why) {
        return new Residency(Way.STEPWISE, Optional.empty(), Optional.empty(), "step by step: " + why);
    }

    private static Optional<String> refusal(Engine engine, TrainTask task, ResidentTask asked) {
        if (task.data().feed(0).isEmpty()) {
            return Optional.of("the data source makes single batches alone");
        }
        boolean multiplied = task.student().parametrisation() != Parametrisation.STANDARD
                || (task.targets() instanceof Targets.Teacher teacher
                        && teacher.spec().parametrisation() != Parametrisation.STANDARD);
        if (multiplied) {
            return Optional.of("the parametrisation has multipliers");
        }
        return engine.resident().refusal(asked, task.data().largestBatch());
    }

    private static ResidentTask task(TrainTask task, TrainBuffers buffers, Optional<View> teacher) {
        Optional<ResidentTask.Teacher> who = task.targets() instanceof Targets.Teacher t
                ? Optional.of(new ResidentTask.Teacher(
                        net(t.spec().mlp(PURPOSE)), teacher.orElseThrow(), t.answer() == Targets.Teacher.Answer.LABEL))
                : Optional.empty();
        UpdateRule rule = task.spec().optimiser().rule();
        ResidentTask.State state =
                new ResidentTask.State(buffers.update(), buffers.hyper(), buffers.health(), buffers.loss());
        List<Integer> unitNorm = task.spec().constraints().unitNormLayers();
        ResidentTask asked = new ResidentTask(
                net(task.student().mlp(PURPOSE)), who, task.spec().loss().kind(), rule, state, unitNorm);
        return task.data().isPopulation() ? asked.seeing(ResidentTask.Inputs.POPULATION) : asked;
    }

    private static ResidentNet net(MlpSpec spec) {
        List<Integer> widths = new ArrayList<>(List.of(spec.inputs()));
        widths.addAll(spec.hidden());
        widths.add(spec.outputs());
        return new ResidentNet(widths, spec.bias(), spec.activation() == Activation.RELU);
    }
}
