package dev.rectifier.probe;

import java.util.Arrays;

/**
 * The exact gradient relation between a student and a teacher of equal depth, loss 1/2 |f*_L - f_L|^2, per example: with
 * g_l = -d loss / d z_l, D_l the gates of layer l and f the activations, each with a constant node appended,
 * g_l = D_l [beta*_l f*_l - beta_l f_l]. The matrices come from the top down: H_L = H*_L = I; beta_{l-1} = A_l^T H_l A_l,
 * beta*_{l-1} = A_l^T H*_l A*_l; H_l = D_l beta_l D_l, H*_l = D_l beta*_l D*_l; A_l = [W_l b_l; 0 1].
 * Source: Luck Matters (Tian et al. 2019), theorem 1 and its recursion.
 *
 * <p>{@link #recursive} forms the matrices, O(W^3) per layer and example; {@link #factored} never does: beta_l = M_l^T M_l
 * and beta*_l = M_l^T M*_l with M_{l-1} = M_l D_l A_l, M_L = I.
 */
public final class GradientRelation {
    private final HostNetwork student;
    private final HostNetwork teacher;
    private final boolean constantNode;

    private GradientRelation(HostNetwork student, HostNetwork teacher, boolean constantNode) {
        if (student.depth() != teacher.depth()) {
            throw new IllegalArgumentException("The gradient relation needs student and teacher of equal depth, not "
                    + student.depth() + " and " + teacher.depth() + " layers.");
        }
        this.student = student;
        this.teacher = teacher;
        this.constantNode = constantNode;
    }

    /** The relation as it stands. */
    public static GradientRelation between(HostNetwork student, HostNetwork teacher) {
        return new GradientRelation(student, teacher, true);
    }

    /** Negative control: biases are left out of the matrices. False wherever there are biases. */
    public static GradientRelation withoutConstantNode(HostNetwork student, HostNetwork teacher) {
        return new GradientRelation(student, teacher, false);
    }

    /** g_l of one input for l = 1..L-1 (element l; 0 is empty), by the explicit matrices. */
    public double[][] recursive(double[] input) {
        double[][] own = student.activations(input);
        double[][] other = teacher.activations(input);
        double[][] signals = new double[student.depth()][];
        signals[0] = new double[0];
        double[][] h = Matrices.identity(top());
        double[][] hStar = Matrices.identity(top());
        for (int l = student.depth() - 1; l >= 1; l--) {
            double[][] a = map(student, l + 1);
            double[][] beta = Matrices.sandwich(a, h, a);
            double[][] betaStar = Matrices.sandwich(a, hStar, map(teacher, l + 1));
            signals[l] = signal(
                    Matrices.times(betaStar, extended(other[l])), Matrices.times(beta, extended(own[l])), own[l]);
            double[] gates = gates(own[l]);
            h = Matrices.scaled(gates, beta, gates);
            hStar = Matrices.scaled(gates, betaStar, gates(other[l]));
        }
        return signals;
    }

    /** As {@link #recursive}, by the factors M and M*: for wide networks. */
    public double[][] factored(double[] input) {
        double[][] own = student.activations(input);
        double[][] other = teacher.activations(input);
        double[][] signals = new double[student.depth()][];
        signals[0] = new double[0];
        double[][] m = Matrices.identity(top());
        double[][] mStar = Matrices.identity(top());
        for (int l = student.depth() - 1; l >= 1; l--) {
            m = Matrices.product(m, map(student, l + 1));
            mStar = Matrices.product(mStar, map(teacher, l + 1));
            double[] pull = Matrices.transposedTimes(m, Matrices.times(mStar, extended(other[l])));
            double[] push = Matrices.transposedTimes(m, Matrices.times(m, extended(own[l])));
            signals[l] = signal(pull, push, own[l]);
            m = Matrices.columnsScaled(m, gates(own[l]));
            mStar = Matrices.columnsScaled(mStar, gates(other[l]));
        }
        return signals;
    }

    private int top() {
        return student.layer(student.depth()).outputs() + (constantNode ? 1 : 0);
    }

    private double[][] map(HostNetwork network, int l) {
        return constantNode ? network.layer(l).augmented() : network.layer(l).plain();
    }

    private double[] extended(double[] f) {
        if (!constantNode) {
            return f;
        }
        double[] result = Arrays.copyOf(f, f.length + 1);
        result[f.length] = 1;
        return result;
    }

    private double[] gates(double[] f) {
        double[] extended = extended(f);
        double[] gates = new double[extended.length];
        for (int k = 0; k < gates.length; k++) {
            gates[k] = extended[k] > 0 ? 1 : 0;
        }
        return gates;
    }

    private static double[] signal(double[] pull, double[] push, double[] f) {
        double[] g = new double[f.length];
        for (int k = 0; k < g.length; k++) {
            g[k] = f[k] > 0 ? pull[k] - push[k] : 0;
        }
        return g;
    }
}
