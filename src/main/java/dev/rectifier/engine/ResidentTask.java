package dev.rectifier.engine;

import java.util.List;
import java.util.Optional;

/**
 * What a {@link Resident} trains, and where its state lies.
 *
 * @param inputs what a step sees
 * @param student the network
 * @param teacher who says the targets; empty: the feed carries them
 * @param loss terms of the loss
 * @param rule how a gradient becomes a step
 * @param state the buffers
 * @param unitNormLayers after every step, rows of these layers (with their biases) are divided by their norm
 */
public record ResidentTask(
        Inputs inputs,
        ResidentNet student,
        Optional<Teacher> teacher,
        LossKind loss,
        UpdateRule rule,
        State state,
        List<Integer> unitNormLayers) {

    /** A task by examples. */
    public ResidentTask(
            ResidentNet student,
            Optional<Teacher> teacher,
            LossKind loss,
            UpdateRule rule,
            State state,
            List<Integer> unitNormLayers) {
        this(Inputs.EXAMPLES, student, teacher, loss, rule, state, unitNormLayers);
    }

    /** What a step sees. */
    public enum Inputs {
        /** A batch of a stream or of a set. */
        EXAMPLES,
        /** All of N(0, I_D): loss and gradient are expectations in closed form, as {@link PopulationOps} takes them. */
        POPULATION
    }

    /** The same networks seeing other inputs. */
    public ResidentTask seeing(Inputs others) {
        return new ResidentTask(others, student, teacher, loss, rule, state, unitNormLayers);
    }

    /** Whether a step sees all inputs at once. */
    public boolean isPopulation() {
        return inputs == Inputs.POPULATION;
    }

    /**
     * Widths of student and teacher where the task is one of the population.
     *
     * @throws ShapeException if these networks have no closed form: what would have
     */
    public PopulationNets populationNets() {
        ResidentNet taught = teacher.map(Teacher::net).orElse(student);
        if (teacher.isEmpty() || loss != LossKind.SQUARED || !student.isRectifiedPair() || !taught.isRectifiedPair()) {
            throw new ShapeException(
                    "Expectations over all inputs have a closed form for the squared loss of a student and a "
                            + "teacher with one hidden ReLU layer and without biases, not for the loss " + loss + " of "
                            + student
                            + (teacher.isEmpty() ? " without a teacher." : " and " + taught + "."));
        }
        return new PopulationNets(student.inputs(), student.out(0), taught.out(0), student.outputs());
    }

    /**
     * A network that says the targets.
     *
     * @param parameters [R, P], may be shared
     * @param answersLabel whether the target is the index of its largest output, for the cross-entropy
     */
    public record Teacher(ResidentNet net, View parameters, boolean answersLabel) {}

    /**
     * The buffers of an ensemble.
     *
     * @param parameters weights, gradient, optimiser state and mask
     * @param hyper F64 [R, {@link Hyper#count()}]
     * @param health which replicas train
     * @param loss F64 [R] out: of the last batch
     */
    public record State(Parameters parameters, View hyper, Health health, View loss) {}
}
