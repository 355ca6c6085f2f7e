package dev.rectifier.train;

import dev.rectifier.data.Batch;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.GuardedUpdate;
import dev.rectifier.engine.PopulationNets;
import dev.rectifier.engine.UpdateOps;
import dev.rectifier.engine.View;
import dev.rectifier.model.Mlp;
import dev.rectifier.model.Tape;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.Optional;

/** The operations of one step at one batch size: a fixed sequence on fixed buffers, that allocates nothing. */
final class StepPlan {
    private final Workspace workspace;
    private final View x;
    private final TargetMaker.Bound targets;
    private final Tape tape;
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
     * @param tape for the largest batch
     * @param dOutput [R, N, K] for the largest batch
     * @param population if the loss is an expectation over all inputs: then no batch is looked at
     */
    record Workspace(
            Engine engine,
            Mlp student,
            TrainSpec spec,
            TrainBuffers buffers,
            Tape tape,
            View dOutput,
            TargetMaker targets,
            RateScaling rates,
            Projection projection,
            Optional<Population> population) {
        /** Allocates everything a trainer holds, in {@code arena}. */
        static Workspace allocate(Engine engine, Arena arena, TrainTask task, Mlp student) {
            DType dtype = task.initial().dtype();
            int replicas = task.replicas();
            long examples = task.data().largestBatch();
            boolean sharedInputs = replicas == 1 || task.data().batch(0).x().isShared();
            TrainBuffers buffers = new TrainBuffers(arena, task, student.layout());
            Shape outputs = Shape.of(replicas, examples, task.student().outputs());
            Tape tape = student.trainingTape(arena, dtype, replicas, examples);
            View dOutput =
                    arena.openArena("output gradient").allocate(dtype, outputs).view();
            TargetMaker targets = TargetMaker.of(engine, arena, task, sharedInputs);
            return new Workspace(
                    engine,
                    student,
                    task.spec(),
                    buffers,
                    tape,
                    dOutput,
                    targets,
                    RateScaling.of(task.student(), task.spec().optimiser().rule(), buffers.gradient()),
                    Projection.of(
                            arena, task.student(), task.spec().constraints().unitNormLayers(), buffers.parameters()),
                    Population.of(task, targets));
        }
    }

    StepPlan(Workspace workspace, Batch batch) {
        this.workspace = workspace;
        x = batch.x();
        targets = workspace.targets().bind(batch);
        tape = workspace.tape().first(batch.examples());
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
        gradient();
        UpdateOps ops = workspace.engine().update();
        ops.guardedStep(update, workspace.spec().schedule().factor(step), step);
        workspace.projection().apply(ops, update.health());
    }

    /** The same to be recorded: the schedule's factor comes from a table F64 [R, S]. */
    void record(View factors, long step) {
        gradient();
        workspace.engine().capture().guardedStep(update, factors, step);
        workspace.projection().apply(workspace.engine().update(), update.health());
    }

    private void gradient() {
        lossAndGradient();
        workspace.rates().apply(workspace.engine().pointwise());
    }

    private void lossAndGradient() {
        if (workspace.population().isPresent()) {
            expectation(workspace.population().get());
        } else {
            batch();
        }
    }

    private void batch() {
        TrainBuffers buffers = workspace.buffers();
        targets.fill().run();
        workspace.student().forward(tape, buffers.parameters(), x);
        workspace
                .engine()
                .losses()
                .evaluate(
                        workspace.spec().loss().kind(),
                        buffers.loss(),
                        dOutput,
                        tape.output(),
                        targets.targets(),
                        lossScale);
        workspace.student().backward(tape, buffers.parameters(), x, dOutput, buffers.gradient());
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
