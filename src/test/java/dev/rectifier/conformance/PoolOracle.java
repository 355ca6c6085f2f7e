package dev.rectifier.conformance;

import dev.rectifier.engine.PoolOps;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.Arrays;
import java.util.function.IntConsumer;

/**
 * Pooling of one replica in naive loops: the window's places one by one, those beyond the plane left out.
 *
 * @param planes N C
 * @param height of a large plane
 * @param width of a large plane
 * @param window size, stride and padding
 */
record PoolOracle(int planes, int height, int width, PoolOps.Window window) {
    int rows() {
        return (height + 2 * window.padding() - window.size()) / window.stride() + 1;
    }

    int columns() {
        return (width + 2 * window.padding() - window.size()) / window.stride() + 1;
    }

    private int small() {
        return rows() * columns();
    }

    /** Visits the places of window number {@code o} of the replica, numbered within its plane. */
    private void visit(int o, IntConsumer visitor) {
        int top = o % small() / columns() * window.stride() - window.padding();
        int left = o % columns() * window.stride() - window.padding();
        for (int a = 0; a < window.size() * window.size(); a++) {
            int row = top + a / window.size();
            int column = left + a % window.size();
            if (row >= 0 && row < height && column >= 0 && column < width) {
                visitor.accept(row * width + column);
            }
        }
    }

    /** First element of the large plane that window {@code o} is on. */
    private int plane(int o) {
        return o / small() * height * width;
    }

    /** For every window the place of its winner. */
    int[] winners(HostTensor x) {
        int[] winners = new int[planes * small()];
        Arrays.fill(winners, -1);
        for (int o = 0; o < winners.length; o++) {
            int window = o;
            visit(o, place -> {
                double champion = winners[window] < 0 ? Double.NaN : x.get(plane(window) + winners[window]);
                double challenger = x.get(plane(window) + place);
                boolean first = winners[window] < 0;
                boolean poisoned = Double.isNaN(challenger) && !Double.isNaN(champion);
                if (first || poisoned || challenger > champion) {
                    winners[window] = place;
                }
            });
        }
        return winners;
    }

    Expected index(HostTensor x) {
        int[] winners = winners(x);
        return Expected.filled(winners.length, o -> winners[o]);
    }

    Expected max(HostTensor x) {
        return pick(x, winners(x));
    }

    Expected pick(HostTensor x, int[] index) {
        return Expected.filled(index.length, o -> x.get(plane(o) + index[o]));
    }

    /** One fp64 sum per place in the order of the windows, rounded once: nothing is left open. */
    Expected maxBackward(HostTensor dy, int[] index) {
        double[] sums = new double[planes * height * width];
        for (int o = 0; o < index.length; o++) {
            sums[plane(o) + index[o]] += dy.get(o);
        }
        return Expected.filled(sums.length, i -> Bound.round(dy.dtype(), sums[i]));
    }

    Expected average(HostTensor x) {
        double[] sums = new double[planes * small()];
        double[] magnitudes = new double[sums.length];
        for (int o = 0; o < sums.length; o++) {
            int window = o;
            visit(o, place -> {
                sums[window] += x.get(plane(window) + place);
                magnitudes[window] += Math.abs(x.get(plane(window) + place));
            });
        }
        return mean(x.dtype(), sums, magnitudes, window.size() * window.size());
    }

    Expected averageBackward(HostTensor dy) {
        double[] sums = new double[planes * height * width];
        double[] magnitudes = new double[sums.length];
        for (int o = 0; o < planes * small(); o++) {
            int window = o;
            visit(o, place -> {
                sums[plane(window) + place] += dy.get(window);
                magnitudes[plane(window) + place] += Math.abs(dy.get(window));
            });
        }
        return mean(dy.dtype(), sums, magnitudes, window.size() * window.size());
    }

    Expected globalAverage(HostTensor x) {
        int area = height * width;
        double[] sums = new double[planes];
        double[] magnitudes = new double[planes];
        for (int i = 0; i < planes * area; i++) {
            sums[i / area] += x.get(i);
            magnitudes[i / area] += Math.abs(x.get(i));
        }
        return mean(x.dtype(), sums, magnitudes, area);
    }

    Expected globalAverageBackward(HostTensor dy) {
        int area = height * width;
        double[] values = new double[planes * area];
        Arrays.setAll(values, i -> dy.get(i / area));
        return mean(dy.dtype(), values, Arrays.stream(values).map(Math::abs).toArray(), area);
    }

    /**
     * sums / count: at most {@code count} fp64 additions each, the reciprocal and its product, and one rounding to the type. A
     * sum over as many terms by the oracle is paid for by {@link Bound#sum}.
     */
    private static Expected mean(DType type, double[] sums, double[] magnitudes, int count) {
        double[] means = new double[sums.length];
        double[] bounds = new double[sums.length];
        for (int i = 0; i < sums.length; i++) {
            means[i] = sums[i] / count;
            double kept = Bound.sum(DType.F64, count + 3L, magnitudes[i] / count);
            double rounding = type.unitRoundoff() * (Math.abs(means[i]) + kept) + Bound.smallest(type);
            bounds[i] = Double.isFinite(means[i]) ? kept + rounding : 0;
        }
        return new Expected(means, bounds);
    }
}
