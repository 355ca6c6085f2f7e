package dev.rectifier.stats;

import java.util.Arrays;
import org.apache.commons.math3.distribution.BinomialDistribution;
import org.apache.commons.math3.distribution.TDistribution;
import org.apache.commons.math3.stat.ranking.NaturalRanking;
import org.apache.commons.math3.stat.ranking.TiesStrategy;

/** Rank statistics: Spearman's correlation and the sign test. */
public final class RankTest {
    private RankTest() {}

    /**
     * A statistic and its two-sided p-value.
     *
     * @param statistic the number
     * @param pValue probability of a value at least as extreme if there were no effect
     */
    public record Result(double statistic, double pValue) {}

    /**
     * Spearman's rank correlation: Pearson's correlation of the average ranks. The p-value uses
     * t = rho sqrt((n - 2) / (1 - rho^2)) with n - 2 degrees of freedom. NaN where one side is constant.
     */
    public static Result spearman(double[] x, double[] y) {
        Sample.checkPaired(x, y, 3, "Spearman's correlation");
        double rho = Regression.correlation(ranks(x), ranks(y));
        double t = Math.abs(rho) * Math.sqrt((x.length - 2) / Math.max(0, 1 - rho * rho));
        double p = Double.isNaN(rho) ? Double.NaN : 2 * new TDistribution(null, x.length - 2).cumulativeProbability(-t);
        return new Result(rho, p);
    }

    static double[] ranks(double[] values) {
        return new NaturalRanking(TiesStrategy.AVERAGE).rank(values);
    }

    /**
     * The sign test on paired differences: statistic is the share of positive ones among the non-zero ones; the p-value is
     * the exact two-sided binomial one. Share and p-value are NaN and 1 if every difference is zero.
     */
    public static Result sign(double... differences) {
        Sample.check(differences, 1, "The sign test");
        int positive = (int) Arrays.stream(differences).filter(d -> d > 0).count();
        int n = (int) Arrays.stream(differences).filter(d -> d != 0).count();
        if (n == 0) {
            return new Result(Double.NaN, 1);
        }
        int tail = Math.min(positive, n - positive);
        double p = 2 * new BinomialDistribution(null, n, 0.5).cumulativeProbability(tail);
        return new Result((double) positive / n, Math.min(1, p));
    }
}
