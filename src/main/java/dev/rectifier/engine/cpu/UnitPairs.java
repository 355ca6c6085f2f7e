package dev.rectifier.engine.cpu;

import dev.rectifier.engine.PopulationNets;
import dev.rectifier.tensor.ArcTangent;
import java.util.Arrays;

/**
 * The squared distance of two ReLU networks under Gaussian inputs, unit by unit; {@code cuda/population.cu} is the same
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

    private final PopulationNets nets;
    private final ReluUnits units;
    private final double[] inner;
    private final double[] height;
    private final double[] opening;
    private final double[] root;
    private final double[] angle;
    private final double[] pull;
    private final double[] heights;
    private final double[] teacherHeights;
    private final double[] pulls;
    private final double[] teacherPulls;

    UnitPairs(PopulationNets nets) {
        this.nets = nets;
        units = new ReluUnits(nets);
        inner = new double[nets.units()];
        height = new double[nets.units()];
        opening = new double[nets.units()];
        root = new double[nets.units()];
        angle = new double[nets.units()];
        pull = new double[nets.units()];
        heights = new double[nets.outputs()];
        teacherHeights = new double[nets.outputs()];
        pulls = new double[nets.inputs()];
        teacherPulls = new double[nets.inputs()];
    }

    PopulationNets nets() {
        return nets;
    }

    /** To be loaded before {@link #evaluate}. */
    ReluUnits units() {
        return units;
    }

    /** Fills the student's gradient W [S, D], V [K, S] and returns the loss. */
    double evaluate(double[] gradient, double scale) {
        units.squares();
        double students = 0;
        double teachers = 0;
        for (int a = 0; a < nets.units(); a++) {
            double energy = energy(a);
            if (a < nets.student()) {
                students += energy;
                outgoing(a, gradient, scale * 2);
                incoming(a, gradient, scale * INVERSE_PI);
            } else {
                teachers += energy;
            }
        }
        return scale * (students - teachers);
    }

    /** sum_k V_ka E[relu(a.x) (student - teacher)_k(x)], after making the pairs of a. */
    private double energy(int a) {
        int s = nets.student();
        Chains.sum(inner, units.rows(), a * nets.inputs(), nets.inputs(), units.columns(), 0);
        pairs(units.square()[a]);
        Chains.sum(heights, height, 0, s, units.out(), 0);
        Chains.sum(teacherHeights, height, s, nets.teacher(), units.out(), s * nets.outputs());
        double energy = 0;
        for (int k = 0; k < heights.length; k++) {
            heights[k] -= teacherHeights[k];
            energy = Math.fma(units.out()[a * nets.outputs() + k], heights[k], energy);
        }
        return energy;
    }

    private void pairs(double square) {
        tangents(square, units.square());
        angles();
        double[] s = angle;
        for (int b = 0; b < inner.length; b++) {
            double d = inner[b];
            double side = d / Math.max(Math.abs(d), TINY);
            opening[b] = Math.fma(side, HALF_PI - s[b], HALF_PI);
            height[b] = Math.fma(Math.fma(-s[b], Math.abs(d), root[b]), INVERSE_TWO_PI, 0.5 * Math.max(d, 0.0));
        }
    }

    /** r, and tan(s/2) where the angle is to be. */
    private void tangents(double square, double[] squares) {
        for (int b = 0; b < inner.length; b++) {
            double d = inner[b];
            double both = square * squares[b];
            double r = Math.sqrt(Math.max(both - d * d, 0.0));
            root[b] = r;
            angle[b] = r / Math.max(Math.sqrt(both) + Math.abs(d), TINY);
        }
    }

    private void angles() {
        for (int b = 0; b < angle.length; b++) {
            angle[b] = 2 * ArcTangent.of(angle[b]);
        }
    }

    private void outgoing(int a, double[] gradient, double factor) {
        int from = nets.student() * nets.inputs() + a;
        for (int k = 0; k < heights.length; k++) {
            gradient[from + k * nets.student()] = factor * (units.power()[a] * heights[k]);
        }
    }

    private void incoming(int a, double[] gradient, double factor) {
        int from = a * nets.inputs();
        if (units.square()[a] == 0) {
            Arrays.fill(gradient, from, from + nets.inputs(), 0);
            return;
        }
        int s = nets.student();
        Chains.sum(pull, units.own(), a * nets.outputs(), nets.outputs(), units.outColumns(), 0);
        double radial = (outwards(0, s) - outwards(s, nets.units())) / units.square()[a];
        for (int b = 0; b < pull.length; b++) {
            pull[b] *= opening[b];
        }
        Chains.sum(pulls, pull, 0, s, units.rows(), 0);
        Chains.sum(teacherPulls, pull, s, nets.teacher(), units.rows(), s * nets.inputs());
        for (int d = 0; d < pulls.length; d++) {
            double towards = pulls[d] - teacherPulls[d];
            gradient[from + d] = factor * Math.fma(radial, units.rows()[from + d], towards);
        }
    }

    /** What of the pull of some units is along a. */
    private double outwards(int first, int last) {
        double sum = 0;
        for (int b = first; b < last; b++) {
            sum = Math.fma(pull[b], root[b], sum);
        }
        return sum;
    }
}
