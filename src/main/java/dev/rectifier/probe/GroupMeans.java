package dev.rectifier.probe;

/** Means of two groups of nodes, per replica; NaN for an empty group. */
final class GroupMeans {
    private final double[] sumInside;
    private final double[] sumOutside;
    private final int[] inside;
    private final int[] outside;

    GroupMeans(int replicas) {
        sumInside = new double[replicas];
        sumOutside = new double[replicas];
        inside = new int[replicas];
        outside = new int[replicas];
    }

    void add(int replica, boolean isInside, double value) {
        if (isInside) {
            sumInside[replica] += value;
            inside[replica]++;
        } else {
            sumOutside[replica] += value;
            outside[replica]++;
        }
    }

    double[] inside() {
        return means(sumInside, inside);
    }

    double[] outside() {
        return means(sumOutside, outside);
    }

    private static double[] means(double[] sums, int[] counts) {
        double[] means = new double[sums.length];
        for (int r = 0; r < means.length; r++) {
            means[r] = counts[r] == 0 ? Double.NaN : sums[r] / counts[r];
        }
        return means;
    }
}
