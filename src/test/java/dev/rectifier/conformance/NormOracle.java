package dev.rectifier.conformance;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.Arrays;
import java.util.function.IntFunction;

/**
 * Batch normalisation of one replica, channel by channel in naive loops, with running error analysis: every number carries a
 * bound of what an engine in {@code type} may have made of it.
 *
 * <p>Sums over M values are wrong by at most gamma_M sum |terms| in fp64. The variance: with kappa = sqrt(sum x^2 / S) the
 * relative error of S, the squared deviations' sum, by two passes or by pairwise updating is at most M kappa u, second order
 * (M kappa u)^2 beside it (Chan, Golub and LeVeque 1983, table 1); twice that for the constants of the O there.
 *
 * <p>The mean comes to the elements as two numbers of the element type, so it is wrong by u^2 |mean| there, and the first of
 * the two subtractions rounds a number that is larger than the difference by at most u |mean|: 3 u^2 |mean| together.
 */
final class NormOracle {
    private static final DType WIDE = DType.F64;

    private final DType type;
    private final int examples;
    private final int channels;
    private final int places;
    private final HostTensor x;

    /** {@code x}: [1, N, C] or [1, N, C, H, W]. */
    NormOracle(HostTensor x) {
        this.x = x;
        type = x.dtype();
        examples = (int) x.shape().dim(1);
        channels = (int) x.shape().dim(2);
        places = x.length() / Math.max(1, examples * channels);
    }

    private int values() {
        return examples * places;
    }

    /** Place in the block of value m of channel c. */
    private int at(int c, int m) {
        return (m / places * channels + c) * places + m % places;
    }

    private double[] column(HostTensor a, int c) {
        double[] column = new double[values()];
        Arrays.setAll(column, m -> a.get(at(c, m)));
        return column;
    }

    private Rounded element(HostTensor a, int i) {
        return Rounded.exact(type, a.get(i));
    }

    /** Mean and variance of a channel as an engine may find them. */
    record Statistics(Rounded mean, Rounded variance) {}

    Statistics statistics(int c) {
        double[] column = column(x, c);
        DoubleDouble sum = DoubleDouble.of(0);
        double magnitude = 0;
        double raw = 0;
        for (double value : column) {
            sum = sum.plus(DoubleDouble.of(value));
            magnitude += Math.abs(value);
            raw += value * value;
        }
        DoubleDouble count = DoubleDouble.of(values());
        DoubleDouble mean = sum.over(count);
        DoubleDouble squares = DoubleDouble.of(0);
        for (double value : column) {
            DoubleDouble distance = DoubleDouble.of(value).minus(mean);
            squares = squares.plus(distance.times(distance));
        }
        double nu = (values() + 2) * WIDE.unitRoundoff();
        double spread = Math.sqrt(raw) * Math.sqrt(squares.high());
        double own = 2 * (nu * (spread + squares.high()) + nu * nu * raw + values() * Double.MIN_VALUE);
        return new Statistics(
                new Rounded(mean, nu * magnitude / values() + Double.MIN_VALUE, WIDE),
                new Rounded(squares.over(count), own / values() + Double.MIN_VALUE, WIDE));
    }

    /** Mean and variance that were given. */
    static IntFunction<Statistics> given(HostTensor mean, HostTensor variance) {
        return c -> new Statistics(Rounded.exact(WIDE, mean.get(c)), Rounded.exact(WIDE, variance.get(c)));
    }

    /** A channel's constants: s in fp64, and mean and s as the elements meet them. */
    private final class Channel {
        final Rounded wideRoot;
        final Rounded root;
        final Rounded mean;

        Channel(Statistics statistics, double eps) {
            Rounded raised = statistics.variance().plus(Rounded.exact(WIDE, eps));
            wideRoot = Rounded.exact(WIDE, 1).over(raised.root());
            root = wideRoot.roundedTo(type);
            double u = type.unitRoundoff();
            double inexact = 3 * u * u * Math.abs(statistics.mean().value()) + 4 * Bound.smallest(type);
            mean = new Rounded(statistics.mean().exact(), statistics.mean().error() + inexact, type);
        }

        Rounded standard(int i) {
            return element(x, i).minus(mean).minus(zero()).times(root);
        }
    }

    private Rounded zero() {
        return Rounded.exact(type, 0);
    }

    /** Values of one output, collected element by element. */
    private static final class Sheet {
        final Rounded[] elements;

        Sheet(int length) {
            elements = new Rounded[length];
        }

        /** Where the oracle is not finite the engine must not be either; which kind of not finite is open. */
        Expected expected() {
            double[] values = new double[elements.length];
            double[] bounds = new double[elements.length];
            for (int i = 0; i < values.length; i++) {
                values[i] = elements[i].value();
                bounds[i] = Double.isFinite(values[i]) ? elements[i].bound() : Expected.NOT_FINITE;
            }
            return new Expected(values, bounds);
        }
    }

    /** y = scale xhat + shift, then mean and variance. */
    Expected[] forward(HostTensor scale, HostTensor shift, double eps) {
        Sheet mean = new Sheet(channels);
        Sheet variance = new Sheet(channels);
        for (int c = 0; c < channels; c++) {
            mean.elements[c] = statistics(c).mean();
            variance.elements[c] = statistics(c).variance();
        }
        return new Expected[] {normalise(this::statistics, scale, shift, eps), mean.expected(), variance.expected()};
    }

    Expected normalise(IntFunction<Statistics> moments, HostTensor scale, HostTensor shift, double eps) {
        Sheet y = new Sheet(x.length());
        for (int c = 0; c < channels; c++) {
            Channel channel = new Channel(moments.apply(c), eps);
            for (int m = 0; m < values(); m++) {
                int i = at(c, m);
                y.elements[i] = channel.standard(i).times(element(scale, c)).plus(element(shift, c));
            }
        }
        return y.expected();
    }

    /** Sums over a channel, in fp64. */
    private Rounded sum(int c, IntFunction<Rounded> a, IntFunction<Rounded> b) {
        Rounded[] left = new Rounded[values()];
        Rounded[] right = new Rounded[values()];
        Arrays.setAll(left, m -> a.apply(at(c, m)));
        Arrays.setAll(right, m -> b.apply(at(c, m)));
        return Rounded.inner(Rounded.exact(WIDE, 0), left, right);
    }

    private Rounded sum(int c, HostTensor a) {
        return sum(c, i -> element(a, i), i -> Rounded.exact(type, 1));
    }

    private Rounded mean(Rounded sum) {
        return sum.over(Rounded.exact(WIDE, values()));
    }

    /** dx, dscale, dshift. */
    Expected[] backward(
            HostTensor dy, IntFunction<Statistics> moments, HostTensor scale, double eps, boolean training) {
        Sheet dx = new Sheet(x.length());
        Sheet dScale = new Sheet(channels);
        Sheet dShift = new Sheet(channels);
        for (int c = 0; c < channels; c++) {
            Channel channel = new Channel(moments.apply(c), eps);
            Rounded first = sum(c, dy);
            Rounded second = sum(c, i -> element(dy, i), channel::standard);
            dShift.elements[c] = first.roundedTo(type);
            dScale.elements[c] = second.roundedTo(type);
            Rounded slope = wide(scale, c).times(channel.wideRoot).roundedTo(type);
            Rounded b = mean(first).roundedTo(type);
            Rounded a = mean(second).roundedTo(type);
            for (int m = 0; m < values(); m++) {
                int i = at(c, m);
                Rounded g = element(dy, i);
                Rounded centred =
                        training ? g.minus(b).minus(channel.standard(i).times(a)) : g;
                dx.elements[i] = slope.times(centred);
            }
        }
        return new Expected[] {dx.expected(), dScale.expected(), dShift.expected()};
    }

    private static Rounded wide(HostTensor a, int c) {
        return Rounded.exact(WIDE, a.get(c));
    }

    /**
     * A direction, and the moments of the tangent as the elements meet them; in evaluation mode there are none.
     *
     * @param tx of x's shape
     * @param scale tgamma
     * @param shift tbeta
     */
    record Motion(HostTensor tx, HostTensor scale, HostTensor shift) {}

    private Rounded moved(Channel channel, Motion motion, Rounded[] moments, int i) {
        Rounded tx = element(motion.tx, i);
        if (moments.length == 0) {
            return channel.root.times(tx);
        }
        Rounded centred = tx.minus(moments[0].roundedTo(type));
        return channel.root.times(centred.minus(channel.standard(i).times(moments[1].roundedTo(type))));
    }

    /** ty, and in training mode tmean and tproduct. */
    Expected[] tangent(Motion motion, IntFunction<Statistics> moments, HostTensor scale, double eps, boolean training) {
        Sheet ty = new Sheet(x.length());
        Sheet[] kept = {new Sheet(channels), new Sheet(channels)};
        for (int c = 0; c < channels; c++) {
            Channel channel = new Channel(moments.apply(c), eps);
            Rounded[] means = {mean(sum(c, motion.tx)), mean(sum(c, i -> element(motion.tx, i), channel::standard))};
            kept[0].elements[c] = means[0];
            kept[1].elements[c] = means[1];
            for (int m = 0; m < values(); m++) {
                int i = at(c, m);
                Rounded still =
                        channel.standard(i).times(element(motion.scale, c)).plus(element(motion.shift, c));
                Rounded moved = moved(channel, motion, training ? means : new Rounded[0], i);
                ty.elements[i] = still.plus(moved.times(element(scale, c)));
            }
        }
        return new Expected[] {ty.expected(), kept[0].expected(), kept[1].expected()};
    }

    /**
     * What comes from above.
     *
     * @param dy of x's shape
     * @param tdy of x's shape
     */
    record Above(HostTensor dy, HostTensor tdy) {}

    /** tdx, tdscale, tdshift; {@code tangents}: tmean and tproduct, or nothing in evaluation mode. */
    Expected[] backwardTangent(
            Above above,
            Motion motion,
            IntFunction<Statistics> moments,
            HostTensor[] tangents,
            HostTensor scale,
            double eps) {
        Sheet tdx = new Sheet(x.length());
        Sheet tdScale = new Sheet(channels);
        Sheet tdShift = new Sheet(channels);
        for (int c = 0; c < channels; c++) {
            int channelNumber = c;
            Channel channel = new Channel(moments.apply(c), eps);
            Rounded[] kept =
                    Arrays.stream(tangents).map(t -> wide(t, channelNumber)).toArray(Rounded[]::new);
            Rounded[] sums = tangentSums(c, channel, above, motion, kept);
            tdShift.elements[c] = sums[2].roundedTo(type);
            tdScale.elements[c] = sums[3].roundedTo(type);
            Rounded[] means = tangentMeans(wide(scale, c), wide(motion.scale, c), sums);
            for (int m = 0; m < values(); m++) {
                int i = at(c, m);
                Rounded gh = element(scale, c).times(element(above.dy, i));
                Rounded tgh = element(motion.scale, c)
                        .times(element(above.dy, i))
                        .plus(element(scale, c).times(element(above.tdy, i)));
                Rounded whole = kept.length == 0
                        ? tgh
                        : through(channel, moved(channel, motion, kept, i), i, gh, tgh, means, kept[1]);
                tdx.elements[i] = channel.root.times(whole);
            }
        }
        return new Expected[] {tdx.expected(), tdScale.expected(), tdShift.expected()};
    }

    /** sum g, sum g xhat, sum tg, sum tg xhat + g txhat. */
    private Rounded[] tangentSums(int c, Channel channel, Above above, Motion motion, Rounded[] kept) {
        Rounded one = sum(c, i -> element(above.tdy, i), channel::standard);
        Rounded other = sum(c, i -> element(above.dy, i), i -> moved(channel, motion, kept, i));
        return new Rounded[] {
            sum(c, above.dy),
            sum(c, i -> element(above.dy, i), channel::standard),
            sum(c, above.tdy),
            Rounded.of(WIDE, 0, extra(one, other)).plus(one).plus(other)
        };
    }

    /** One chain of twice as many terms instead of two chains: the larger gamma on the terms of both, which errors stand for. */
    private static double extra(Rounded one, Rounded other) {
        return one.error() + other.error();
    }

    /** m1, m2, tm1, tm2 as the elements meet them. */
    private Rounded[] tangentMeans(Rounded scale, Rounded tScale, Rounded[] sums) {
        return new Rounded[] {
            mean(scale.times(sums[0])).roundedTo(type),
            mean(scale.times(sums[1])).roundedTo(type),
            mean(tScale.times(sums[0]).plus(scale.times(sums[2]))).roundedTo(type),
            mean(tScale.times(sums[1]).plus(scale.times(sums[3]))).roundedTo(type)
        };
    }

    private Rounded through(
            Channel channel, Rounded moved, int i, Rounded gh, Rounded tgh, Rounded[] means, Rounded product) {
        Rounded xhat = channel.standard(i);
        Rounded still = gh.minus(means[0]).minus(xhat.times(means[1]));
        Rounded turn = channel.wideRoot.times(product).roundedTo(type);
        return tgh.minus(means[2])
                .minus(moved.times(means[1]))
                .minus(xhat.times(means[3]))
                .minus(turn.times(still));
    }
}
