package dev.rectifier.study.luckmatters;

import dev.rectifier.model.MlpSpec;
import dev.rectifier.probe.GradientRelation;
import dev.rectifier.probe.HostNetwork;
import dev.rectifier.probe.HostNetworks;
import dev.rectifier.tensor.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;

/** How far an engine's back-propagated signals lie from the gradient relation, per replica. */
final class SignalErrors {
    private final MlpSpec teacher;
    private final HostTensor teacherParameters;
    private final MlpSpec student;
    private final HostTensor studentParameters;
    private final boolean large;
    private final double[] relation;
    private final double[] factored;
    private final double[] control;
    private final double[] controlLeast;

    SignalErrors(
            MlpSpec teacher,
            HostTensor teacherParameters,
            MlpSpec student,
            HostTensor studentParameters,
            boolean large) {
        this.teacher = teacher;
        this.teacherParameters = teacherParameters;
        this.student = student;
        this.studentParameters = studentParameters;
        this.large = large;
        int replicas = Math.toIntExact(studentParameters.shape().dim(0));
        relation = new double[replicas];
        factored = new double[replicas];
        control = new double[replicas];
        controlLeast = new double[replicas];
    }

    MlpSpec teacher() {
        return teacher;
    }

    HostTensor teacherParameters() {
        return teacherParameters;
    }

    MlpSpec student() {
        return student;
    }

    HostTensor studentParameters() {
        return studentParameters;
    }

    double[] relation() {
        return relation.clone();
    }

    double[] factored() {
        return factored.clone();
    }

    double[] control() {
        return control.clone();
    }

    double[] controlLeast() {
        return controlLeast.clone();
    }

    /**
     * @param inputs [R, N, D]
     * @param signals per hidden layer d loss / d z [R, N, W]; g is its negative
     */
    void compare(HostTensor inputs, List<HostTensor> signals) {
        for (int r = 0; r < relation.length; r++) {
            HostNetwork own = HostNetworks.of(student, studentParameters, r);
            HostNetwork other = HostNetworks.of(teacher, teacherParameters, r);
            GradientRelation exact = GradientRelation.between(own, other);
            GradientRelation without = GradientRelation.withoutConstantNode(own, other);
            Signals engine = new Signals(inputs, signals, r);
            LayerErrors byFactors = engine.against(exact::factored);
            LayerErrors byRecursion = large ? byFactors : engine.against(exact::recursive);
            relation[r] = byRecursion.largest();
            factored[r] = large
                    ? byFactors.largest()
                    : engine.between(exact::factored, exact::recursive).largest();
            LayerErrors wrong = engine.against(without::factored);
            control[r] = wrong.largest();
            controlLeast[r] = wrong.least();
        }
    }

    /** Largest difference and largest signal per hidden layer. */
    private static final class LayerErrors {
        private final double[] difference;
        private final double[] signal;

        LayerErrors(int layers) {
            difference = new double[layers];
            signal = new double[layers];
        }

        void add(int layer, double expected, double actual) {
            difference[layer] = Math.max(difference[layer], Math.abs(expected - actual));
            signal[layer] = Math.max(signal[layer], Math.abs(actual));
        }

        double largest() {
            return relative().max().orElse(Double.NaN);
        }

        double least() {
            return relative().min().orElse(Double.NaN);
        }

        private DoubleStream relative() {
            return IntStream.range(0, signal.length).mapToDouble(l -> difference[l] / signal[l]);
        }
    }

    /** g_l of one input, by some route: element l for l = 1..L-1. */
    @FunctionalInterface
    private interface Route {
        double[][] signals(double[] input);
    }

    /** One replica's inputs and engine signals. */
    private record Signals(HostTensor inputs, List<HostTensor> signals, int replica) {
        LayerErrors against(Route route) {
            LayerErrors errors = new LayerErrors(signals.size());
            for (int n = 0; n < inputs.shape().dim(1); n++) {
                double[][] expected = route.signals(row(inputs, n));
                for (int l = 0; l < signals.size(); l++) {
                    double[] actual = row(signals.get(l), n);
                    for (int k = 0; k < actual.length; k++) {
                        errors.add(l, expected[l + 1][k], -actual[k]);
                    }
                }
            }
            return errors;
        }

        LayerErrors between(Route one, Route two) {
            LayerErrors errors = new LayerErrors(signals.size());
            for (int n = 0; n < inputs.shape().dim(1); n++) {
                double[][] first = one.signals(row(inputs, n));
                double[][] second = two.signals(row(inputs, n));
                for (int l = 0; l < signals.size(); l++) {
                    for (int k = 0; k < first[l + 1].length; k++) {
                        errors.add(l, first[l + 1][k], second[l + 1][k]);
                    }
                }
            }
            return errors;
        }

        private double[] row(HostTensor tensor, int example) {
            int width = Math.toIntExact(tensor.shape().dim(2));
            int from = Math.toIntExact((replica * tensor.shape().dim(1) + example) * width);
            double[] row = new double[width];
            Arrays.setAll(row, k -> tensor.get(from + k));
            return row;
        }
    }
}
