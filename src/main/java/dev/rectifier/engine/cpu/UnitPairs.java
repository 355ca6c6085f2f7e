package dev.rectifier.engine.cpu;

import dev.rectifier.engine.PopulationNets;
import dev.rectifier.tensor.ArcTangent;
import java.util.Arrays;

/**
 * The squared distance of two ReLU networks under Gaussian inputs, unit by unit; {@code cuda/population.cuh} is the same
 * arithmetic in the same order.
 *
 * <p>With d = a.b, r = sqrt(|a|^2 |b|^2 - d^2) and the acute angle s between the lines of a and b, tan(s/2) = r / (|a| |b| + |d|):
 *
 * <pre>
 * h(a, b) = max(d, 0) / 2 + (r - s |d|) / (2 pi)
 * dh/da   = (r / |a|^2 a + opening b) / (2 pi),  opening = pi - s where d > 0, else s
 * </pre>
 *
 * <p>An error e of the cosine moves h by at most |a| |b| e / 4 and dh/da by at most |b| e / (2 pi), at every angle: although the
 * angle itself is ill-conditioned near 0 and pi, what is made of it is not.
 */
final class UnitPairs {
    private static final double HALF_PI = 1.5707963267948966;
    private static final double INVERSE_PI = 0.3183098861837907;
    private static final double INVERSE_TWO_PI = 0.15915494309189535;
    private static final double TINY = 0x1p-1000; // below every sum of squares of a unit that is not zero
    private static final int BAND = 1 << 10; // pairs at a time: long loops over numbers that stay near

    private final PopulationNets nets;
    private final ReluUnits units;
    private final int band;
    private final double[] inner;
    private final double[] both;
    private final double[] height;
    private final double[] opening;
    private final double[] root;
    private final double[] angle;
    private final double[] line;
    private final double[] heights;
    private final double[] teacherHeights;
    private final double[] pulls;
    private final double[] teacherPulls;

    UnitPairs(PopulationNets nets) {
        this.nets = nets;
        units = new ReluUnits(nets);
        band = Math.max(1, BAND / nets.units());
        int pairs = Math.min(band, nets.units()) * nets.units();
        inner = new double[pairs];
        both = new double[pairs];
        height = new double[pairs];
        opening = new double[pairs];
        root = new double[pairs];
        angle = new double[pairs];
        line = new double[nets.units()];
        heights = new double[nets.outputs()];
        teacherHeights = new double[nets.outputs()];
        pulls = new double[nets.inputs()];
        teacherPulls = new double[nets.inputs()];
    }

    PopulationNets nets() {
        return nets;
    }

    /** To be loaded before {@link #evaluate} and {@link #slopes}. */
    ReluUnits units() {
        return units;
    }

    /** Fills the student's gradient W [S, D], V [K, S] and returns the loss. */
    double evaluate(double[] gradient, double scale) {
        double students = slopes(gradient, scale);
        double teachers = energies(nets.student(), nets.units(), gradient, scale);
        return scale * (students - teachers);
    }

    /** Fills the gradient alone, which asks nothing of the teacher's units but their pairs with the student's. */
    double slopes(double[] gradient, double scale) {
        units.squares();
        return energies(0, nets.student(), gradient, scale);
    }

    /** Sum of the energies of units first .. last - 1, with the gradients of those that are the student's. */
    private double energies(int first, int last, double[] gradient, double scale) {
        double sum = 0;
        for (int from = first; from < last; from += band) {
            int count = Math.min(band, last - from);
            pairs(from, count);
            for (int i = 0; i < count; i++) {
                int a = from + i;
                int at = i * nets.units();
                sum += energy(a, at);
                if (a < nets.student()) {
                    outgoing(a, gradient, scale * 2);
                    incoming(a, at, gradient, scale * INVERSE_PI);
                }
            }
        }
        return sum;
    }

    /** What units from .. from + count - 1 have to do with all units, row by row. */
    private void pairs(int from, int count) {
        int m = nets.units();
        for (int i = 0; i < count; i++) {
            Chains.sum(line, units.rows()[from + i], 0, nets.inputs(), units.columns(), 0);
            System.arraycopy(line, 0, inner, i * m, m);
            multiply(line, units.square()[from + i], units.square());
            System.arraycopy(line, 0, both, i * m, m);
        }
        tangents(count * m);
        angles(count * m);
        shapes(count * m);
    }

    private static void multiply(double[] y, double factor, double[] x) {
        for (int i = 0; i < y.length; i++) {
            y[i] = factor * x[i];
        }
    }

    /** r, and tan(s/2) where the angle is to be. */
    private void tangents(int count) {
        for (int b = 0; b < count; b++) {
            double d = inner[b];
            double r = Math.sqrt(Math.max(both[b] - d * d, 0.0));
            root[b] = r;
            angle[b] = r / Math.max(Math.sqrt(both[b]) + Math.abs(d), TINY);
        }
    }

    private void angles(int count) {
        for (int b = 0; b < count; b++) {
            angle[b] = 2 * ArcTangent.of(angle[b]);
        }
    }

    private void shapes(int count) {
        double[] s = angle;
        for (int b = 0; b < count; b++) {
            double d = inner[b];
            double side = d / Math.max(Math.abs(d), TINY);
            opening[b] = Math.fma(side, HALF_PI - s[b], HALF_PI);
            height[b] = Math.fma(Math.fma(-s[b], Math.abs(d), root[b]), INVERSE_TWO_PI, 0.5 * Math.max(d, 0.0));
        }
    }

    /** sum_k V_ka E[relu(a.x) (student - teacher)_k(x)]; the pairs of a stand from {@code at} on. */
    private double energy(int a, int at) {
        int s = nets.student();
        Chains.sum(heights, height, at, s, units.out(), 0);
        Chains.sum(teacherHeights, height, at + s, nets.teacher(), units.out(), s);
        double[] out = units.out()[a];
        double energy = 0;
        for (int k = 0; k < heights.length; k++) {
            heights[k] -= teacherHeights[k];
            energy = Math.fma(out[k], heights[k], energy);
        }
        return energy;
    }

    private void outgoing(int a, double[] gradient, double factor) {
        int from = nets.student() * nets.inputs() + a;
        for (int k = 0; k < heights.length; k++) {
            gradient[from + k * nets.student()] = factor * (units.power()[a] * heights[k]);
        }
    }

    private void incoming(int a, int at, double[] gradient, double factor) {
        int from = a * nets.inputs();
        if (units.square()[a] == 0) {
            Arrays.fill(gradient, from, from + nets.inputs(), 0);
            return;
        }
        int s = nets.student();
        double[] pull = line;
        Chains.sum(pull, units.own(), a * nets.outputs(), nets.outputs(), units.outColumns(), 0);
        double radial = (outwards(at, 0, s) - outwards(at, s, nets.units())) / units.square()[a];
        for (int b = 0; b < pull.length; b++) {
            pull[b] *= opening[at + b];
        }
        Chains.sum(pulls, pull, 0, s, units.rows(), 0);
        Chains.sum(teacherPulls, pull, s, nets.teacher(), units.rows(), s);
        double[] row = units.rows()[a];
        for (int d = 0; d < pulls.length; d++) {
            double towards = pulls[d] - teacherPulls[d];
            gradient[from + d] = factor * Math.fma(radial, row[d], towards);
        }
    }

    /** What of the pull of some units, in {@code line}, is along a. */
    private double outwards(int at, int first, int last) {
        double sum = 0;
        for (int b = first; b < last; b++) {
            sum = Math.fma(line[b], root[at + b], sum);
        }
        return sum;
    }
}
