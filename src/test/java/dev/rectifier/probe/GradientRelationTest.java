package dev.rectifier.probe;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.probe.HostNetwork.Layer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/**
 * The relation against derivatives of the loss: -d loss / d z_l is -d loss / d b_l, taken by central differences.
 *
 * <p>Everything is exact. Weights are -1, 0 or 1, biases and inputs odd multiples of 1/2, so activations are multiples of 1/2
 * below 2^14 and the matrices of the relation whole; a shift of 2^-8 leaves 23 bits for an output and 48 for the loss. The
 * loss is quadratic along a bias while no gate moves, which is checked, and its central difference then its derivative.
 */
class GradientRelationTest {
    private static final int[] TEACHER = {4, 5, 6, 7, 4};
    private static final int[] STUDENT = {4, 10, 12, 14, 4};
    private static final double STEP = 0x1p-8;

    private final SplittableRandom random = new SplittableRandom(7);
    private final List<Layer> teacher = layers(TEACHER);
    private final List<Layer> student = layers(STUDENT);
    private final double[] input = halves(4);

    @Test
    void recursionGivesTheDescentDirectionOfEveryHiddenNode() {
        double[][] signals = GradientRelation.between(new HostNetwork(student), new HostNetwork(teacher))
                .recursive(input);
        for (int l = 1; l < student.size(); l++) {
            for (int k = 0; k < signals[l].length; k++) {
                assertThat(signals[l][k]).isEqualTo(-derivative(l, k));
            }
        }
    }

    @Test
    void factorsGiveTheSame() {
        GradientRelation relation = GradientRelation.between(new HostNetwork(student), new HostNetwork(teacher));
        double[][] recursive = relation.recursive(input);
        double[][] factored = relation.factored(input);
        for (int l = 1; l < student.size(); l++) {
            for (int k = 0; k < recursive[l].length; k++) {
                assertThat(factored[l][k]).isEqualTo(recursive[l][k]);
            }
        }
    }

    @Test
    void withoutTheConstantNodeItIsFalse() {
        double[][] signals = GradientRelation.withoutConstantNode(new HostNetwork(student), new HostNetwork(teacher))
                .recursive(input);
        double worst = 0;
        for (int k = 0; k < signals[1].length; k++) {
            worst = Math.max(worst, Math.abs(signals[1][k] + derivative(1, k)));
        }
        assertThat(worst).isPositive();
    }

    private double derivative(int l, int k) {
        return (loss(l, k, STEP) - loss(l, k, -STEP)) / (2 * STEP);
    }

    private double loss(int l, int k, double shift) {
        List<Layer> moved = new ArrayList<>(student);
        Layer old = student.get(l - 1);
        double[] bias = old.apply(new double[old.plain()[0].length]);
        bias[k] += shift;
        moved.set(l - 1, new Layer(old.plain(), bias));
        double[][] activations = new HostNetwork(moved).activations(input);
        assertThat(gates(activations)).isEqualTo(gates(new HostNetwork(student).activations(input)));
        double[] own = last(activations);
        double[] other = last(new HostNetwork(teacher).activations(input));
        double sum = 0;
        for (int i = 0; i < own.length; i++) {
            sum += (own[i] - other[i]) * (own[i] - other[i]) / 2;
        }
        return sum;
    }

    private static List<Boolean> gates(double[][] activations) {
        return Arrays.stream(activations)
                .limit(activations.length - 1)
                .flatMapToDouble(Arrays::stream)
                .mapToObj(f -> f > 0)
                .toList();
    }

    private static double[] last(double[][] activations) {
        return activations[activations.length - 1];
    }

    private List<Layer> layers(int[] widths) {
        List<Layer> layers = new ArrayList<>();
        for (int l = 1; l < widths.length; l++) {
            double[][] weight = new double[widths[l]][];
            for (int k = 0; k < weight.length; k++) {
                weight[k] = signs(widths[l - 1]);
            }
            layers.add(new Layer(weight, halves(widths[l])));
        }
        return layers;
    }

    private double[] signs(int count) {
        return random.ints(count, -1, 2).asDoubleStream().toArray();
    }

    private double[] halves(int count) {
        return random.ints(count, -2, 2).mapToDouble(i -> i + 0.5).toArray();
    }
}
