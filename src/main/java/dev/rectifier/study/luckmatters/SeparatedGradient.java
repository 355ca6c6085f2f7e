package dev.rectifier.study.luckmatters;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.View;
import dev.rectifier.model.Keep;
import dev.rectifier.model.LayerViews;
import dev.rectifier.model.Mlp;
import dev.rectifier.model.Tape;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The matrix dynamics of Luck Matters under separated expectations, dW_l = L*_l W*_l H*_{l+1}^T - L_l W_l H_{l+1}^T with
 * L = E[f f^T], L* = E[f f*^T] over a batch (f with a constant node), as a gradient in the engine's layout. Since
 * L_l W_l = E[f z^T], that is back-propagation with the signal H(x) z(x) - H*(x) z*(x) of an example replaced by
 * E[H] z(x) - E[H*] z*(x): L is never formed. As in the authors' code the constant node is left out of H, so that for one
 * example this is the exact gradient wherever the biases above the layer agree with the teacher's.
 * Computes in fp64 (the element-wise products leave the engine as such); per step and replica about
 * 2 N (W^2 + W M) multiply-adds per hidden layer beyond the passes. Source: Luck Matters, matrix dynamics, and its code.
 */
final class SeparatedGradient {
    private final Engine engine;
    private final Mlp student;
    private final LayerViews parameters;
    private final Tape tape;
    private final Mlp teacher;
    private final LayerViews teacherParameters;
    private final Tape teacherTape;
    private final View residual;
    private final List<SeparatedLevel> levels = new ArrayList<>();

    /**
     * @param parameters the student's [R, P], F64
     * @param truth the teacher, parameters [R, P] in F64
     * @param examples N of every batch
     */
    SeparatedGradient(
            Engine engine, Arena arena, Mlp student, LayerViews parameters, Targets.Teacher truth, long examples) {
        this.engine = engine;
        this.student = student;
        this.parameters = parameters;
        long replicas = parameters.flat().replicas();
        tape = student.tape(arena, DType.F64, replicas, examples, Set.of(Keep.PRE_ACTIVATIONS));
        teacher = new Mlp(engine, truth.spec().mlp("The separated dynamics"));
        teacherParameters =
                teacher.layout().views(arena.upload(truth.parameters()).view());
        teacherTape = teacher.tape(arena, DType.F64, replicas, examples, Set.of(Keep.PRE_ACTIVATIONS));
        residual = arena.allocate(
                        DType.F64, Shape.of(replicas, examples, student.spec().outputs()))
                .view();
        for (int l = 0; l < student.spec().hidden().size(); l++) {
            long above = student.spec().width(l + 2);
            levels.add(new SeparatedLevel(engine, arena, tape.activation(l), teacherTape.activation(l), above));
        }
    }

    /**
     * The gradient for a batch: the negative of dW.
     *
     * @param x [R, N, D]
     * @param gradient [R, P] out
     * @param loss F64 [R] out: half the mean squared norm of the difference of the outputs
     */
    void compute(View x, LayerViews gradient, View loss) {
        teacher.forward(teacherTape, teacherParameters, x);
        student.forward(tape, parameters, x);
        double scale = Loss.HALF_SQUARED_NORM.scale(x.dim(1), student.spec().outputs());
        engine.losses().evaluate(LossKind.SQUARED, loss, residual, tape.output(), teacherTape.output(), scale);
        int top = levels.size();
        write(gradient, top, residual, tape.activation(top - 1));
        Optional<SeparatedLevel> above = Optional.empty();
        for (int l = top - 1; l >= 0; l--) {
            SeparatedLevel level = levels.get(l);
            level.refresh(above, tape, teacherTape, l, parameters.weight(l + 1), teacherParameters.weight(l + 1));
            View signal = level.signal(tape.preActivation(l), teacherTape.preActivation(l));
            write(gradient, l, signal, l == 0 ? x : tape.activation(l - 1));
            above = Optional.of(level);
        }
    }

    private void write(LayerViews gradient, int l, View signal, View input) {
        engine.dense().weightGradient(gradient.weight(l), signal, input);
        engine.dense().biasGradient(gradient.bias(l), signal);
    }
}
