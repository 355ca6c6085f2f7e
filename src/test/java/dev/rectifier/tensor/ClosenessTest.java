package dev.rectifier.tensor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ClosenessTest {
    private static Closeness compare(double actual, double expected, double bound) {
        HostTensor found = HostTensor.of(Shape.of(1), new double[] {actual});
        return Closeness.of(found, new double[] {expected}, new double[] {bound});
    }

    @Test
    void reportsTheWorstElementAndItsShareOfTheBound() {
        HostTensor found = HostTensor.of(Shape.of(2, 2), new float[] {1f, 2f, 3f, 4f});
        Closeness closeness = Closeness.of(found, new double[] {1, 2.25, 3.5, 4}, new double[] {1, 1, 1, 1});
        assertThat(closeness.worst()).isEqualTo(2);
        assertThat(closeness.share()).isEqualTo(0.5);
        assertThat(closeness.within()).isTrue();
        assertThat(closeness).hasToString(closeness.toString()).asString().contains("worst at 2", "found 3.0");
    }

    @Test
    void aZeroBoundAsksForEqualityAndTakesBothZerosAsOne() {
        assertThat(compare(0.0, -0.0, 0).within()).isTrue();
        assertThat(compare(1, Math.nextUp(1.0), 0).within()).isFalse();
    }

    @Test
    void aNanPassesOnlyWhereItIsExpected() {
        assertThat(compare(Double.NaN, 1, Double.MAX_VALUE).within()).isFalse();
        assertThat(compare(1, Double.NaN, Double.MAX_VALUE).within()).isFalse();
        assertThat(compare(Double.NaN, Double.NaN, 0).within()).isTrue();
        assertThat(compare(Double.NaN, Double.POSITIVE_INFINITY, 1).within()).isFalse();
    }

    @Test
    void anInfinityPassesOnlyAsItselfOrAsAnOverflowOfItsSign() {
        double inf = Double.POSITIVE_INFINITY;
        assertThat(compare(inf, inf, 0).within()).isTrue();
        assertThat(compare(-inf, inf, 1).within()).isFalse();
        assertThat(compare(inf, 1, 1).within()).isFalse();
        HostTensor overflow = HostTensor.of(Shape.of(1), new float[] {Float.POSITIVE_INFINITY});
        double[] bound = {1e30};
        assertThat(Closeness.of(overflow, new double[] {4e38}, bound).within()).isTrue();
        assertThat(Closeness.of(overflow, new double[] {-4e38}, bound).within()).isFalse();
        assertThat(Closeness.of(overflow, new double[] {1e38}, bound).within()).isFalse();
    }

    @Test
    void refusesLengthsAndBoundsThatMakeNoSense() {
        HostTensor two = HostTensor.of(Shape.of(2), new float[2]);
        assertThatThrownBy(() -> Closeness.of(two, new double[3], new double[3]))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("3 expected values");
        assertThatThrownBy(() -> compare(1, 2, Double.NaN)).hasMessageContaining("bound");
        assertThat(Closeness.of(HostTensor.of(Shape.of(0), new float[0]), new double[0], new double[0])
                        .within())
                .isTrue();
    }
}
