package dev.rectifier.engine.cpu;

import dev.rectifier.engine.ResidentNet;

/**
 * Where the parameters of a pack stand. A row holds what all units of a layer do with one input: unit after unit, in each one
 * lane after the other, so that a pass goes over a whole layer and not over the lanes of one weight. After a layer's inputs
 * follows a row of its biases, if it has them.
 *
 * @param first the row of each layer's first input
 * @param row the row of each parameter
 * @param unit its unit
 * @param units how many a row has
 */
@SuppressWarnings("ArrayRecordComponent") // looked up, compared by nobody
record LaneLayout(LayerRows net, int[] first, int[] row, int[] unit, int[] units) {
    static LaneLayout of(ResidentNet shape) {
        LayerRows net = LayerRows.of(shape);
        int[] first = new int[net.layers() + 1];
        for (int l = 0; l < net.layers(); l++) {
            first[l + 1] = first[l] + net.in()[l] + (net.bias() ? 1 : 0);
        }
        int count = Math.toIntExact(shape.parameters());
        LaneLayout layout = new LaneLayout(net, first, new int[count], new int[count], new int[first[net.layers()]]);
        for (int l = 0; l < net.layers(); l++) {
            layout.place(l);
        }
        return layout;
    }

    private void place(int l) {
        int in = net.in()[l];
        for (int k = 0; k < net.out()[l]; k++) {
            for (int d = 0; d < in; d++) {
                put(net.weight()[l] + k * in + d, first[l] + d, k);
            }
            if (net.bias()) {
                put(net.biases()[l] + k, biases(l), k);
            }
        }
    }

    private void put(int parameter, int at, int k) {
        row[parameter] = at;
        unit[parameter] = k;
        units[at] = Math.max(units[at], k + 1);
    }

    int parameters() {
        return row.length;
    }

    int rows() {
        return units.length;
    }

    /** The row of layer l's biases. */
    int biases(int l) {
        return first[l] + net.in()[l];
    }

    /** Units of the widest layer, the input left out. */
    int mostUnits() {
        int most = 0;
        for (int out : net.out()) {
            most = Math.max(most, out);
        }
        return most;
    }
}
