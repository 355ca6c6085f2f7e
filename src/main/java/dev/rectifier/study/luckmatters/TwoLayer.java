package dev.rectifier.study.luckmatters;

/**
 * A two-layer network without biases, f(x) = sum_j fanOut[j] max(incoming[j] . x, 0), in fp64 on the host: the object of
 * the closed forms. Arrays are held, not copied.
 */
final class TwoLayer {
    private final double[][] incoming;
    private final double[][] fanOut;

    /**
     * @param incoming [W][D], one row per hidden node
     * @param fanOut [W][K], one row per hidden node
     */
    TwoLayer(double[][] incoming, double[][] fanOut) {
        this.incoming = incoming;
        this.fanOut = fanOut;
    }

    int width() {
        return incoming.length;
    }

    double[] incoming(int node) {
        return incoming[node];
    }

    double[] fanOut(int node) {
        return fanOut[node];
    }

    double[][] fanOuts() {
        return fanOut;
    }
}
