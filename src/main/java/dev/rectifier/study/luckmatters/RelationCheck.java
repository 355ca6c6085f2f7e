package dev.rectifier.study.luckmatters;

import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.View;
import dev.rectifier.model.Activation;
import dev.rectifier.model.InitSchemes;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.Mlp;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.Parametrisation;
import dev.rectifier.model.Tape;
import dev.rectifier.probe.Metrics;
import dev.rectifier.record.Settings;
import dev.rectifier.study.Computation;
import dev.rectifier.study.Experiment;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Back-propagates R random students against R random teachers on an engine and compares the signals of every hidden layer
 * with host code that evaluates the gradient relation in fp64 from the engine's weights. Writes per replica, for each element
 * type T, {@code error/T} (largest over layers and over nets with and without biases of the largest difference / largest
 * signal), {@code factored/F64} (factored form against recursion, or against the engine for large nets) and
 * {@code control/F64}, {@code control-least/F64} (largest and least over layers of the error without the constant node).
 */
final class RelationCheck {
    private final Settings settings;
    private final boolean large;

    /** @param large only the factored form, which forms no [W, W] matrix per example */
    RelationCheck(Settings settings, boolean large) {
        this.settings = settings;
        this.large = large;
    }

    Experiment experiment() {
        double width = settings.whole("outputs") * (double) settings.whole("student.multiple");
        double cost = settings.whole("examples") * settings.whole("networks") * width * width * 1e3;
        return new Computation(cost, replicas(), this::compute);
    }

    private int replicas() {
        return Math.toIntExact(settings.whole("networks"));
    }

    private void compute(Engine engine, Metrics metrics) {
        for (DType dtype : List.of(DType.F64, DType.F32)) {
            SignalErrors biased = errors(engine, dtype, true);
            SignalErrors plain = errors(engine, dtype, false);
            metrics.append(0, "error/" + dtype, larger(biased.relation(), plain.relation()));
            if (dtype == DType.F64) {
                metrics.append(0, "factored/F64", larger(biased.factored(), plain.factored()));
                metrics.append(0, "control/F64", biased.control());
                metrics.append(0, "control-least/F64", biased.controlLeast());
            }
        }
    }

    private static double[] larger(double[] a, double[] b) {
        double[] result = new double[a.length];
        Arrays.setAll(result, r -> Math.max(a[r], b[r]));
        return result;
    }

    private SignalErrors errors(Engine engine, DType dtype, boolean bias) {
        MlpSpec teacher = teacher(bias);
        MlpSpec student = teacher.widened(Math.toIntExact(settings.whole("student.multiple")))
                .withInit(InitSchemes.TORCH_DEFAULT);
        SeedTree seeds = SeedTree.root(settings.whole("seed"));
        HostTensor teacherParameters =
                Initializer.draw(teacher, dtype, Streams.range(seeds.child("teacher"), 0, replicas()));
        HostTensor studentParameters =
                Initializer.draw(student, dtype, Streams.range(seeds.child("student"), 0, replicas()));
        SignalErrors errors = new SignalErrors(teacher, teacherParameters, student, studentParameters, large);
        try (Arena arena = engine.openArena("gradient relation")) {
            View x = inputs(engine, arena, dtype, seeds);
            List<HostTensor> signals = signals(engine, arena, errors, x);
            errors.compare(x.download(), signals);
        }
        return errors;
    }

    private MlpSpec teacher(boolean bias) {
        List<Integer> hidden =
                settings.wholes("teacher.hidden").stream().map(Math::toIntExact).toList();
        return new MlpSpec(
                Math.toIntExact(settings.whole("inputs")),
                hidden,
                Math.toIntExact(settings.whole("outputs")),
                bias,
                Activation.RELU,
                InitSchemes.SEPARATED_TEACHER,
                Parametrisation.STANDARD);
    }

    private View inputs(Engine engine, Arena arena, DType dtype, SeedTree seeds) {
        InputShape shape = new InputShape(dtype, settings.whole("examples"), settings.whole("inputs"));
        Streams streams = Streams.range(seeds.child("inputs"), 0, replicas());
        return FiniteSet.drawn(engine, arena, StreamSpec.normal(0, 1), shape, streams, Sharing.PER_REPLICA)
                .x();
    }

    /** d loss / d z of every hidden layer, loss = half the squared norm of each example's error. */
    private static List<HostTensor> signals(Engine engine, Arena arena, SignalErrors nets, View x) {
        Mlp teacher = new Mlp(engine, nets.teacher());
        Mlp student = new Mlp(engine, nets.student());
        long replicas = x.replicas();
        Tape truth = teacher.inferenceTape(arena, x.dtype(), replicas, x.dim(1));
        teacher.forward(truth, arena.upload(nets.teacherParameters()).view(), x);
        Tape tape = student.trainingTape(arena, x.dtype(), replicas, x.dim(1));
        View parameters = arena.upload(nets.studentParameters()).view();
        student.forward(tape, parameters, x);
        View error = arena.allocate(x.dtype(), tape.output().shape()).view();
        View value = arena.zeros(DType.F64, Shape.of(replicas)).view();
        engine.losses().evaluate(LossKind.SQUARED, value, error, tape.output(), truth.output(), 0.5);
        student.signals(tape, student.layout().views(parameters), error);
        List<HostTensor> signals = new ArrayList<>();
        for (int l = 0; l < nets.student().hidden().size(); l++) {
            signals.add(tape.signal(l).download());
        }
        return signals;
    }
}
