package dev.rectifier.conformance;

import dev.rectifier.engine.PopulationNets;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * The squared distance of two ReLU networks under Gaussian inputs, of one replica, in double-double: directions and norms
 * first, the angle by Kahan's formula, h and its slope as Cho and Saul write them.
 *
 * <p>Bounds. With u = 2^-53 and inner products of D terms, an engine's cosine of an angle is wrong by at most (2 D + 2) u. That
 * moves h(a, b) by |a| |b| (2 D + 2) u / 4 and its slope by |b| (2 D + 2) u / (2 pi) (both are smooth in the cosine); the
 * lengths in it add D u, the roundings of root, quotient, polynomial (2 ulp) and products at most 7 u |a| |b| and 28 u |b|. So h
 * is wrong by at most (2 D + 8) u |a| |b|, 2 pi times its slope by (4 D + 28) u |b|. Sums over outputs K and units M add a rounding
 * per term of at most |a| |b| / 2 and (1 + pi) |b|.
 *
 * @param nets widths
 * @param scale of the loss
 */
record PopulationOracle(PopulationNets nets, double scale) {
    private static final double U = DType.F64.unitRoundoff();
    private static final double LARGEST = 1e300; // products of magnitudes beyond may overflow on the way
    private static final DoubleDouble TWO = DoubleDouble.of(2);

    /**
     * One hidden unit.
     *
     * @param direction of length 1, or zeros
     * @param length of its incoming weights
     * @param out its outgoing weights, those of the teacher with the other sign
     */
    private record Unit(List<DoubleDouble> direction, DoubleDouble length, List<DoubleDouble> out) {
        static Unit of(double[] in, List<DoubleDouble> out) {
            double largest = Arrays.stream(in).map(Math::abs).max().orElse(0);
            if (largest == 0) {
                return new Unit(Arrays.stream(in).mapToObj(DoubleDouble::of).toList(), DoubleDouble.of(0), out);
            }
            List<DoubleDouble> part = Arrays.stream(in)
                    .mapToObj(w -> DoubleDouble.of(w).over(DoubleDouble.of(largest)))
                    .toList();
            DoubleDouble norm = inner(part, part).root();
            return new Unit(part.stream().map(w -> w.over(norm)).toList(), norm.times(DoubleDouble.of(largest)), out);
        }

        /** Sum over the outputs of |v| |w|. */
        double coupling(Unit other) {
            double sum = 0;
            for (int k = 0; k < out.size(); k++) {
                sum += Math.abs(out.get(k).high()) * Math.abs(other.out.get(k).high());
            }
            return sum;
        }

        boolean isZero() {
            return length.high() == 0;
        }
    }

    private static DoubleDouble inner(List<DoubleDouble> a, List<DoubleDouble> b) {
        DoubleDouble sum = DoubleDouble.of(0);
        for (int i = 0; i < a.size(); i++) {
            sum = sum.plus(a.get(i).times(b.get(i)));
        }
        return sum;
    }

    /** Loss and gradient. */
    List<Expected> judge(HostTensor student, HostTensor teacher) {
        if (!isFinite(student) || !isFinite(teacher)) {
            Expected loss = new Expected(new double[1], new double[] {Expected.NOT_FINITE});
            return List.of(loss, Expected.anything(student.length()));
        }
        List<Unit> units = new ArrayList<>(units(student, nets.student(), 1));
        units.addAll(units(teacher, nets.teacher(), -1));
        return new Sums(units, student.dtype()).expected();
    }

    private static boolean isFinite(HostTensor tensor) {
        return Arrays.stream(tensor.toDoubles()).allMatch(Double::isFinite);
    }

    private List<Unit> units(HostTensor flat, int count, int sign) {
        List<Unit> units = new ArrayList<>();
        double[] values = flat.toDoubles();
        for (int u = 0; u < count; u++) {
            double[] in = Arrays.copyOfRange(values, u * nets.inputs(), (u + 1) * nets.inputs());
            List<DoubleDouble> out = new ArrayList<>();
            for (int k = 0; k < nets.outputs(); k++) {
                out.add(DoubleDouble.of(sign * values[count * nets.inputs() + k * count + u]));
            }
            units.add(Unit.of(in, out));
        }
        return units;
    }

    /** The sums over all pairs. */
    private final class Sums {
        private final List<Unit> units;
        private final DType type;
        private final double[] gradient;
        private final double[] bounds;
        private DoubleDouble loss = DoubleDouble.of(0);
        private double magnitude;

        Sums(List<Unit> units, DType type) {
            this.units = units;
            this.type = type;
            gradient = new double[Math.toIntExact(nets.studentParameters())];
            bounds = new double[gradient.length];
        }

        List<Expected> expected() {
            for (int a = 0; a < units.size(); a++) {
                add(a);
            }
            double terms = 2 * nets.inputs() + 2 * nets.units() + nets.outputs() + 16;
            double bound = magnitude * scale > LARGEST ? Expected.ANY : terms * U * scale * magnitude;
            double value = loss.times(DoubleDouble.of(scale)).high();
            return List.of(
                    new Expected(new double[] {value}, new double[] {bound + U * Math.abs(value)}),
                    new Expected(gradient, bounds));
        }

        private void add(int a) {
            Unit unit = units.get(a);
            List<DoubleDouble> in = new ArrayList<>();
            List<DoubleDouble> out = new ArrayList<>();
            unit.direction().forEach(w -> in.add(DoubleDouble.of(0)));
            unit.out().forEach(v -> out.add(DoubleDouble.of(0)));
            double inMagnitude = 0;
            double[] outMagnitude = new double[out.size()];
            for (Unit other : units) {
                Pair pair = new Pair(unit, other);
                DoubleDouble height = pair.height();
                DoubleDouble coupling = inner(unit.out(), other.out());
                loss = loss.plus(coupling.times(height));
                double size = unit.length().high() * other.length().high();
                magnitude += unit.coupling(other) * size;
                inMagnitude += unit.coupling(other) * other.length().high();
                for (int d = 0; d < in.size(); d++) {
                    in.set(d, in.get(d).plus(coupling.times(pair.slope(d))));
                }
                for (int k = 0; k < out.size(); k++) {
                    out.set(k, out.get(k).plus(other.out().get(k).times(height)));
                    outMagnitude[k] += Math.abs(other.out().get(k).high()) * size;
                }
            }
            if (a < nets.student()) {
                put(a, in, inMagnitude, out, outMagnitude);
            }
        }

        private void put(
                int a, List<DoubleDouble> in, double inMagnitude, List<DoubleDouble> out, double[] outMagnitude) {
            double inTerms = (4 * nets.inputs() + 5 * nets.outputs() + 5 * nets.units() + 60) / Math.PI;
            for (int d = 0; d < in.size(); d++) {
                put(a * in.size() + d, in.get(d), inTerms * inMagnitude);
            }
            double outTerms = 2 * (2 * nets.inputs() + nets.units() + 16);
            for (int k = 0; k < out.size(); k++) {
                put(nets.student() * (in.size() + k) + a, out.get(k), outTerms * outMagnitude[k]);
            }
        }

        private void put(int i, DoubleDouble half, double magnitudeOfTerms) {
            gradient[i] = half.times(DoubleDouble.of(2 * scale)).high();
            double bound = U * scale * magnitudeOfTerms;
            double rounding = (type.unitRoundoff() + U) * (Math.abs(gradient[i]) + bound) + Bound.smallest(type);
            bounds[i] = scale * magnitudeOfTerms > largest() ? Expected.ANY : bound + rounding;
        }

        private double largest() {
            return type == DType.F32 ? Float.MAX_VALUE / 2 : LARGEST;
        }
    }

    /** Two units at an angle. */
    private static final class Pair {
        private final Unit a;
        private final Unit b;
        private final DoubleDouble sine;
        private final DoubleDouble rest;
        private final DoubleDouble cosine;

        Pair(Unit a, Unit b) {
            this.a = a;
            this.b = b;
            DoubleDouble angle = a.isZero() || b.isZero() ? DoubleDouble.of(0) : angle(a.direction(), b.direction());
            sine = Angles.sine(angle);
            cosine = Angles.cosine(angle);
            rest = Angles.PI.minus(angle);
        }

        private static DoubleDouble angle(List<DoubleDouble> a, List<DoubleDouble> b) {
            DoubleDouble apart = DoubleDouble.of(0);
            DoubleDouble along = DoubleDouble.of(0);
            for (int d = 0; d < a.size(); d++) {
                DoubleDouble difference = a.get(d).minus(b.get(d));
                DoubleDouble sum = a.get(d).plus(b.get(d));
                apart = apart.plus(difference.times(difference));
                along = along.plus(sum.times(sum));
            }
            return Angles.arcTangent(apart.root(), along.root()).times(TWO);
        }

        /** |a| |b| (sin t + (pi - t) cos t) / (2 pi). */
        DoubleDouble height() {
            DoubleDouble shape = sine.plus(rest.times(cosine)).over(Angles.PI.times(TWO));
            return a.length().times(b.length()).times(shape);
        }

        /** |b| (sin t a/|a| + (pi - t) b/|b|) / (2 pi); 0 for a unit without weights. */
        DoubleDouble slope(int d) {
            if (a.isZero()) {
                return DoubleDouble.of(0);
            }
            DoubleDouble sum = sine.times(a.direction().get(d))
                    .plus(rest.times(b.direction().get(d)));
            return b.length().times(sum).over(Angles.PI.times(TWO));
        }
    }
}
