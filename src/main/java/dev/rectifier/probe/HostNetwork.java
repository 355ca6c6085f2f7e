package dev.rectifier.probe;

import java.util.List;

/**
 * A fully connected ReLU network in fp64 on the host, written for checking and independent of the engines: layers l = 1..L,
 * z_l = W_l f_{l-1} + b_l, f_l = max(z_l, 0) below the top, f_L = z_L.
 */
public final class HostNetwork {
    /** One affine layer. */
    public static final class Layer {
        private final double[][] weight;
        private final double[] bias;

        /**
         * @param weight [out][in], held
         * @param bias [out], held
         */
        public Layer(double[][] weight, double[] bias) {
            this.weight = weight;
            this.bias = bias;
        }

        int outputs() {
            return weight.length;
        }

        double[] apply(double[] input) {
            double[] z = bias.clone();
            for (int k = 0; k < z.length; k++) {
                for (int d = 0; d < input.length; d++) {
                    z[k] += weight[k][d] * input[d];
                }
            }
            return z;
        }

        /** The weights alone, [out][in]. */
        double[][] plain() {
            return weight;
        }

        /** [W b; 0 1], [out + 1][in + 1]: the layer as a linear map that carries a constant node along. */
        double[][] augmented() {
            int in = weight[0].length;
            double[][] result = new double[weight.length + 1][in + 1];
            for (int k = 0; k < weight.length; k++) {
                System.arraycopy(weight[k], 0, result[k], 0, in);
                result[k][in] = bias[k];
            }
            result[weight.length][in] = 1;
            return result;
        }
    }

    private final List<Layer> layers;

    public HostNetwork(List<Layer> layers) {
        this.layers = List.copyOf(layers);
    }

    /** L: number of affine layers. */
    public int depth() {
        return layers.size();
    }

    /** Layer l, 1-based. */
    Layer layer(int l) {
        return layers.get(l - 1);
    }

    /** All activations of one input: element l is f_l, element 0 the input itself, element L the output. */
    public double[][] activations(double[] input) {
        double[][] f = new double[depth() + 1][];
        f[0] = input;
        for (int l = 1; l <= depth(); l++) {
            f[l] = layer(l).apply(f[l - 1]);
            if (l < depth()) {
                rectify(f[l]);
            }
        }
        return f;
    }

    private static void rectify(double[] z) {
        for (int k = 0; k < z.length; k++) {
            z[k] = z[k] > 0 ? z[k] : 0;
        }
    }
}
