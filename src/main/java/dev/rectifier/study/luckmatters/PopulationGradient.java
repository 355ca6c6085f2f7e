package dev.rectifier.study.luckmatters;

/**
 * The exact gradient of J = 1/2 E|f - f*|^2 over x ~ N(0, scale^2 I) for bias-free two-layer ReLU networks, student f and
 * teacher f*. Cost: O(W (W + M) (D + K)) for W student and M teacher nodes.
 * Source: Luck Matters, two-layer exact population form.
 */
final class PopulationGradient {
    private final TwoLayer student;
    private final TwoLayer teacher;
    private final double scale;

    PopulationGradient(TwoLayer student, TwoLayer teacher, double scale) {
        this.student = student;
        this.teacher = teacher;
        this.scale = scale;
    }

    /**
     * -dJ/dw_j [D] = sum_i (v_j . v*_i) E[x s(w*_i.x) 1_j] - sum_k (v_j . v_k) E[x s(w_k.x) 1_j]: pull towards the teacher
     * nodes, push between student nodes.
     */
    double[] descentOfIncoming(int node) {
        double[] descent = new double[student.incoming(node).length];
        addGatedInputs(descent, node, teacher, 1);
        addGatedInputs(descent, node, student, -1);
        return descent;
    }

    private void addGatedInputs(double[] descent, int node, TwoLayer source, double sign) {
        double[] own = student.incoming(node);
        for (int i = 0; i < source.width(); i++) {
            double coupling = sign * Vectors.dot(student.fanOut(node), source.fanOut(i));
            if (coupling != 0) {
                Vectors.axpy(descent, coupling, GaussianRelu.gatedInput(own, source.incoming(i), scale));
            }
        }
    }

    /** -dJ/dv_j [K] = sum_i E[s_j s*_i] v*_i - sum_k E[s_j s_k] v_k. */
    double[] descentOfFanOut(int node) {
        double[] descent = new double[student.fanOut(node).length];
        addProducts(descent, node, teacher, 1);
        addProducts(descent, node, student, -1);
        return descent;
    }

    private void addProducts(double[] descent, int node, TwoLayer source, double sign) {
        double[] own = student.incoming(node);
        for (int i = 0; i < source.width(); i++) {
            double weight = sign * GaussianRelu.product(own, source.incoming(i), scale);
            Vectors.axpy(descent, weight, source.fanOut(i));
        }
    }
}
