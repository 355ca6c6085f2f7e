package dev.rectifier.conformance;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.DoublePredicate;
import java.util.function.IntFunction;

/**
 * Weight normalisation of one replica, row by row. Values follow the formulas of
 * {@link dev.rectifier.engine.WeightNormOps} in some 106 bits; bounds are those of the same numbers formed in fp64 as
 * a combination of rows, with coefficients of their own, and rounded once.
 *
 * <p>A row of v with a NaN has no finite result; a row with any other number that is not finite, or with one whose square
 * underflows, is left open.
 *
 * @param rows K
 * @param length elements of a row
 * @param type of the results
 */
record WeightNormOracle(int rows, int length, DType type) {
    private static final DType WIDE = DType.F64;

    /** Squares of smaller numbers are subnormal in fp64: left open. */
    private static final double LEAST = 0x1p-500;

    /** One row of one replica: what stands in each of the operands. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Row(Rounded[] v, Rounded g, Rounded norm) {
        Rounded unit(int i) {
            return v[i].over(norm);
        }
    }

    private static Rounded exact(double value) {
        return Rounded.exact(WIDE, value);
    }

    private Rounded[] row(HostTensor tensor, int k) {
        Rounded[] row = new Rounded[length];
        Arrays.setAll(row, i -> exact(tensor.get(k * length + i)));
        return row;
    }

    private Row row(HostTensor v, HostTensor g, HostTensor norm, int k) {
        return new Row(row(v, k), exact(g.get(k)), exact(norm.get(k)));
    }

    private static Rounded dot(Rounded[] a, Rounded[] b) {
        return Rounded.inner(exact(0), a, b);
    }

    /** Values of the one, bounds of the other, rounded to the type. */
    private Expected expected(Rounded[] values, Rounded[] bounds, HostTensor... operands) {
        double[] value = new double[values.length];
        double[] bound = new double[values.length];
        for (int i = 0; i < value.length; i++) {
            value[i] = values[i].value();
            bound[i] = bounds[i].roundedTo(type).bound();
        }
        int perRow = value.length / rows;
        for (int i = 0; i < value.length; i++) {
            bound[i] = word(i / perRow, bound[i], operands);
        }
        return new Expected(value, bound);
    }

    /** v is the first operand. */
    private double word(int k, double bound, HostTensor... operands) {
        if (has(operands[0], k, Double::isNaN)) {
            return Expected.NOT_FINITE;
        }
        for (HostTensor operand : operands) {
            if (has(operand, k, x -> !Double.isFinite(x))) {
                return Expected.ANY;
            }
        }
        return has(operands[0], k, x -> x != 0 && Math.abs(x) < LEAST) ? Expected.ANY : bound;
    }

    private boolean has(HostTensor operand, int k, DoublePredicate property) {
        int each = operand.length() / rows;
        for (int i = k * each; i < (k + 1) * each; i++) {
            if (property.test(operand.get(i))) {
                return true;
            }
        }
        return false;
    }

    private Rounded[] all(IntFunction<Rounded[]> rowOf) {
        Rounded[] result = new Rounded[rows * length];
        for (int k = 0; k < rows; k++) {
            System.arraycopy(rowOf.apply(k), 0, result, k * length, length);
        }
        return result;
    }

    private Rounded[] perRow(IntFunction<Rounded> of) {
        Rounded[] result = new Rounded[rows];
        Arrays.setAll(result, of);
        return result;
    }

    private Rounded[] elements(IntFunction<Rounded> of) {
        Rounded[] result = new Rounded[length];
        Arrays.setAll(result, of);
        return result;
    }

    /** w and norm. */
    List<Expected> forward(HostTensor v, HostTensor g) {
        Rounded[] norms = perRow(k -> dot(row(v, k), row(v, k)).root());
        Rounded[] values = all(k -> elements(i -> exact(g.get(k)).times(row(v, k)[i].over(norms[k]))));
        Rounded[] bounds = all(k -> elements(i -> exact(g.get(k)).over(norms[k]).times(row(v, k)[i])));
        return List.of(
                expected(values, bounds, v, g), new WeightNormOracle(rows, length, WIDE).expected(norms, norms, v));
    }

    /** dv and dg. */
    List<Expected> backward(HostTensor dw, HostTensor v, HostTensor g, HostTensor norm) {
        Rounded[] dg = perRow(k -> dot(row(dw, k), row(v, k)).over(exact(norm.get(k))));
        Rounded[] values = all(k -> {
            Row at = row(v, g, norm, k);
            return elements(i -> at.g.over(at.norm).times(row(dw, k)[i].minus(dg[k].times(at.unit(i)))));
        });
        Rounded[] bounds = all(k -> {
            Row at = row(v, g, norm, k);
            Rounded part = dg[k].over(at.norm);
            return elements(i -> at.g.over(at.norm).times(row(dw, k)[i].minus(part.times(at.v[i]))));
        });
        return List.of(expected(values, bounds, v, g, dw), expected(dg, dg, v, g, dw));
    }

    Expected tangent(HostTensor v, HostTensor g, HostTensor norm, HostTensor tv, HostTensor tg) {
        Rounded[] along = perRow(k -> dot(row(v, k), row(tv, k)).over(exact(norm.get(k))));
        Rounded[] values = all(k -> {
            Row at = row(v, g, norm, k);
            return elements(i -> exact(tg.get(k))
                    .times(at.unit(i))
                    .plus(at.g.over(at.norm).times(row(tv, k)[i].minus(along[k].times(at.unit(i))))));
        });
        Rounded[] bounds = all(k -> {
            Row at = row(v, g, norm, k);
            Rounded scale = at.g.over(at.norm);
            Rounded part = exact(tg.get(k)).minus(scale.times(along[k])).over(at.norm);
            return elements(i -> scale.times(row(tv, k)[i]).plus(part.times(at.v[i])));
        });
        return expected(values, bounds, v, g, tv, tg);
    }

    /**
     * Everything that {@code backwardTangent} reads.
     *
     * @param dw [K, ...]
     * @param tdw [K, ...]
     * @param v [K, ...]
     * @param g [K]
     * @param norm [K]
     * @param tv [K, ...]
     * @param tg [K]
     */
    record Bent(
            HostTensor dw, HostTensor tdw, HostTensor v, HostTensor g, HostTensor norm, HostTensor tv, HostTensor tg) {}

    /** tdv and tdg. */
    List<Expected> backwardTangent(Bent in) {
        Rounded[] lengths = perRow(k -> new Bend(in, k).length());
        Rounded[] values = all(k -> elements(new Bend(in, k)::value));
        Rounded[] bounds = all(k -> elements(new Bend(in, k)::combined));
        HostTensor[] operands = {in.v, in.g, in.dw, in.tdw, in.tv, in.tg};
        return List.of(expected(values, bounds, operands), expected(lengths, lengths, operands));
    }

    /** One row of it. */
    private final class Bend {
        private final Row at;
        private final Rounded[] dw;
        private final Rounded[] tdw;
        private final Rounded[] tv;
        private final Rounded tg;
        private final Rounded gradient;
        private final Rounded along;

        Bend(Bent in, int k) {
            at = row(in.v, in.g, in.norm, k);
            dw = row(in.dw, k);
            tdw = row(in.tdw, k);
            tv = row(in.tv, k);
            tg = exact(in.tg.get(k));
            gradient = dot(dw, at.v).over(at.norm);
            along = dot(at.v, tv).over(at.norm);
        }

        Rounded length() {
            Rounded turned = dot(dw, tv).minus(gradient.times(along)).over(at.norm);
            return dot(tdw, at.v).over(at.norm).plus(turned);
        }

        Rounded value(int i) {
            Rounded rate =
                    tg.over(at.norm).minus(at.g.times(along).over(at.norm).over(at.norm));
            Rounded across = dw[i].minus(gradient.times(at.unit(i)));
            Rounded turn = tv[i].minus(along.times(at.unit(i))).times(gradient).over(at.norm);
            Rounded moved = tdw[i].minus(length().times(at.unit(i))).minus(turn);
            return rate.times(across).plus(at.g.over(at.norm).times(moved));
        }

        Rounded combined(int i) {
            Rounded scale = at.g.over(at.norm);
            Rounded a = tg.minus(scale.times(along)).over(at.norm);
            Rounded d = scale.times(gradient).over(at.norm);
            Rounded c = a.times(gradient)
                    .plus(scale.times(length()))
                    .minus(d.times(along))
                    .over(at.norm);
            Rounded sum = scale.times(tdw[i]).minus(d.times(tv[i]).plus(c.times(at.v[i])));
            return a.times(dw[i]).plus(sum);
        }
    }
}
