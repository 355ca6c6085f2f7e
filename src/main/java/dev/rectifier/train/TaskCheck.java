package dev.rectifier.train;

import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.model.NetworkSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.model.Parametrisation;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;

/** Refuses tasks whose parts do not fit, before anything is allocated. */
final class TaskCheck {
    private TaskCheck() {}

    static void requireFit(TrainTask task) {
        requireInitial(task);
        requireData(task);
        requireBatches(task);
        task.spec().constraints().requireFit(task.student());
        requireRule(task.student().parametrisation(), task.spec().optimiser().rule());
        if (task.targets() instanceof Targets.Teacher teacher) {
            requireTeacher(task, teacher);
        }
        task.mask().ifPresent(mask -> requireMask(task, mask));
        task.state().ifPresent(state -> requireState(task, state));
        requireNoise(task);
        if (task.data().isPopulation()) {
            PopulationCheck.requireFit(task);
        }
    }

    private static void requireInitial(TrainTask task) {
        HostTensor initial = task.initial();
        long p = ParameterLayout.of(task.student()).size();
        require(
                initial.dtype().isFloating()
                        && initial.shape().rank() == 2
                        && initial.shape().dim(1) == p,
                "Initial parameters are " + initial + "; this student needs F32 or F64 [R, " + p + "].");
    }

    private static void requireData(TrainTask task) {
        require(
                task.data().replicas() == task.replicas(),
                "The data are for " + task.data().replicas() + " replicas, the parameters for " + task.replicas()
                        + ".");
        require(
                task.data().inputs() == task.student().inputs(),
                "The data have " + task.data().inputs() + " inputs, the student takes "
                        + task.student().inputs() + ".");
        require(
                task.data().dtype() == task.initial().dtype(),
                "The data are " + task.data().dtype() + ", the parameters "
                        + task.initial().dtype() + ": make both of one type.");
    }

    private static void requireBatches(TrainTask task) {
        int least = task.student().leastExamples();
        require(
                task.data().smallestBatch() >= least,
                "The data have a batch of " + task.data().smallestBatch()
                        + " examples, and a BatchNorm of the student takes" + " moments of at least " + least
                        + ": choose another batch size.");
    }

    private static void requireRule(Parametrisation parametrisation, UpdateRule rule) {
        boolean fits = switch (parametrisation) {
            case STANDARD, NTK, MEAN_FIELD -> true;
            case MU_P -> rule != UpdateRule.ADAM;
            case MU_P_ADAM -> rule == UpdateRule.ADAM;
        };
        require(
                fits,
                "Parametrisation " + parametrisation + " does not go with the rule " + rule
                        + ": use MU_P_ADAM for ADAM and MU_P for the others.");
    }

    private static void requireTeacher(TrainTask task, Targets.Teacher teacher) {
        NetworkSpec spec = teacher.spec();
        require(
                spec.inputs() == task.student().inputs()
                        && spec.outputs() == task.student().outputs(),
                "The teacher maps " + spec.inputs() + " to " + spec.outputs() + ", the student "
                        + task.student().inputs() + " to " + task.student().outputs() + ".");
        HostTensor parameters = teacher.parameters();
        long p = ParameterLayout.of(spec).size();
        long blocks = parameters.shape().dim(0);
        require(
                parameters.dtype() == task.initial().dtype()
                        && parameters.shape().dim(1) == p
                        && (blocks == 1 || blocks == task.replicas()),
                "Teacher parameters are " + parameters + "; this task needs "
                        + task.initial().dtype() + " [" + task.replicas() + " or 1, " + p + "].");
        requireTeacherState(task, teacher);
        boolean labels = teacher.answer() == Targets.Teacher.Answer.LABEL;
        require(
                labels == (task.spec().loss().kind() == LossKind.SOFTMAX_CROSS_ENTROPY),
                "The loss " + task.spec().loss().kind() + " does not go with a teacher that answers " + teacher.answer()
                        + ": the cross-entropy takes LABEL, the others OUTPUTS.");
    }

    private static void requireState(TrainTask task, HostTensor state) {
        Shape needed = Shape.of(task.replicas(), task.student().state().size());
        require(
                state.dtype() == DType.F64 && state.shape().equals(needed),
                "The starting running moments are " + state + "; this student needs F64 " + needed + ".");
    }

    private static void requireNoise(TrainTask task) {
        require(
                !task.student().isNoisy() || task.noise().isPresent(),
                "The student has dropout, so training draws numbers: give the task streams for them (TrainTask.withNoise).");
        task.noise()
                .ifPresent(streams -> require(
                        streams.replicas() == task.replicas(),
                        "The streams of the student's dropout are for " + streams.replicas()
                                + " replicas, the parameters for " + task.replicas() + "."));
    }

    private static void requireTeacherState(TrainTask task, Targets.Teacher teacher) {
        long size = teacher.spec().state().size();
        require(
                size == 0 || teacher.state().isPresent(),
                "The teacher has running moments, and they are not given: say them (Targets.Teacher.withState).");
        teacher.state().ifPresent(state -> {
            long blocks = state.shape().dim(0);
            require(
                    state.dtype() == DType.F64
                            && state.shape().rank() == 2
                            && state.shape().dim(1) == size
                            && (blocks == 1 || blocks == task.replicas()),
                    "The teacher's running moments are " + state + "; this task needs F64 [" + task.replicas()
                            + " or 1, " + size + "].");
        });
    }

    private static void requireMask(TrainTask task, HostTensor mask) {
        long words = PointwiseOps.maskWords(ParameterLayout.of(task.student()).size());
        require(
                mask.dtype() == DType.I32 && mask.shape().equals(Shape.of(task.replicas(), words)),
                "The parameter mask is " + mask + "; this task needs I32 [" + task.replicas() + ", " + words + "].");
    }

    private static void require(boolean fits, String message) {
        if (!fits) {
            throw new IllegalArgumentException(message);
        }
    }
}
