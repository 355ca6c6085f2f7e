package dev.rectifier.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import java.math.BigDecimal;
import java.math.MathContext;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

/** The oracle's arithmetic against decimal arithmetic of 60 digits. */
class DoubleDoubleTest {
    private static final MathContext DIGITS = new MathContext(60);
    private static final BigDecimal BOUND = BigDecimal.valueOf(2).pow(-100, DIGITS);

    private final SplittableRandom random = new SplittableRandom(106);

    private DoubleDouble draw() {
        double high = random.nextDouble(-1, 1) * Math.scalb(1.0, random.nextInt(-40, 40));
        return DoubleDouble.of(high).plus(DoubleDouble.of(high * random.nextDouble() * 0x1p-53));
    }

    private static BigDecimal decimal(DoubleDouble x) {
        return new BigDecimal(x.high()).add(new BigDecimal(x.low()));
    }

    private static void requireNear(DoubleDouble found, BigDecimal expected, BigDecimal size) {
        assertThat(decimal(found).subtract(expected).abs())
                .isLessThanOrEqualTo(size.abs().multiply(BOUND));
    }

    @Test
    void everyOperationKeepsAHundredBits() {
        for (int i = 0; i < 1000; i++) {
            DoubleDouble a = draw();
            DoubleDouble b = draw();
            BigDecimal x = decimal(a);
            BigDecimal y = decimal(b);
            requireNear(a.plus(b), x.add(y), x.abs().add(y.abs()));
            requireNear(a.minus(b), x.subtract(y), x.abs().add(y.abs()));
            requireNear(a.times(b), x.multiply(y), x.multiply(y));
            requireNear(a.over(b), x.divide(y, DIGITS), x.divide(y, DIGITS));
            requireNear(a.times(a).root(), x.abs(), x);
        }
        DoubleDouble base = DoubleDouble.of(0.999);
        requireNear(base.power(100), decimal(base).pow(100, DIGITS), BigDecimal.ONE);
    }

    @Test
    void whatIsNotFiniteStaysItself() {
        DoubleDouble infinite = DoubleDouble.of(Double.POSITIVE_INFINITY);
        assertThat(infinite.plus(DoubleDouble.of(1)).high()).isInfinite();
        assertThat(infinite.times(DoubleDouble.of(-1)).high()).isEqualTo(Double.NEGATIVE_INFINITY);
        assertThat(DoubleDouble.of(1).over(infinite).high()).isZero();
        assertThat(DoubleDouble.of(1).over(DoubleDouble.of(0)).high()).isInfinite();
        assertThat(DoubleDouble.of(1e300).times(DoubleDouble.of(1e300)).high()).isInfinite();
        assertThat(infinite.minus(infinite).high()).isNaN();
        assertThat(infinite.root().high()).isInfinite();
    }
}
