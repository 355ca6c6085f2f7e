package dev.rectifier.study.luckmatters;

import dev.rectifier.data.DataSource;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.GuardedUpdate;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import dev.rectifier.model.LayerViews;
import dev.rectifier.model.Mlp;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import dev.rectifier.train.Checkpoint;
import dev.rectifier.train.CheckpointException;
import dev.rectifier.train.Control;
import dev.rectifier.train.Listener;
import dev.rectifier.train.Outcome;
import dev.rectifier.train.ReplicaStatus;
import dev.rectifier.train.TrainingLoop;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The closed loop of R students under the matrix dynamics: {@link SeparatedGradient}, a plain step, then every row of every
 * layer (with its bias) divided by its norm. Watched, stopped and resumed like a {@code Trainer}. Owns its buffers; close it
 * before the engine.
 */
final class SeparatedLoop implements TrainingLoop {
    private static final String CAUSE = "health cause";
    private static final String CAUSE_STEP = "health step";
    private static final String LOSS = "loss";

    private final SeparatedTask task;
    private final DataSource data;
    private final Engine engine;
    private final Arena arena;
    private final Mlp student;
    private final Map<String, Buffer> persistent = new LinkedHashMap<>();
    private final LayerViews parameters;
    private final LayerViews gradient;
    private final View loss;
    private final View hyper;
    private final Health health;
    private final Parameters update;
    private final SeparatedGradient dynamics;
    private long step;

    /** Allocates everything and uploads the starting parameters; the data's buffers stay the caller's. */
    static SeparatedLoop open(Engine engine, SeparatedTask task, DataSource data) {
        Arena arena = engine.openArena("matrix dynamics");
        try {
            return new SeparatedLoop(engine, arena, task, data);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private SeparatedLoop(Engine engine, Arena arena, SeparatedTask task, DataSource data) {
        this.engine = engine;
        this.arena = arena;
        this.task = task;
        this.data = data;
        student = new Mlp(engine, task.student());
        Shape perReplica = Shape.of(replicas());
        persistent.put(Checkpoint.PARAMETERS, arena.upload(task.initial()));
        persistent.put(CAUSE, arena.zeros(DType.I32, perReplica));
        persistent.put(CAUSE_STEP, arena.zeros(DType.I64, perReplica));
        persistent.put(LOSS, arena.zeros(DType.F64, perReplica));
        parameters = student.layout().views(buffer(Checkpoint.PARAMETERS).view());
        gradient = student.layout()
                .views(arena.zeros(DType.F64, task.initial().shape()).view());
        loss = buffer(LOSS).view();
        hyper = arena.upload(rates()).view();
        health = new Health(buffer(CAUSE).view(), buffer(CAUSE_STEP).view());
        View none = arena.zeros(DType.F64, Shape.of(replicas(), 0)).view();
        update = new Parameters(parameters.flat(), gradient.flat(), none, Optional.empty());
        dynamics = new SeparatedGradient(engine, arena, student, parameters, task.teacher(), data.largestBatch());
    }

    private Buffer buffer(String name) {
        return Optional.ofNullable(persistent.get(name)).orElseThrow();
    }

    private HostTensor rates() {
        HostTensor matrix = HostTensor.zeros(DType.F64, Shape.of(replicas(), Hyper.count()));
        for (int r = 0; r < replicas(); r++) {
            matrix.set(r * Hyper.count() + Hyper.LEARNING_RATE.column(), task.rate());
        }
        return matrix;
    }

    /** Trains from the present step to the last one; order of events as in {@code Trainer.run}. */
    @Override
    public Outcome run(Control control) {
        while (step < steps()) {
            if (control.stopRequested().getAsBoolean()) {
                control.checkpoints().accept(checkpoint());
                return new Outcome(Outcome.End.INTERRUPTED, step, status());
            }
            observe(control.listeners());
            advance();
            control.progress().at(step, steps());
            if (step < steps() && control.checkpointCadence().fires(step, steps())) {
                control.checkpoints().accept(checkpoint());
            }
        }
        control.checkpoints().accept(checkpoint());
        observe(control.listeners());
        return new Outcome(Outcome.End.COMPLETED, step, status());
    }

    private void observe(List<Listener> listeners) {
        listeners.forEach(listener -> listener.observe(this));
    }

    /** One update of every replica that still moves. */
    void advance() {
        dynamics.compute(data.batch(step).x(), gradient, loss);
        engine.update().guardedStep(new GuardedUpdate(UpdateRule.SGD, update, hyper, health, loss), 1, step);
        for (int l = 0; l < student.spec().layers(); l++) {
            engine.update().normalizeRows(parameters.weight(l), parameters.bias(l), health);
        }
        step++;
    }

    Checkpoint checkpoint() {
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        persistent.forEach((name, held) -> tensors.put(name, held.download()));
        return new Checkpoint(task.identity(), step, tensors);
    }

    /**
     * Continues from a checkpoint.
     *
     * @return nothing to say
     * @throws CheckpointException if it belongs to other settings
     */
    @Override
    public List<String> restore(Checkpoint checkpoint) {
        if (!checkpoint.identity().equals(task.identity())) {
            throw new CheckpointException("The checkpoint belongs to a run of matrix dynamics with other settings, so"
                    + " resuming would not continue it: it was made with " + checkpoint.identity() + ", this run has "
                    + task.identity() + ". Restore these settings or start anew.");
        }
        persistent.forEach((name, held) -> held.upload(checkpoint.tensor(name)));
        step = checkpoint.step();
        return List.of();
    }

    @Override
    public String way() {
        return "step by step: the matrix dynamics have a loop of their own";
    }

    @Override
    public void advance(long updates) {
        for (long i = 0; i < updates; i++) {
            advance();
        }
    }

    @Override
    public long step() {
        return step;
    }

    @Override
    public long steps() {
        return task.steps();
    }

    @Override
    public int replicas() {
        return Math.toIntExact(task.initial().shape().dim(0));
    }

    @Override
    public Engine engine() {
        return engine;
    }

    @Override
    public Mlp network() {
        return student;
    }

    @Override
    public LayerViews parameters() {
        return parameters;
    }

    @Override
    public View loss() {
        return loss;
    }

    @Override
    public LayerViews gradient() {
        return gradient;
    }

    @Override
    public List<ReplicaStatus> status() {
        int[] causes = buffer(CAUSE).download().ints();
        long[] steps = buffer(CAUSE_STEP).download().longs();
        List<ReplicaStatus> status = new ArrayList<>();
        for (int r = 0; r < causes.length; r++) {
            FreezeCause cause = FreezeCause.of(causes[r]);
            status.add(new ReplicaStatus(r, cause, cause == FreezeCause.NONE ? -1 : steps[r]));
        }
        return status;
    }

    @Override
    public void close() {
        arena.close();
    }
}
