package dev.rectifier.gradients;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.View;
import dev.rectifier.model.Keep;
import dev.rectifier.model.Mlp;
import dev.rectifier.model.Tape;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;

/** Forward and backward passes of a {@link Problem} on an engine. */
final class Passes {
    private Passes() {}

    /**
     * What a pass leaves.
     *
     * @param losses F64 [R]
     * @param gradient [R, P]
     * @param masks of every hidden layer
     * @param margin distance of the nearest pre-activation, or hinge margin, from its kink
     */
    record Result(HostTensor losses, HostTensor gradient, List<HostTensor> masks, double margin) {
        /** True when both went through the same gates. */
        boolean sameGates(Result other) {
            for (int l = 0; l < masks.size(); l++) {
                if (!masks.get(l).sameBits(other.masks.get(l))) {
                    return false;
                }
            }
            return true;
        }
    }

    static Result run(Engine engine, Problem problem, DType type) {
        try (Arena arena = engine.openArena("passes")) {
            Mlp network = new Mlp(engine, problem.spec());
            Tape tape = network.tape(
                    arena, type, Problem.REPLICAS, Problem.EXAMPLES, EnumSet.of(Keep.SIGNALS, Keep.PRE_ACTIVATIONS));
            View parameters = place(arena, problem.parameters(), type);
            View x = place(arena, problem.x(), type);
            View targets = problem.targets().dtype() == DType.I32
                    ? arena.upload(problem.targets()).view()
                    : place(arena, problem.targets(), type);
            network.forward(tape, parameters, x);
            View losses = arena.zeros(DType.F64, Shape.of(Problem.REPLICAS)).view();
            View slopes = arena.zeros(type, tape.output().shape()).view();
            engine.losses().evaluate(problem.kind(), losses, slopes, tape.output(), targets, problem.scale());
            View gradient = arena.zeros(type, problem.parameters().shape()).view();
            network.backward(tape, parameters, x, slopes, gradient);
            return result(problem, tape, losses, gradient);
        }
    }

    private static View place(Arena arena, HostTensor values, DType type) {
        return arena.upload(HostTensor.rounded(type, values.shape(), values.toDoubles()))
                .view();
    }

    private static Result result(Problem problem, Tape tape, View losses, View gradient) {
        List<HostTensor> masks = new ArrayList<>();
        double margin = problem.kind() == LossKind.HINGE ? hingeMargin(problem, tape.output()) : 1;
        for (int l = 0; l < problem.spec().hidden().size(); l++) {
            masks.add(tape.mask(l).download());
            for (double z : tape.preActivation(l).download().toDoubles()) {
                margin = Math.min(margin, Math.abs(z));
            }
        }
        return new Result(losses.download(), gradient.download(), masks, margin);
    }

    private static double hingeMargin(Problem problem, View output) {
        HostTensor outputs = output.download();
        double margin = 1;
        for (int i = 0; i < outputs.length(); i++) {
            margin = Math.min(margin, Math.abs(1 - problem.targets().get(i) * outputs.get(i)));
        }
        return margin;
    }
}
