package dev.rectifier.study.luckmatters;

/**
 * The exactly solvable nets of the lucky-rate test: teacher node j looks along axis j, the student's node j starts at a
 * given angle from it towards an axis of its own, fan-outs are the identity on both sides. D = 2 W, K = W.
 */
final class LuckyStarts {
    private LuckyStarts() {}

    static TwoLayer teacher(int width) {
        return student(new double[width]);
    }

    static TwoLayer student(double[] angles) {
        int width = angles.length;
        double[][] incoming = new double[width][2 * width];
        double[][] fanOut = new double[width][width];
        for (int j = 0; j < width; j++) {
            incoming[j][j] = Math.cos(angles[j]);
            incoming[j][width + j] = Math.sin(angles[j]);
            fanOut[j][j] = 1;
        }
        return new TwoLayer(incoming, fanOut);
    }
}
