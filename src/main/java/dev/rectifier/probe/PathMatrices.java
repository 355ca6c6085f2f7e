package dev.rectifier.probe;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.model.Keep;
import dev.rectifier.model.LayerViews;
import dev.rectifier.model.Mlp;
import dev.rectifier.model.Tape;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import dev.rectifier.train.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * E[beta*], E[H*] and E[H] of every hidden layer over some inputs, without a matrix per example: with J(x) [K, W] the Jacobian
 * of the outputs with respect to the activations of a layer, J* the teacher's, and D, D* the layers' gates, beta* = J^T J*,
 * H = D J^T J D and H* = D J^T J* D*. Outputs are taken one after another: a backward pass that starts at output k of all
 * examples leaves row k of J and of J D on the tape; the products of the stacked rows are added up, so nothing of size N K W
 * is ever stored. The constant node is left out. Buffers belong to the arena it was made in.
 *
 * <p>Cost: K backward passes and per layer N K (W^2 + 2 W M) multiply-adds for each replica. Source: Luck Matters, gradient
 * relation and heat maps of H*.
 */
final class PathMatrices {
    private final Engine engine;
    private final View inputs;
    private final Mlp student;
    private final Tape tape;
    private final Mlp teacher;
    private final LayerViews teacherParameters;
    private final Tape teacherTape;
    private final View unit;
    private final List<Sums> layers = new ArrayList<>();

    /** Running sums of one layer, and a product on its way into one. */
    private record Sums(Sum beta, Sum hStar, Sum h) {}

    private record Sum(View total, View part) {
        static Sum zeros(Arena arena, DType dtype, long replicas, long rows, long columns) {
            Shape shape = Shape.of(replicas, rows, columns);
            return new Sum(
                    arena.zeros(dtype, shape).view(),
                    arena.allocate(dtype, shape).view());
        }

        /** total = total + left^T right / N. */
        void add(Engine engine, View left, View right) {
            engine.dense().weightGradient(part, left, right);
            engine.pointwise().axpy(total, 1.0 / left.dim(1), part);
        }
    }

    /**
     * @param truth the teacher, parameters [R, P]
     * @param inputs [R, N, D], may be shared
     */
    PathMatrices(Engine engine, Arena arena, Mlp student, Targets.Teacher truth, View inputs) {
        this.engine = engine;
        this.inputs = inputs;
        this.student = student;
        teacher = new Mlp(engine, truth.spec().mlp("A comparison of paths with a teacher"));
        teacherParameters =
                teacher.layout().views(arena.upload(truth.parameters()).view());
        tape = tape(arena, student);
        teacherTape = tape(arena, teacher);
        unit = arena.upload(unitPattern()).view();
        for (int l = 0; l < student.spec().hidden().size(); l++) {
            long width = student.spec().hidden().get(l);
            long other = teacher.spec().hidden().get(l);
            layers.add(new Sums(sum(arena, width, other), sum(arena, width, other), sum(arena, width, width)));
        }
        teacher.forward(teacherTape, teacherParameters, inputs);
    }

    private Tape tape(Arena arena, Mlp network) {
        Set<Keep> kept = Set.of(Keep.SIGNALS, Keep.ACTIVATION_GRADIENTS);
        return network.tape(arena, inputs.dtype(), inputs.replicas(), inputs.dim(1), kept);
    }

    private Sum sum(Arena arena, long rows, long columns) {
        return Sum.zeros(arena, inputs.dtype(), inputs.replicas(), rows, columns);
    }

    /** A one at every K-th place of K (N + 1): seen from K - k on, N rows with a one in column k. */
    private HostTensor unitPattern() {
        int outputs = student.spec().outputs();
        double[] pattern = new double[Math.toIntExact(outputs * (inputs.dim(1) + 1))];
        for (int i = 0; i < pattern.length; i += outputs) {
            pattern[i] = 1;
        }
        return HostTensor.rounded(inputs.dtype(), Shape.of(1, pattern.length), pattern);
    }

    /** d output_k / d outputs, for every example: [R, N, K], shared. */
    private View output(int k) {
        long outputs = student.spec().outputs();
        return new View(unit.buffer(), outputs - k, 0, Shape.of(inputs.replicas(), inputs.dim(1), outputs));
    }

    /** Averages anew, for these parameters of the student [R, P]. */
    void refresh(LayerViews parameters) {
        student.forward(tape, parameters, inputs);
        for (Sums layer : layers) {
            engine.pointwise().fill(layer.beta().total(), 0);
            engine.pointwise().fill(layer.hStar().total(), 0);
            engine.pointwise().fill(layer.h().total(), 0);
        }
        for (int k = 0; k < student.spec().outputs(); k++) {
            student.signals(tape, parameters, output(k));
            teacher.signals(teacherTape, teacherParameters, output(k));
            for (int l = 0; l < layers.size(); l++) {
                add(l);
            }
        }
    }

    private void add(int l) {
        layers.get(l).beta().add(engine, tape.activationGradient(l), teacherTape.activationGradient(l));
        layers.get(l).hStar().add(engine, tape.signal(l), teacherTape.signal(l));
        layers.get(l).h().add(engine, tape.signal(l), tape.signal(l));
    }

    /** E[beta*] of hidden layer l: [R, W, M]. */
    View betaStar(int l) {
        return layers.get(l).beta().total();
    }

    /** E[H*] of hidden layer l: [R, W, M]. */
    View hStar(int l) {
        return layers.get(l).hStar().total();
    }

    /** E[H] of hidden layer l: [R, W, W]. */
    View h(int l) {
        return layers.get(l).h().total();
    }
}
