package dev.rectifier.data.image;

import java.math.BigInteger;
import java.util.List;

/**
 * What a pixel byte b of channel c becomes: (b / 255 - mean[c]) / deviation[c].
 *
 * @param mean per channel, in units of full brightness
 * @param deviation per channel, positive
 */
public record ChannelScale(List<Double> mean, List<Double> deviation) {
    public ChannelScale {
        mean = List.copyOf(mean);
        deviation = List.copyOf(deviation);
        boolean finite = mean.stream().allMatch(Double::isFinite);
        boolean positive = deviation.stream().allMatch(d -> d > 0 && Double.isFinite(d));
        if (mean.isEmpty() || mean.size() != deviation.size() || !finite || !positive) {
            throw new IllegalArgumentException("Means " + mean + " and deviations " + deviation
                    + " do not scale channels: equally many are needed, finite, the deviations positive.");
        }
    }

    /** Bytes to 0 .. 1. */
    public static ChannelScale unit(int channels) {
        return new ChannelScale(
                java.util.Collections.nCopies(channels, 0.0), java.util.Collections.nCopies(channels, 1.0));
    }

    /**
     * Mean 0 and deviation 1 per channel over all pixels of a set, usually the training part. From exact sums of the bytes
     * and of their squares; a channel of one value, and no other, keeps deviation 1 and so becomes 0.
     */
    public static ChannelScale measured(ImageSet set) {
        ImageShape shape = set.shape();
        long[] sums = new long[shape.channels()];
        long[] squares = new long[shape.channels()];
        byte[] image = new byte[shape.inputs()];
        for (int i = 0; i < set.examples(); i++) {
            set.read(i, image);
            for (int d = 0; d < image.length; d++) {
                int value = image[d] & 255;
                sums[d / shape.plane()] += value;
                squares[d / shape.plane()] += (long) value * value;
            }
        }
        long count = (long) set.examples() * shape.plane();
        List<Double> mean = java.util.Arrays.stream(sums)
                .mapToObj(s -> (double) s / count / 255)
                .toList();
        List<Double> deviation = java.util.stream.IntStream.range(0, shape.channels())
                .mapToObj(c -> deviation(sums[c], squares[c], count))
                .toList();
        return new ChannelScale(mean, deviation);
    }

    private static double deviation(long sum, long squares, long count) {
        BigInteger scatter = BigInteger.valueOf(squares)
                .multiply(BigInteger.valueOf(count))
                .subtract(BigInteger.valueOf(sum).pow(2)); // count^2 times the variance, exactly
        return scatter.signum() == 0 ? 1 : Math.sqrt(scatter.doubleValue()) / count / 255;
    }
}
