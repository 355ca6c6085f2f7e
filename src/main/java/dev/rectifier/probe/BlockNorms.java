package dev.rectifier.probe;

import dev.rectifier.engine.View;
import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * Operator norms of the blocks of E[H*] [W, M] and E[H] [W, W] of one layer of one replica, students cut into winners u and
 * the rest r, each over the root of its number of entries: |H*_uu| = |H*[u,:]| / sqrt(|u| M), |H*_ur| = |H*[r,:]| / sqrt(|r| M),
 * |H_uu| = |H[u,u]| / |u|, |H_ur| = |H[r,u]| / sqrt(|u| |r|), |H_rr| = |H[r,r]| / |r|. A student that wins two teacher nodes
 * stands in u twice, as in the authors' code. Source: Luck Matters, block norms.
 */
record BlockNorms(double hStarUu, double hStarUr, double hUu, double hUr, double hRr) {
    static BlockNorms of(double[][] hStar, double[][] h, int[] winners) {
        int[] rest = rest(h.length, winners);
        return new BlockNorms(
                relative(rows(hStar, winners)),
                relative(rows(hStar, rest)),
                relative(columns(rows(h, winners), winners)),
                relative(columns(rows(h, rest), winners)),
                relative(columns(rows(h, rest), rest)));
    }

    /** |H*_ur| / |H*_uu|. */
    double starRatio() {
        return hStarUr / hStarUu;
    }

    /** The same for any set of nodes, without the norms of H. */
    static double starRatio(double[][] hStar, int[] nodes) {
        return relative(rows(hStar, rest(hStar.length, nodes))) / relative(rows(hStar, nodes));
    }

    /** Mean |entry| of winners at their own teacher node over that at the other winners' teacher nodes. */
    static double diagonalLead(double[][] matrix, int[] winners, int[] teachers) {
        double own = 0;
        double others = 0;
        for (int i = 0; i < winners.length; i++) {
            for (int k = 0; k < winners.length; k++) {
                double entry = Math.abs(matrix[winners[i]][teachers[k]]);
                own += i == k ? entry : 0;
                others += i == k ? 0 : entry;
            }
        }
        return own * (winners.length - 1) / others;
    }

    private static double relative(double[][] block) {
        return block.length == 0
                ? Double.NaN
                : OperatorNorm.of(block) / Math.sqrt((double) block.length * block[0].length);
    }

    static int[] rest(int width, int[] nodes) {
        boolean[] taken = new boolean[width];
        for (int node : nodes) {
            taken[node] = true;
        }
        return IntStream.range(0, width).filter(j -> !taken[j]).toArray();
    }

    private static double[][] rows(double[][] a, int[] chosen) {
        return Arrays.stream(chosen).mapToObj(j -> a[j]).toArray(double[][]::new);
    }

    private static double[][] columns(double[][] a, int[] chosen) {
        return Arrays.stream(a)
                .map(row -> Arrays.stream(chosen).mapToDouble(j -> row[j]).toArray())
                .toArray(double[][]::new);
    }

    /** Replica r of a downloaded [R, rows, columns] block. */
    static double[][] matrix(View view, double[] all, int replica) {
        int rows = Math.toIntExact(view.dim(1));
        int columns = Math.toIntExact(view.dim(2));
        double[][] result = new double[rows][];
        for (int i = 0; i < rows; i++) {
            int from = (replica * rows + i) * columns;
            result[i] = Arrays.copyOfRange(all, from, from + columns);
        }
        return result;
    }
}
