package dev.rectifier.engine.cpu;

/** The backward pass of one network, unit by unit over a whole batch: {@link SoloGradientF32} with rows per unit. */
final class ColumnGradientF32 {
    private final LayerRows net;
    private final ColumnNetF32 tape;
    private final float[] g;
    private final float[][][] signals;

    ColumnGradientF32(int examples, ColumnNetF32 tape) {
        this.tape = tape;
        net = tape.layers();
        g = new float[tape.weights().length];
        signals = new float[net.layers()][][];
        for (int l = 0; l < net.layers(); l++) {
            signals[l] = LanesF32.rows(net.out()[l], examples);
        }
    }

    /** [P], valid after a backward pass. */
    float[] gradient() {
        return g;
    }

    /** A row [N] per output, to be filled before a backward pass. */
    float[][] outputSignal() {
        return signals[net.layers() - 1];
    }

    /** As {@link PassesF32#backward}. */
    void backward(boolean watched) {
        for (int l = net.layers() - 1; l >= 0; l--) {
            new RowProductsF32(g, net.weight()[l], signals[l], tape.level(l)).compute();
            if (net.bias()) {
                RowProductsF32.sums(g, net.biases()[l], signals[l]);
            }
            if (l > 0) {
                signalBelow(l, watched);
            }
        }
    }

    private void signalBelow(int l, boolean watched) {
        int in = net.in()[l];
        for (int d = 0; d < in; d++) {
            float[] below = signals[l - 1][d];
            UnitRowsF32.sumProducts(below, signals[l], tape.weights(), net.weight()[l] + d, in);
            if (net.relu() && watched) {
                LanesF32.gate(below, tape.level(l)[d], below.length);
            } else if (net.relu()) {
                LanesF32.gateFinite(below, tape.level(l)[d], below.length);
            }
        }
    }
}
