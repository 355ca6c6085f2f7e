package dev.rectifier.train;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.View;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.LayerViews;
import dev.rectifier.model.NetworkValues;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.model.ParameterMask;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The state of a run on the device, in fixed buffers. */
final class TrainBuffers {
    private static final List<FreezeCause> CAUSES = List.of(FreezeCause.values());
    private static final int MOVING = CAUSES.indexOf(FreezeCause.NONE);
    private static final int STOPPED = CAUSES.indexOf(FreezeCause.STOPPED);

    private final Buffer weights;
    private final Buffer state;
    private final Optional<Buffer> moments;
    private final Buffer cause;
    private final Buffer causeStep;
    private final Buffer lossBuffer;
    private final View loss;
    private final NetworkValues values;
    private final LayerViews parameters;
    private final LayerViews gradient;
    private final View hyper;
    private final Health health;
    private final Parameters update;

    TrainBuffers(Arena arena, TrainTask task, ParameterLayout layout) {
        int replicas = task.replicas();
        DType dtype = task.initial().dtype();
        int slots = task.spec().optimiser().rule().stateSlots();
        weights = arena.openArena("weights").upload(task.initial());
        state = arena.openArena("optimiser state").zeros(dtype, Shape.of(replicas, slots * layout.size()));
        moments = moments(arena, task);
        Arena marks = arena.openArena("health");
        cause = marks.zeros(DType.I32, Shape.of(replicas));
        causeStep = marks.zeros(DType.I64, Shape.of(replicas));
        lossBuffer = arena.openArena("loss").zeros(DType.F64, Shape.of(replicas));
        loss = lossBuffer.view();
        parameters = layout.views(weights.view());
        values = new NetworkValues(
                parameters, moments.map(buffer -> task.student().state().views(buffer.view())));
        gradient = layout.views(arena.openArena("gradient")
                .zeros(dtype, Shape.of(replicas, layout.size()))
                .view());
        hyper = arena.openArena("hyper-parameters")
                .upload(task.spec().optimiser().matrix(replicas))
                .view();
        health = new Health(cause.view(), causeStep.view());
        Optional<View> mask = mask(task, layout)
                .map(words -> arena.openArena("mask").upload(words).view());
        update = new Parameters(parameters.flat(), gradient.flat(), state.view(), mask);
    }

    private static Optional<Buffer> moments(Arena arena, TrainTask task) {
        if (task.student().state().size() == 0) {
            return Optional.empty();
        }
        HostTensor start = task.state().orElseGet(() -> Initializer.state(task.student(), task.replicas()));
        return Optional.of(arena.openArena("running moments").upload(start));
    }

    private static Optional<HostTensor> mask(TrainTask task, ParameterLayout layout) {
        if (task.spec().constraints().frozenLayers().isEmpty()) {
            return task.mask();
        }
        ParameterMask layers = ParameterMask.allMove(layout);
        task.spec().constraints().frozenLayers().forEach(layers::freezeLayer);
        HostTensor words = layers.words(task.replicas());
        task.mask().ifPresent(given -> {
            for (int i = 0; i < words.length(); i++) {
                words.ints()[i] &= given.ints()[i];
            }
        });
        return Optional.of(words);
    }

    NetworkValues values() {
        return values;
    }

    LayerViews parameters() {
        return parameters;
    }

    LayerViews gradient() {
        return gradient;
    }

    View loss() {
        return loss;
    }

    View hyper() {
        return hyper;
    }

    Health health() {
        return health;
    }

    Parameters update() {
        return update;
    }

    List<ReplicaStatus> status() {
        int[] causes = cause.download().ints();
        long[] steps = causeStep.download().longs();
        List<ReplicaStatus> status = new ArrayList<>(causes.length);
        for (int r = 0; r < causes.length; r++) {
            FreezeCause why = CAUSES.get(causes[r]);
            status.add(new ReplicaStatus(r, why, why == FreezeCause.NONE ? -1 : steps[r]));
        }
        return status;
    }

    /**
     * Freezes moving replicas whose last loss makes the rule stop them.
     *
     * @param step the last update done
     * @return true if no replica moves any more
     */
    boolean stopReplicas(StopRule rule, long step) {
        HostTensor causes = cause.download();
        HostTensor steps = causeStep.download();
        double[] losses = lossBuffer.download().doubles();
        boolean changed = false;
        boolean moving = false;
        for (int r = 0; r < losses.length; r++) {
            boolean moves = causes.ints()[r] == MOVING;
            if (moves && rule.stops(losses[r])) {
                causes.ints()[r] = STOPPED;
                steps.longs()[r] = step;
                changed = true;
            } else {
                moving |= moves;
            }
        }
        if (changed) {
            cause.upload(causes);
            causeStep.upload(steps);
        }
        return !moving;
    }

    private Map<String, Buffer> persistent() {
        Map<String, Buffer> named = new LinkedHashMap<>();
        named.put(Checkpoint.PARAMETERS, weights);
        named.put(Checkpoint.STATE, state);
        moments.ifPresent(buffer -> named.put(Checkpoint.MOMENTS, buffer));
        named.put(Checkpoint.CAUSE, cause);
        named.put(Checkpoint.CAUSE_STEP, causeStep);
        named.put(Checkpoint.LOSS, lossBuffer);
        return named;
    }

    Map<String, HostTensor> save() {
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        persistent().forEach((name, buffer) -> tensors.put(name, buffer.download()));
        return tensors;
    }

    /** All or nothing: every tensor is looked at before the first is uploaded. */
    void restore(Checkpoint checkpoint) {
        persistent().forEach((name, buffer) -> {
            HostTensor saved = checkpoint.tensor(name);
            if (saved.dtype() != buffer.dtype() || !saved.shape().equals(buffer.shape())) {
                throw new CheckpointException("The checkpoint's \"" + name + "\" is " + saved + ", this run needs "
                        + buffer.dtype() + " " + buffer.shape() + ".");
            }
        });
        requireCauses(checkpoint.tensor(Checkpoint.CAUSE));
        persistent().forEach((name, buffer) -> buffer.upload(checkpoint.tensor(name)));
    }

    private static void requireCauses(HostTensor causes) {
        for (int code : causes.ints()) {
            if (code < 0 || code >= CAUSES.size()) {
                throw new CheckpointException("The checkpoint gives a replica the unknown freeze cause " + code + ".");
            }
        }
    }
}
