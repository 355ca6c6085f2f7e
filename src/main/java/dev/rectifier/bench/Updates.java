package dev.rectifier.bench;

import dev.rectifier.engine.Health;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One step of an update rule over flat parameters. */
final class Updates {
    /** So small that a million repeated steps leave every number in its range. */
    private static final double RATE = 1e-6;

    private Updates() {}

    /** The rule over [R, P]: state, gradient and weights in, state and weights out. */
    static Operation step(UpdateRule rule, long r, long p) {
        Slot state = Slot.in(r, rule.stateSlots() * p)
                .with(new Slot.Content.Uniform())
                .inPlace();
        int number = rule == UpdateRule.ADAM ? 0 : 1; // the first of all would overwrite momentum instead of reading it
        Operation step = Operation.of(
                flopsPerParameter(rule) * r * p,
                (engine, v) -> engine.update().step(rule, parameters(v), v.get(3), health(v), 1, number),
                Slot.in(r, p).inPlace(),
                Slot.in(r, p),
                state,
                Slot.in(r, Hyper.count()).of(DType.F64).with(hyper()),
                Slot.in(r).of(DType.I32).with(new Slot.Content.Constant(0)),
                Slot.in(r).of(DType.I64).with(new Slot.Content.Constant(0)));
        return words(rule, r * p).map(step::asking).orElse(step);
    }

    private static Optional<PeerWords> words(UpdateRule rule, long size) {
        List<Long> shape = List.of(size);
        PeerWords.Operand weights = PeerWords.slot(0, size);
        PeerWords.Operand gradient = PeerWords.slot(1, size);
        PeerWords.Operand first = PeerWords.part(2, 0, rule.stateSlots());
        PeerWords.Operand second = PeerWords.part(2, 1, rule.stateSlots());
        Map<String, Double> hyper = Map.of("rate", RATE, "momentum", 0.9, "beta2", 0.999, "epsilon", 1e-8);
        return switch (rule) {
            case SGD ->
                Optional.of(PeerWords.of("sgd", shape, List.of(weights, gradient), weights)
                        .with(hyper));
            case MOMENTUM ->
                Optional.of(PeerWords.of("momentum", shape, List.of(weights, gradient, first), weights, first)
                        .with(hyper));
            case ADAM ->
                Optional.of(
                        PeerWords.of("adam", shape, List.of(weights, gradient, first, second), weights, first, second)
                                .with(hyper));
            case NESTEROV -> Optional.empty();
        };
    }

    /** The finiteness guard over a gradient [R, P]. */
    static Operation guard(long r, long p) {
        return Operation.of(
                0,
                (engine, v) -> engine.update().guard(new Health(v.get(2), v.get(3)), v.get(1), v.get(0), 0),
                Slot.in(r, p),
                Slot.in(r).of(DType.F64),
                Slot.in(r).of(DType.I32).with(new Slot.Content.Constant(0)).inPlace(),
                Slot.in(r).of(DType.I64).with(new Slot.Content.Constant(0)));
    }

    private static Parameters parameters(List<View> v) {
        return new Parameters(v.get(0), v.get(1), v.get(2), Optional.empty());
    }

    private static Health health(List<View> v) {
        return new Health(v.get(4), v.get(5));
    }

    private static Slot.Content hyper() {
        double[] row = new double[Hyper.count()];
        row[Hyper.LEARNING_RATE.column()] = RATE;
        row[Hyper.MOMENTUM.column()] = 0.9;
        row[Hyper.BETA2.column()] = 0.999;
        row[Hyper.EPSILON.column()] = 1e-8;
        return new Slot.Content.Given(Arrays.stream(row).boxed().toList());
    }

    private static double flopsPerParameter(UpdateRule rule) {
        return switch (rule) {
            case SGD -> 2;
            case MOMENTUM -> 4;
            case NESTEROV -> 6;
            case ADAM -> 12;
        };
    }
}
