package dev.rectifier.probe;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.View;
import dev.rectifier.model.Activation;
import dev.rectifier.model.Mlp;
import dev.rectifier.model.Tape;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainState;

/**
 * A fixed set of inputs on which student and teacher are compared, shared by the probes of a run: the teacher is evaluated
 * once, the student once per step. Buffers belong to the arena it was made in; about R N (sum of widths) elements.
 */
public final class Evaluation {
    private final Engine engine;
    private final View inputs;
    private final Mlp teacher;
    private final Tape teacherTape;
    private final Mlp student;
    private final Tape studentTape;
    private final View losses;
    private long seen = -1;

    /**
     * Evaluates the teacher.
     *
     * @param teacher its spec and parameters [R, P] or [1, P]
     * @param inputs [R, N, D], may be shared
     * @param student as trained
     */
    public Evaluation(Engine engine, Arena arena, Targets.Teacher teacher, View inputs, Mlp student) {
        this.engine = engine;
        this.inputs = inputs;
        this.student = student;
        this.teacher = new Mlp(engine, teacher.spec().mlp("A comparison with a teacher layer by layer"));
        DType dtype = inputs.dtype();
        long replicas = inputs.replicas();
        teacherTape = this.teacher.inferenceTape(arena.openArena("evaluated teacher"), dtype, replicas, inputs.dim(1));
        studentTape = student.inferenceTape(arena.openArena("evaluated student"), dtype, replicas, inputs.dim(1));
        losses = arena.zeros(DType.F64, Shape.of(replicas)).view();
        this.teacher.forward(
                teacherTape,
                arena.openArena("evaluated teacher")
                        .upload(teacher.parameters())
                        .view()
                        .seenBy(replicas),
                inputs);
    }

    /** Evaluates the student as it stands, unless that was done at this step already. */
    void refresh(TrainState state) {
        if (state.step() != seen) {
            student.forward(studentTape, state.parameters(), inputs);
            seen = state.step();
        }
    }

    Engine engine() {
        return engine;
    }

    /** Number of hidden layers, the same on both sides. */
    int hiddenLayers() {
        return student.spec().hidden().size();
    }

    int replicas() {
        return Math.toIntExact(inputs.replicas());
    }

    /** N. */
    long examples() {
        return inputs.dim(1);
    }

    /** True for networks without ReLU, which have no gates. */
    boolean isLinear() {
        return teacher.spec().activation() == Activation.IDENTITY;
    }

    Tape teacherTape() {
        return teacherTape;
    }

    Tape studentTape() {
        return studentTape;
    }

    int teacherWidth(int layer) {
        return teacher.spec().hidden().get(layer);
    }

    int studentWidth(int layer) {
        return student.spec().hidden().get(layer);
    }

    /** Squared loss of the student against the teacher's outputs under a convention of scale: [R]. */
    double[] loss(Loss.Convention convention) {
        double scale = new Loss(LossKind.SQUARED, convention)
                .scale(examples(), student.spec().outputs());
        engine.losses().value(LossKind.SQUARED, losses, studentTape.output(), teacherTape.output(), scale);
        return losses.download().doubles();
    }
}
