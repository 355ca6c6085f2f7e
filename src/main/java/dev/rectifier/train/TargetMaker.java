package dev.rectifier.train;

import dev.rectifier.data.Batch;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.model.Network;
import dev.rectifier.model.NetworkValues;
import dev.rectifier.model.Pass;
import dev.rectifier.model.PassKind;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Optional;

/** Makes the targets of a batch, for batches of any size up to the largest. */
sealed interface TargetMaker {
    /** Fixed for one batch object: the targets' view, and the work that fills it before every step. */
    record Bound(View targets, Runnable fill) {}

    Bound bind(Batch batch);

    /** The teacher's parameters as all replicas see them, if a teacher says the targets. */
    default Optional<View> teacherParameters() {
        return Optional.empty();
    }

    static TargetMaker of(Engine engine, Arena arena, TrainTask task, boolean sharedInputs) {
        if (task.targets() instanceof Targets.Teacher teacher) {
            boolean once = isOne(teacher.parameters())
                    && teacher.state().map(TargetMaker::isOne).orElse(true)
                    && sharedInputs;
            return new FromTeacher(engine, arena, teacher, task, once ? 1 : task.replicas());
        }
        return new FromData();
    }

    private static boolean isOne(HostTensor perReplica) {
        return perReplica.shape().dim(0) == 1;
    }

    /** The source says. */
    record FromData() implements TargetMaker {
        @Override
        public Bound bind(Batch batch) {
            View targets = batch.targets()
                    .orElseThrow(() -> new IllegalArgumentException(
                            "The task takes its targets from the data, but the source carries none: give the set targets, or"
                                    + " the task a teacher."));
            return new Bound(targets, () -> {});
        }
    }

    /** A teacher says; once for all replicas where teacher and inputs are shared. */
    final class FromTeacher implements TargetMaker {
        private final Engine engine;
        private final View stored;
        private final NetworkValues values;
        private final Pass pass;
        private final View labels;
        private final boolean answersLabels;
        private final long replicas;

        FromTeacher(Engine engine, Arena trainer, Targets.Teacher targets, TrainTask task, long evaluated) {
            this.engine = engine;
            Network teacher = Network.of(engine, targets.spec());
            Arena arena = trainer.openArena("teacher");
            replicas = task.replicas();
            stored = arena.openArena("weights").upload(targets.parameters()).view();
            Optional<View> state = targets.state()
                    .map(moments ->
                            arena.openArena("running moments").upload(moments).view());
            values = new NetworkValues(
                    teacher.layout().views(stored.seenBy(evaluated)),
                    state.map(view -> targets.spec().state().views(view.seenBy(evaluated))));
            long examples = task.data().largestBatch();
            pass = teacher.pass(arena, task.initial().dtype(), evaluated, examples, PassKind.INFERENCE);
            labels = arena.openArena("labels")
                    .allocate(DType.I32, Shape.of(evaluated, examples))
                    .view();
            answersLabels = targets.answer() == Targets.Teacher.Answer.LABEL;
        }

        @Override
        public Optional<View> teacherParameters() {
            return Optional.of(stored.seenBy(replicas));
        }

        @Override
        public Bound bind(Batch batch) {
            Pass fitting = pass.first(batch.examples());
            View x = batch.x().replicas(0, pass.replicas());
            if (!answersLabels) {
                return new Bound(fitting.output().seenBy(replicas), () -> fitting.forward(values, x));
            }
            View answer = labels.rows(0, batch.examples());
            return new Bound(answer.seenBy(replicas), () -> {
                fitting.forward(values, x);
                engine.reduce().argmax(answer, fitting.output());
            });
        }
    }
}
