package dev.rectifier.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rectifier.probe.HostNetwork.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The relation against derivatives of the loss: -d loss / d z_l is -d loss / d b_l, taken by central differences. */
class GradientRelationTest {
    private static final int[] TEACHER = {4, 5, 6, 7, 4};
    private static final int[] STUDENT = {4, 10, 12, 14, 4};
    private static final double STEP = 1e-6;

    /** Central differences of a piecewise quadratic: exact up to rounding, about 1e-16 * loss / STEP with loss below 100. */
    private static final double TOLERANCE = 1e-8;

    private final SplittableRandom random = new SplittableRandom(20190531);
    private final List<Layer> teacher = layers(TEACHER);
    private final List<Layer> student = layers(STUDENT);
    private final double[] input = values(4);

    @Test
    void recursionGivesTheDescentDirectionOfEveryHiddenNode() {
        double[][] signals = GradientRelation.between(new HostNetwork(student), new HostNetwork(teacher))
                .recursive(input);
        for (int l = 1; l < student.size(); l++) {
            for (int k = 0; k < signals[l].length; k++) {
                assertThat(signals[l][k]).isCloseTo(-derivative(l, k), within(TOLERANCE));
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
                assertThat(factored[l][k]).isCloseTo(recursive[l][k], within(1e-12));
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
        assertThat(worst).isGreaterThan(1e-2);
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
        double[] own = last(new HostNetwork(moved).activations(input));
        double[] other = last(new HostNetwork(teacher).activations(input));
        double sum = 0;
        for (int i = 0; i < own.length; i++) {
            sum += (own[i] - other[i]) * (own[i] - other[i]) / 2;
        }
        return sum;
    }

    private static double[] last(double[][] activations) {
        return activations[activations.length - 1];
    }

    private List<Layer> layers(int[] widths) {
        List<Layer> layers = new ArrayList<>();
        for (int l = 1; l < widths.length; l++) {
            double[][] weight = new double[widths[l]][];
            for (int k = 0; k < weight.length; k++) {
                weight[k] = values(widths[l - 1]);
            }
            layers.add(new Layer(weight, values(widths[l])));
        }
        return layers;
    }

    private double[] values(int count) {
        return random.doubles(count, -1, 1).toArray();
    }
}
