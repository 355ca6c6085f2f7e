package dev.rectifier.probe;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * How often each teacher node is active on the evaluation set. A node active on less than 0.5 % or more than 99.5 % of it
 * is (nearly) constant or linear there; correlations with it say nothing, so summaries leave it out and say how many.
 */
final class TeacherActivity {
    private static final double RARE = 0.005;

    private final List<double[][]> ratios;

    /** @param ratios by layer: [R][T], shares of the evaluation set */
    TeacherActivity(List<double[][]> ratios) {
        this.ratios = List.copyOf(ratios);
    }

    static TeacherActivity of(Evaluation evaluation, Arena arena) {
        List<double[][]> ratios = new ArrayList<>();
        for (int l = 0; l < evaluation.hiddenLayers(); l++) {
            ratios.add(ratios(evaluation, arena, l));
        }
        return new TeacherActivity(ratios);
    }

    private static double[][] ratios(Evaluation evaluation, Arena arena, int l) {
        int replicas = evaluation.replicas();
        int width = evaluation.teacherWidth(l);
        double[][] result = new double[replicas][width];
        if (evaluation.isLinear()) {
            Arrays.stream(result).forEach(row -> Arrays.fill(row, 0.5));
            return result;
        }
        View counts = arena.allocate(DType.I32, Shape.of(replicas, width)).view();
        evaluation
                .engine()
                .pointwise()
                .activeCounts(counts, evaluation.teacherTape().mask(l), evaluation.examples());
        int[] active = counts.download().ints();
        for (int i = 0; i < active.length; i++) {
            result[i / width][i % width] = (double) active[i] / evaluation.examples();
        }
        return result;
    }

    /** All nodes count. */
    boolean[] everyNode(int layer) {
        boolean[] counts = new boolean[ratios.get(layer)[0].length];
        Arrays.fill(counts, true);
        return counts;
    }

    /** Which nodes of a replica's teacher vary. */
    boolean[] varying(int replica, int layer) {
        double[] row = ratios.get(layer)[replica];
        boolean[] counts = new boolean[row.length];
        for (int i = 0; i < row.length; i++) {
            counts[i] = row[i] >= RARE && row[i] <= 1 - RARE;
        }
        return counts;
    }

    /** Whether a node varies, per replica. */
    boolean[] varyingNode(int layer, int node) {
        boolean[] result = new boolean[ratios.get(layer).length];
        for (int r = 0; r < result.length; r++) {
            result[r] = varying(r, layer)[node];
        }
        return result;
    }

    /** Nodes left out, per replica. */
    double[] constantNodes(int layer) {
        double[] result = new double[ratios.get(layer).length];
        for (int r = 0; r < result.length; r++) {
            for (boolean counts : varying(r, layer)) {
                result[r] += counts ? 0 : 1;
            }
        }
        return result;
    }
}
