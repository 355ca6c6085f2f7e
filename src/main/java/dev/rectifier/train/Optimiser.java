package dev.rectifier.train;

import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Collections;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * An update rule with its hyper-parameters, each one number for all replicas or one per replica.
 *
 * @param rule how a gradient becomes a step
 * @param hyper every {@link Hyper} to its values: a list of 1 or of R
 */
public record Optimiser(UpdateRule rule, Map<Hyper, List<Double>> hyper) {
    private static final List<Hyper> COLUMNS = List.of(Hyper.values());

    public Optimiser {
        Map<Hyper, List<Double>> complete = new EnumMap<>(Hyper.class);
        for (Hyper name : Hyper.values()) {
            List<Double> values = List.copyOf(hyper.getOrDefault(name, List.of(0.0)));
            requireValues(name, values);
            complete.put(name, values);
        }
        hyper = Collections.unmodifiableMap(complete);
    }

    private static void requireValues(Hyper name, List<Double> values) {
        if (values.isEmpty()) {
            throw new IllegalArgumentException(
                    "Hyper-parameter " + name + " has no value: give one, or one per replica.");
        }
        for (double value : values) {
            if (!Double.isFinite(value)) {
                throw new IllegalArgumentException("Hyper-parameter " + name + " must be finite, not " + value + ".");
            }
        }
    }

    /** Plain gradient descent. */
    public static Optimiser sgd(double learningRate) {
        return new Optimiser(UpdateRule.SGD, Map.of(Hyper.LEARNING_RATE, List.of(learningRate)));
    }

    /** Heavy-ball momentum, without dampening. */
    public static Optimiser momentum(double learningRate, double momentum) {
        return withMomentum(UpdateRule.MOMENTUM, learningRate, momentum);
    }

    /** Nesterov's momentum, as in PyTorch. */
    public static Optimiser nesterov(double learningRate, double momentum) {
        return withMomentum(UpdateRule.NESTEROV, learningRate, momentum);
    }

    private static Optimiser withMomentum(UpdateRule rule, double learningRate, double momentum) {
        return new Optimiser(
                rule, Map.of(Hyper.LEARNING_RATE, List.of(learningRate), Hyper.MOMENTUM, List.of(momentum)));
    }

    /** Adam with factors 0.9 and 0.999 and epsilon 1e-8. Kingma and Ba 2015. */
    public static Optimiser adam(double learningRate) {
        return new Optimiser(
                UpdateRule.ADAM,
                Map.of(
                        Hyper.LEARNING_RATE, List.of(learningRate),
                        Hyper.MOMENTUM, List.of(0.9),
                        Hyper.BETA2, List.of(0.999),
                        Hyper.EPSILON, List.of(1e-8)));
    }

    /** The same value for all replicas. */
    public Optimiser with(Hyper name, double value) {
        return with(name, List.of(value));
    }

    /** One value per replica (or a list of one). */
    public Optimiser with(Hyper name, List<Double> values) {
        Map<Hyper, List<Double>> changed = new EnumMap<>(hyper);
        changed.put(name, values);
        return new Optimiser(rule, changed);
    }

    /** What replicas {@code first .. first + count - 1} of R would be given alone. */
    public Optimiser replicas(int first, int count) {
        Map<Hyper, List<Double>> part = new EnumMap<>(hyper);
        part.replaceAll((name, values) -> values.size() == 1 ? values : values.subList(first, first + count));
        return new Optimiser(rule, part);
    }

    /**
     * The matrix {@code UpdateOps.step} reads: F64 [R, 7].
     *
     * @throws IllegalArgumentException if a list is neither 1 nor R long
     */
    HostTensor matrix(int replicas) {
        HostTensor matrix = HostTensor.zeros(DType.F64, Shape.of(replicas, Hyper.count()));
        hyper.forEach((name, values) -> {
            if (values.size() != 1 && values.size() != replicas) {
                throw new IllegalArgumentException("Hyper-parameter " + name + " has " + values.size() + " values for "
                        + replicas + " replicas: give one, or one per replica.");
            }
            for (int r = 0; r < replicas; r++) {
                matrix.set(r * Hyper.count() + COLUMNS.indexOf(name), values.get(values.size() == 1 ? 0 : r));
            }
        });
        return matrix;
    }
}
