package dev.rectifier.train;

import dev.rectifier.data.Batch;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.GuardedUpdate;
import dev.rectifier.engine.PopulationNets;
import dev.rectifier.engine.View;
import dev.rectifier.model.LayerViews;
import dev.rectifier.model.Network;
import dev.rectifier.model.Pass;
import dev.rectifier.model.PassKind;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.Optional;

/** The operations of one step at one batch size: a fixed sequence on fixed buffers, that allocates nothing. */
final class StepPlan {
    private final Workspace workspace;
    private final View x;
    private final TargetMaker.Bound targets;
    private final Pass pass;
    private final View dOutput;
    private final double lossScale;
    private final GuardedUpdate update;

    /** Two networks whose distance is an expectation over all inputs; {@code teacher} [R, P of the teacher]. */
    record Population(PopulationNets nets, View teacher) {
        static Optional<Population> of(TrainTask task, TargetMaker targets) {
            return task.data().isPopulation()
                    ? targets.teacherParameters().map(t -> new Population(PopulationCheck.nets(task), t))
                    : Optional.empty();
        }
    }

    /**
     * What the plans of all batch sizes share.
     *
     * @param pass for the largest batch
     * @param dOutput [R, N, K] for the largest batch
     * @param population if the loss is an expectation over all inputs: then no batch is looked at
     */
    record Workspace(
            Engine engine,
            Network student,
            TrainSpec spec,
            TrainBuffers buffers,
            Pass pass,
            View dOutput,
            TargetMaker targets,
            RateScaling rates,
            Projection projection,
            Optional<Population> population) {
        /** Allocates everything a trainer holds, in {@code arena}. */
        static Workspace allocate(Engine engine, Arena arena, TrainTask task, Network student) {
            DType dtype = task.initial().dtype();
            int replicas = task.replicas();
            long examples = task.data().largestBatch();
            boolean sharedInputs = replicas == 1 || task.data().batch(0).x().isShared();
            TrainBuffers buffers = new TrainBuffers(arena, task, student.layout());
            Shape outputs = Shape.of(replicas, examples, task.student().outputs());
            Pass pass = student.pass(arena, dtype, replicas, examples, PassKind.TRAINING.withNoise(task.noise()));
            View dOutput =
                    arena.openArena("output gradient").allocate(dtype, outputs).view();
            TargetMaker targets = TargetMaker.of(engine, arena, task, sharedInputs);
            return new Workspace(
                    engine,
                    student,
                    task.spec(),
                    buffers,
                    pass,
                    dOutput,
                    targets,
                    RateScaling.of(task.student(), task.spec().optimiser().rule(), buffers.gradient()),
                    Projection.of(arena, task.spec().constraints().unitNormLayers(), buffers.parameters()),
                    Population.of(task, targets));
        }
    }

    StepPlan(Workspace workspace, Batch batch) {
        this.workspace = workspace;
        x = batch.x();
        targets = workspace.targets().bind(batch);
        pass = workspace.pass().first(batch.examples());
        dOutput = workspace.dOutput().rows(0, batch.examples());
        lossScale = workspace
                .spec()
                .loss()
                .scale(batch.examples(), workspace.student().spec().outputs());
        TrainBuffers buffers = workspace.buffers();
        update = new GuardedUpdate(
                workspace.spec().optimiser().rule(),
                buffers.update(),
                buffers.hyper(),
                buffers.health(),
                buffers.loss());
    }

    boolean fits(Batch batch) {
        return x.dim(1) == batch.examples();
    }

    /** Loss, gradient and update of every replica for the batch that is in the buffers now. */
    void run(long step) {
        gradient(step);
        workspace
                .engine()
                .update()
                .guardedStep(update, workspace.spec().schedule().factor(step), step);
        settle();
    }

    /** The same to be recorded: the schedule's factor comes from a table F64 [R, S]. */
    void record(View factors, long step) {
        gradient(step);
        workspace.engine().capture().guardedStep(update, factors, step);
        settle();
    }

    /** What follows an update, for replicas that were not frozen by it. */
    private void settle() {
        workspace.projection().apply(workspace.engine().update(), update.health());
        Optional<LayerViews> moments = workspace.buffers().values().state();
        if (moments.isPresent()) {
            pass.track(moments.get(), update.health());
        }
    }

    private void gradient(long step) {
        lossAndGradient(step);
        workspace.rates().apply(workspace.engine().pointwise());
    }

    private void lossAndGradient(long step) {
        if (workspace.population().isPresent()) {
            expectation(workspace.population().get());
        } else {
            batch(step);
        }
    }

    private void batch(long step) {
        TrainBuffers buffers = workspace.buffers();
        targets.fill().run();
        pass.forward(buffers.values(), x, step);
        workspace
                .engine()
                .losses()
                .evaluate(
                        workspace.spec().loss().kind(),
                        buffers.loss(),
                        dOutput,
                        pass.output(),
                        targets.targets(),
                        lossScale);
        pass.backward(buffers.values(), x, dOutput, buffers.gradient());
    }

    private void expectation(Population population) {
        TrainBuffers buffers = workspace.buffers();
        workspace
                .engine()
                .population()
                .squaredRelu(
                        buffers.loss(),
                        buffers.gradient().flat(),
                        buffers.parameters().flat(),
                        population.teacher(),
                        population.nets(),
                        lossScale);
    }
}
