package dev.rectifier.curvature;

import java.util.Arrays;
import org.apache.commons.math3.special.Erf;

/**
 * Where a density is given and how broad a single eigenvalue looks there. Each value is the mean over its cell of Gaussians
 * N(node, deviation^2), by differences of the error function, so mass is kept however narrow they are; cells reach 8 deviations
 * beyond the nodes, so that less than 2e-15 of it lies outside.
 *
 * @param low left end of the first cell
 * @param high right end of the last
 * @param cells number of cells
 * @param deviation of the Gaussians
 */
public record DensityGrid(double low, double high, int cells, double deviation) {
    /** Deviations beyond which a Gaussian is nothing. */
    private static final double REACH = 8;
    /** Papyan's share of the range on either side. */
    private static final double MARGIN = 0.05;
    /** Of a spectrum that is one point. */
    private static final double POINT = 0x1p-10;

    public DensityGrid {
        if (!(high > low) || !(deviation > 0) || cells < 1 || !Double.isFinite(high - low)) {
            throw new IllegalArgumentException("A density needs a finite range, cells and a width, not " + low + " to "
                    + high + " in " + cells + " cells of deviation " + deviation + ".");
        }
    }

    /**
     * Around all nodes of a density, which must be finite, with deviation 2 / (m - 1) / sqrt(8 ln kappa) for the range mapped to
     * [-1, 1]: the Gaussians of m equally spaced nodes meet their neighbours' at 1 / kappa of their peaks.
     *
     * <p>Source: Papyan, JMLR 2020, appendix D.2 (kappa = 3; the code that belongs to it has 1.25).
     */
    public static DensityGrid covering(SpectralDensity density, int cells, double kappa) {
        double[] nodes = density.nodes();
        double least = Arrays.stream(nodes).min().orElseThrow();
        double most = Arrays.stream(nodes).max().orElseThrow();
        int steps = density.quadratures().get(0).get(0).nodes().length;
        double half = (most - least) / 2;
        double deviation = half * 2 / Math.max(steps - 1, 1) / Math.sqrt(8 * Math.log(kappa));
        double least64 = POINT * Math.max(Math.max(Math.abs(least), Math.abs(most)), Float.MIN_NORMAL);
        deviation = Math.max(deviation, half > 0 ? 0 : least64);
        double margin = Math.max(2 * half * MARGIN, REACH * deviation);
        return new DensityGrid(least - margin, most + margin, cells, deviation);
    }

    /** Width of a cell. */
    public double step() {
        return (high - low) / cells;
    }

    /** Middle of a cell. */
    public double at(int cell) {
        return low + (cell + 0.5) * step();
    }

    /** One quadrature, broadened: [cells]. */
    double[] broaden(Quadrature quadrature) {
        double[] density = new double[cells];
        for (int i = 0; i < quadrature.nodes().length; i++) {
            add(density, quadrature.nodes()[i], quadrature.weights()[i] / step());
        }
        return density;
    }

    private void add(double[] density, double node, double height) {
        int first = cellOf(node - REACH * deviation);
        int last = cellOf(node + REACH * deviation);
        double below = below(low + first * step(), node);
        for (int cell = first; cell <= last; cell++) {
            double next = below(low + (cell + 1) * step(), node);
            density[cell] += height * (next - below);
            below = next;
        }
    }

    private int cellOf(double x) {
        return (int) Math.max(0, Math.min(cells - 1.0, Math.floor((x - low) / step())));
    }

    /** The share of a Gaussian that lies below x. */
    private double below(double x, double node) {
        return 0.5 * (1 + Erf.erf((x - node) / (deviation * Math.sqrt(2))));
    }
}
