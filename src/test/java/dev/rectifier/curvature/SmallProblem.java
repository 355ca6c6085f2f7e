package dev.rectifier.curvature;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.View;
import dev.rectifier.model.Chain;
import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.LayerSpec.BatchNorm;
import dev.rectifier.model.LayerSpec.Conv;
import dev.rectifier.model.LayerSpec.Dense;
import dev.rectifier.model.LayerSpec.Flatten;
import dev.rectifier.model.LayerSpec.MaxPool;
import dev.rectifier.model.LayerSpec.Relu;
import dev.rectifier.model.NetworkValues;
import dev.rectifier.model.PassKind.Mode;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * Networks of fewer than 200 weights with a loss, drawn in fp32 numbers so that both element types see the same.
 *
 * @param parameters F64 [R, P]
 * @param state F64 [R, S]
 * @param x F64 [R, M, D]
 * @param targets F64 [R, M, K] or I32 [R, M]
 */
record SmallProblem(
        String name,
        ChainSpec spec,
        Mode mode,
        LossKind loss,
        HostTensor parameters,
        HostTensor state,
        HostTensor x,
        HostTensor targets) {
    static final int EXAMPLES = 7;

    static Stream<SmallProblem> all(int replicas) {
        return Stream.of(LossKind.values())
                .flatMap(loss -> Stream.of(
                        draw("perceptron", perceptron(), Mode.EVALUATION, loss, replicas),
                        draw("normalised", normalised(), Mode.EVALUATION, loss, replicas),
                        draw("normalised", normalised(), Mode.TRAINING, loss, replicas),
                        draw("images", images(), Mode.TRAINING, loss, replicas)));
    }

    static ChainSpec perceptron() {
        return ChainSpec.of(Shape.of(4), new Dense(6), new Relu(), new Dense(5), new Relu(), new Dense(3));
    }

    static ChainSpec normalised() {
        return ChainSpec.of(
                Shape.of(4), new Dense(5), new BatchNorm(), new Relu(), new Dense(4), new Relu(), new Dense(3));
    }

    private static ChainSpec images() {
        return ChainSpec.of(
                Shape.of(2, 6, 5),
                new Conv(3, 3, 1, 1, true),
                new BatchNorm(),
                new Relu(),
                new MaxPool(2),
                new Flatten(),
                new Dense(3));
    }

    static SmallProblem draw(String name, ChainSpec spec, Mode mode, LossKind loss, int replicas) {
        SplittableRandom random = new SplittableRandom((name + mode + loss).hashCode());
        HostTensor parameters = normal(random, replicas, spec.layout().size());
        HostTensor state = normal(random, replicas, spec.state().size());
        for (int i = 0; i < state.length(); i++) {
            state.set(i, 0.5 + Math.abs(state.get(i)));
        }
        HostTensor x = normal(random, replicas, EXAMPLES, spec.inputs());
        HostTensor targets = targets(random, loss, replicas, spec.outputs());
        return new SmallProblem(name, spec, mode, loss, parameters, state, x, targets);
    }

    private static HostTensor targets(SplittableRandom random, LossKind loss, int replicas, int outputs) {
        if (loss == LossKind.SOFTMAX_CROSS_ENTROPY) {
            return filled(DType.I32, random, r -> (double) r.nextInt(outputs), replicas, EXAMPLES);
        }
        return loss == LossKind.SQUARED
                ? normal(random, replicas, EXAMPLES, outputs)
                : filled(DType.F64, random, r -> r.nextBoolean() ? 1.0 : -1.0, replicas, EXAMPLES, outputs);
    }

    static HostTensor normal(SplittableRandom random, long... extents) {
        return filled(DType.F64, random, r -> (double) (float) (0.7 * r.nextGaussian()), extents);
    }

    private static HostTensor filled(
            DType type, SplittableRandom random, Function<SplittableRandom, Double> value, long... extents) {
        HostTensor tensor = HostTensor.zeros(type, Shape.of(extents));
        for (int i = 0; i < tensor.length(); i++) {
            tensor.set(i, value.apply(random));
        }
        return tensor;
    }

    int size() {
        return Math.toIntExact(spec.layout().size());
    }

    int replicas() {
        return Math.toIntExact(parameters.shape().dim(0));
    }

    SmallProblem at(HostTensor others) {
        return new SmallProblem(name, spec, mode, loss, others, state, x, targets);
    }

    /** Replica r alone. */
    SmallProblem alone(int r) {
        return new SmallProblem(
                name, spec, mode, loss, block(parameters, r), block(state, r), block(x, r), block(targets, r));
    }

    static HostTensor block(HostTensor all, int r) {
        HostTensor one = HostTensor.zeros(all.dtype(), all.shape().tail().prepend(1));
        System.arraycopy(all.array(), r * one.length(), one.array(), 0, one.length());
        return one;
    }

    /** Example n alone, with the scale of all. */
    SmallProblem example(int n) {
        return new SmallProblem(name, spec, mode, loss, parameters, state, rowOf(x, n), rowOf(targets, n));
    }

    private static HostTensor rowOf(HostTensor all, int n) {
        int row = Math.toIntExact(all.shape().tail().tail().size());
        HostTensor one = HostTensor.zeros(
                all.dtype(),
                all.shape().tail().tail().prepend(1).prepend(all.shape().dim(0)));
        for (int r = 0; r < all.shape().dim(0); r++) {
            int from = Math.toIntExact(r * all.shape().tail().size()) + n * row;
            System.arraycopy(all.array(), from, one.array(), r * row, row);
        }
        return one;
    }

    Objective objective() {
        return Objective.mean(loss, EXAMPLES, spec.outputs());
    }

    /** On an engine, in an element type. */
    LossPoint open(Engine engine, Arena arena, DType type, Pieces pieces) {
        Problem problem = new Problem(
                new Chain(engine, spec),
                new NetworkValues(
                        spec.layout().views(uploaded(arena, type, parameters)),
                        Optional.of(spec.state().views(arena.upload(state).view()))),
                mode,
                new Problem.Examples(
                        uploaded(arena, type, x),
                        targets.dtype() == DType.I32 ? arena.upload(targets).view() : uploaded(arena, type, targets)),
                objective());
        return LossPoint.open(engine, arena, problem, pieces);
    }

    static View uploaded(Arena arena, DType type, HostTensor values) {
        return arena.upload(HostTensor.rounded(type, values.shape(), values.toDoubles()))
                .view();
    }

    @Override
    public String toString() {
        return name + " in " + mode + ", " + loss + ", R=" + replicas();
    }
}
