package dev.rectifier.train;

import dev.rectifier.data.Batch;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Captured;
import dev.rectifier.engine.DraftEngine;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Feed;
import dev.rectifier.engine.Resident;
import dev.rectifier.engine.Stretch;
import dev.rectifier.engine.View;
import dev.rectifier.model.LayerViews;
import dev.rectifier.model.Network;
import dev.rectifier.model.NetworkValues;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The training loop of R networks in lock-step, closed: batch, targets, forward, loss, backward, guard, update, projection;
 * nothing is allocated on the device after construction but the ring of listeners that look back. Where the engine can, steps that nobody looks at are done in few
 * calls (see {@link Way}). Whatever is measured is a {@link Listener}.
 *
 * <p>Owns its buffers in an arena of its own; close it before the engine. The data source's buffers stay the caller's.
 * Used by one thread.
 *
 * <pre>
 * try (Trainer trainer = new Trainer(engine, task)) {
 *     Outcome outcome = trainer.run(Control.of(Cadence.every(100).calling(probe)));
 * }
 * </pre>
 */
public final class Trainer implements TrainingLoop {
    static final String ARENA = "trainer";
    private static final long LOOK = 4096; // steps between two looks whether any replica still moves
    private final Engine engine;
    private final TrainTask task;
    private final Arena arena;
    private final Network student;
    private final TrainBuffers buffers;
    private final StepPlan.Workspace workspace;
    private final List<StepPlan> plans = new ArrayList<>();
    private final Residency residency;
    private final Optional<CapturedTraining> captured;
    private final Optional<StreamedTraining> streamed;
    private final Map<String, String> identity;
    private final Pace pace = new Pace();
    private Optional<ProbeRing> ring = Optional.empty();
    private Optional<RingWatch> watch = Optional.empty();
    private long step;

    /**
     * Checks the task, allocates everything and uploads the starting parameters.
     *
     * @throws IllegalArgumentException if the parts of the task do not fit
     * @throws dev.rectifier.engine.OutOfDeviceMemoryException before anything is allocated, if the memory does not suffice:
     *     how much is needed and free, and how many replicas would fit
     */
    public Trainer(Engine engine, TrainTask task) {
        this(engine, task, Way.AUTO);
    }

    /**
     * The same, with the way of training forced.
     *
     * @throws IllegalArgumentException if the task cannot be trained that way; it says why
     */
    public Trainer(Engine engine, TrainTask task, Way way) {
        TaskCheck.requireFit(task);
        this.engine = engine;
        this.task = task;
        student = Network.of(engine, task.student());
        MemoryPlan.requireFit(engine, task, way);
        arena = engine.openArena(ARENA);
        try {
            workspace = StepPlan.Workspace.allocate(engine, arena, task, student);
            buffers = workspace.buffers();
            planFor(task.data().batch(0));
            residency = Residency.choose(
                    way, engine, task, buffers, workspace.targets().teacherParameters());
            identity = Identity.of(engine.info(), task, residency.way(engine, task));
            captured = captured();
            streamed = residency.streamed().map(asked -> new StreamedTraining(engine, arena, task, workspace, asked));
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private Optional<CapturedTraining> captured() {
        return residency.way() == Way.CAPTURED
                ? task.data().recorded().map(source -> new CapturedTraining(engine, task, source, this::record))
                : Optional.empty();
    }

    private void record(Batch batch, View factors, long now) {
        planFor(batch).record(factors, now);
    }

    private StepPlan planFor(Batch batch) {
        for (int i = 0; i < plans.size(); i++) {
            if (plans.get(i).fits(batch)) {
                return plans.get(i);
            }
        }
        StepPlan plan = new StepPlan(workspace, batch);
        plans.add(plan);
        return plan;
    }

    /**
     * Trains from the present step to the last one.
     *
     * <p>Between two steps, in this order: progress, the stop rule, a checkpoint if one is due, the stop request, listeners. After
     * the last: progress, the stop rule, the final checkpoint, listeners. Listeners that {@linkplain Listener#looksBack look
     * back} are called after the stretch that passes their step, before everything else.
     */
    @Override
    public Outcome run(Control control) {
        watch = watch(control.listeners());
        try {
            return watched(control);
        } finally {
            watch = Optional.empty();
        }
    }

    private Optional<RingWatch> watch(List<Listener> listeners) {
        if (residency.resident().isEmpty() || !ProbeRing.isWanted(listeners, steps())) {
            return Optional.empty();
        }
        if (ring.isEmpty()) {
            long room = engine.memory().available();
            ring = Optional.of(ProbeRing.Extent.fitting(task, replicas(), room))
                    .filter(extent -> extent.slots() > 0)
                    .map(extent -> ProbeRing.Buffers.allocate(arena.openArena(ProbeRing.ARENA), task, extent))
                    .map(buffers -> new ProbeRing(engine, student.layout(), buffers));
        }
        return ring.map(present -> new RingWatch(this, present, listeners));
    }

    @Override
    public MemoryPlan ring(List<Listener> listeners, int count, long room) {
        try (DraftEngine draft = new DraftEngine(engine.info())) {
            if (residency.resident().isPresent() && ProbeRing.isWanted(listeners, steps())) {
                ProbeRing.Extent extent = ProbeRing.Extent.fitting(task, count, room);
                if (extent.slots() > 0) {
                    ProbeRing.Buffers.allocate(draft.openArena(ARENA).openArena(ProbeRing.ARENA), task, extent);
                }
            }
            return MemoryPlan.of(draft, count, count);
        }
    }

    @Override
    public List<DraftEngine.Entry> host() {
        return task.data().host();
    }

    private Outcome watched(Control control) {
        while (step < steps()) {
            if (control.stopRequested().getAsBoolean()) {
                control.checkpoints().accept(checkpoint());
                return outcome(Outcome.End.INTERRUPTED);
            }
            observe(control.listeners());
            long start = control.nanoClock().getAsLong();
            long updates = quiet(control);
            advance(updates);
            if (updates > 1) {
                engine.synchronize(); // or the pace would be that of asking
            }
            pace.took(updates, control.nanoClock().getAsLong() - start);
            control.progress().at(step, steps());
            if (allFrozen() && !control.goesOn()) {
                return finish(control, Outcome.End.ALL_FROZEN);
            }
            if (step < steps() && control.checkpointCadence().fires(step, steps())) {
                control.checkpoints().accept(checkpoint());
            }
        }
        return finish(control, Outcome.End.COMPLETED);
    }

    /** Applies the stop rule at its steps; whether nothing moves any more is looked at from time to time in any case. */
    private boolean allFrozen() {
        StopRule rule = task.spec().stopRule();
        boolean asked = step % rule.every() == 0;
        return (asked || step % LOOK == 0) && buffers.stopReplicas(asked ? rule : StopRule.NEVER, step - 1);
    }

    private Outcome finish(Control control, Outcome.End end) {
        control.checkpoints().accept(checkpoint());
        observe(control.listeners());
        return outcome(end);
    }

    private void observe(List<Listener> listeners) {
        for (int i = 0; i < listeners.size(); i++) {
            listeners.get(i).observe(this);
        }
    }

    private Outcome outcome(Outcome.End end) {
        return new Outcome(end, step, status());
    }

    /** How many updates nobody looks at, the next one included. */
    private long quiet(Control control) {
        if (residency.way() == Way.STEPWISE) {
            return 1;
        }
        long every = task.spec().stopRule().every();
        long toLook = Math.min(every - step % every, LOOK - step % LOOK);
        long to = Math.min(steps(), step + Math.min(pace.stretch(), toLook));
        to = control.checkpointCadence().next(step + 1, to, steps());
        for (Listener listener : control.listeners()) {
            to = watch.isPresent() && listener.looksBack() ? to : listener.next(step + 1, to, steps());
        }
        return (watch.isPresent() ? watch.get().plan(step, to) : to) - step;
    }

    /** One update of every replica that still moves, without listeners, stop rule or checkpoints. */
    public void advance() {
        advance(1);
    }

    /** As many updates, without listeners, stop rule or checkpoints. */
    @Override
    public void advance(long updates) {
        long last = step + updates;
        while (step < last) {
            if (residency.resident().isPresent()) {
                stretch(residency.resident().get(), last - step);
            } else if (streamed.isPresent()) {
                step += streamed.get().run(step, last - step);
            } else if (captured.isPresent()) {
                step += captured.get().run(step, last - step);
            } else {
                Batch batch = task.data().batch(step);
                planFor(batch).run(step);
                step++;
            }
        }
    }

    private void stretch(Resident resident, long most) {
        int count = (int) task.data().alike(step, Math.min(most, Pace.LONGEST));
        double[] factors = new double[count];
        for (int i = 0; i < count; i++) {
            factors[i] = task.spec().schedule().factor(step + i);
        }
        Feed feed = task.data().feed(step).orElseThrow();
        double scale = task.spec().loss().scale(feed.examples(), task.student().outputs());
        long first = step;
        resident.train(feed, new Stretch(first, factors, scale, watch.flatMap(w -> w.ring(first, count))));
        step += count;
        watch.ifPresent(w -> w.tell(first, count));
    }

    /** Which {@link Way} was chosen and why, in words. */
    @Override
    public String way() {
        return residency.why();
    }

    /** What recorded steps took so far; empty where none are (see {@link Way#CAPTURED}). */
    public Optional<Captured.Counts> recordedSteps() {
        return captured.map(CapturedTraining::counts);
    }

    /** The state now. Waits for the device. */
    public Checkpoint checkpoint() {
        return new Checkpoint(identity, step, buffers.save());
    }

    /**
     * Continues from a checkpoint: the next {@link #run} does exactly what the run that made it would have done.
     *
     * @return one line per circumstance that is another one now (the device, a library's version): the bits may then differ
     *     from those of a run that was never interrupted
     * @throws CheckpointException if it belongs to a run with other settings (which it lists) or does not fit; nothing is
     *     changed then
     */
    @Override
    public List<String> restore(Checkpoint checkpoint) {
        List<String> circumstances = Identity.requireSame(checkpoint.identity(), identity);
        if (checkpoint.step() > steps()) {
            throw new CheckpointException(
                    "The checkpoint is of step " + checkpoint.step() + ", this run ends at " + steps() + ".");
        }
        buffers.restore(checkpoint);
        step = checkpoint.step();
        return circumstances;
    }

    /** What the numbers of this run depend on, as setting to value: what {@link #restore} compares. */
    public Map<String, String> identity() {
        return Map.copyOf(identity);
    }

    @Override
    public long step() {
        return step;
    }

    @Override
    public long steps() {
        return task.spec().steps();
    }

    @Override
    public int replicas() {
        return task.replicas();
    }

    @Override
    public Engine engine() {
        return engine;
    }

    @Override
    public Network network() {
        return student;
    }

    @Override
    public NetworkValues values() {
        return buffers.values();
    }

    @Override
    public LayerViews parameters() {
        return buffers.parameters();
    }

    @Override
    public View loss() {
        return buffers.loss();
    }

    @Override
    public LayerViews gradient() {
        return buffers.gradient();
    }

    @Override
    public List<ReplicaStatus> status() {
        return buffers.status();
    }

    @Override
    public void close() {
        captured.ifPresent(CapturedTraining::close);
        arena.close();
    }
}
