package dev.rectifier.engine.cpu;

import dev.rectifier.engine.PopulationNets;
import java.util.Arrays;

/**
 * The hidden units of a student and, behind them, of a teacher, in fp64. A unit's weights are divided by a power of two that
 * brings the largest near 1, and its outgoing weights multiplied by it: the same function, and no square leaves the range.
 */
final class ReluUnits {
    private static final int MANTISSA = 52;
    private static final int EXPONENTS = 0x7ff;
    private static final int LARGEST = 2045; // so that the inverse of a power of two is a normal number too

    private final int units;
    private final int inputs;
    private final int outputs;
    private final double[][] rows;
    private final double[][] columns;
    private final double[] power;
    private final double[] own;
    private final double[][] out;
    private final double[][] outColumns;
    private final double[] square;

    ReluUnits(PopulationNets nets) {
        units = nets.units();
        inputs = nets.inputs();
        outputs = nets.outputs();
        rows = new double[units][inputs];
        columns = new double[inputs][units];
        power = new double[units];
        own = new double[units * outputs];
        out = new double[units][outputs];
        outColumns = new double[outputs][units];
        square = new double[units];
    }

    /** Incoming weights, divided: [M, D]. */
    double[][] rows() {
        return rows;
    }

    /** The same, [D, M]. */
    double[][] columns() {
        return columns;
    }

    /** What they were divided by: [M]. */
    double[] power() {
        return power;
    }

    /** Outgoing weights as they are: [M, K]. */
    double[] own() {
        return own;
    }

    /** Outgoing weights, multiplied: [M, K]. */
    double[][] out() {
        return out;
    }

    /** The same, [K, M]. */
    double[][] outColumns() {
        return outColumns;
    }

    /** Squared norms of the rows: [M]; made by {@link #squares}. */
    double[] square() {
        return square;
    }

    /** Puts the units of a network W [count, D], V [K, count] at {@code first} and after. */
    void load(double[] flat, int first, int count) {
        for (int u = 0; u < count; u++) {
            double divisor = powerBelow(flat, u * inputs);
            incoming(flat, u * inputs, first + u, inverse(divisor));
            power[first + u] = divisor;
            outgoing(flat, count * inputs + u, count, first + u);
        }
    }

    private void incoming(double[] flat, int from, int unit, double factor) {
        double[] row = rows[unit];
        for (int d = 0; d < inputs; d++) {
            double weight = flat[from + d] * factor;
            row[d] = weight;
            columns[d][unit] = weight;
        }
    }

    private void outgoing(double[] flat, int from, int stride, int unit) {
        for (int k = 0; k < outputs; k++) {
            double weight = flat[from + k * stride];
            own[unit * outputs + k] = weight;
            out[unit][k] = weight * power[unit];
            outColumns[k][unit] = weight * power[unit];
        }
    }

    /** The largest power of two not above the largest |weight|, kept where its inverse is normal. */
    private double powerBelow(double[] flat, int from) {
        double largest = 0;
        for (int d = 0; d < inputs; d++) {
            double size = Math.abs(flat[from + d]);
            largest = size > largest ? size : largest;
        }
        long exponent = Double.doubleToRawLongBits(largest) >>> MANTISSA & EXPONENTS;
        return Double.longBitsToDouble(Math.min(Math.max(exponent, 1), LARGEST) << MANTISSA);
    }

    private static double inverse(double powerOfTwo) {
        return 1 / powerOfTwo;
    }

    /** Squared norms, in the order in which inner products are summed. */
    void squares() {
        Arrays.fill(square, 0);
        for (double[] column : columns) {
            addSquares(square, column);
        }
    }

    private static void addSquares(double[] sum, double[] x) {
        for (int i = 0; i < sum.length; i++) {
            sum[i] = Math.fma(x[i], x[i], sum[i]);
        }
    }
}
