package dev.rectifier.probe;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/** Values per replica of several metrics of one layer, gathered replica by replica. */
record Rows(int layer, int replicas, Map<String, double[]> values) {
    Rows(int layer, int replicas) {
        this(layer, replicas, new LinkedHashMap<>());
    }

    void put(String metric, int replica, double value) {
        values.computeIfAbsent(metric, name -> {
            double[] row = new double[replicas];
            Arrays.fill(row, Double.NaN);
            return row;
        })[replica] = value;
    }

    void write(long step, Metrics metrics) {
        values.forEach((metric, row) -> metrics.append(step, metric + "/" + layer, row));
    }
}
