package dev.rectifier.train;

import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.PopulationNets;
import dev.rectifier.model.Activation;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.Parametrisation;

/** Refuses tasks over a whole distribution of inputs whose expectations have no closed form here. */
final class PopulationCheck {
    private static final String PURPOSE = "The expectation over all Gaussian inputs";

    private PopulationCheck() {}

    static void requireFit(TrainTask task) {
        require(
                task.spec().loss().kind() == LossKind.SQUARED,
                "the loss is " + task.spec().loss().kind() + ", not squared");
        require(
                task.spec().loss().convention() != Loss.Convention.SUM,
                "a sum over all examples is infinite: take a mean");
        require(task.targets() instanceof Targets.Teacher, "no teacher says the targets");
        requireNet("student", student(task));
        requireNet("teacher", teacher(task));
    }

    private static void requireNet(String who, MlpSpec net) {
        require(net.hidden().size() == 1, "the " + who + " has " + net.hidden().size() + " hidden layers, not one");
        require(!net.bias(), "the " + who + " has biases");
        require(net.activation() == Activation.RELU, "the " + who + " is linear");
        require(
                net.parametrisation() == Parametrisation.STANDARD,
                "the " + who + "'s parametrisation " + net.parametrisation() + " has multipliers");
    }

    private static MlpSpec student(TrainTask task) {
        return task.student().mlp(PURPOSE);
    }

    private static MlpSpec teacher(TrainTask task) {
        return ((Targets.Teacher) task.targets()).spec().mlp(PURPOSE);
    }

    /** The widths of a task that fits. */
    static PopulationNets nets(TrainTask task) {
        MlpSpec student = student(task);
        MlpSpec teacher = teacher(task);
        return new PopulationNets(student.inputs(), student.width(1), teacher.width(1), student.outputs());
    }

    private static void require(boolean fits, String why) {
        if (!fits) {
            throw new IllegalArgumentException(
                    "The expectation over all Gaussian inputs has no closed form for this task: " + why
                            + ". Train it on FreshInputs instead.");
        }
    }
}
