package dev.rectifier.conformance;

import dev.rectifier.engine.ConvOps.Window;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;

/**
 * Convolutions of one replica by the definition: seven loops over images, output channels and pixels, channels and taps. Every
 * output is a sum of products, with sum|terms| beside it. A tap that falls off the plane is no term; where the number it would
 * be multiplied with is not finite, nothing is said of the output.
 *
 * @param n images
 * @param c channels
 * @param k output channels
 * @param plane extent of an image
 * @param kernel extent of a kernel
 * @param g stride and padding
 */
record ConvOracle(int n, int c, int k, Extent plane, Extent kernel, Window g) {
    /** Rows and columns. */
    record Extent(int height, int width) {
        int size() {
            return height * width;
        }
    }

    /** One output pixel's product with one tap: places in y, x and w; {@code x} is -1 where the tap falls off the plane. */
    @FunctionalInterface
    private interface Visitor {
        void visit(int y, int x, int w);
    }

    Extent out() {
        return new Extent(windows(plane.height, kernel.height), windows(plane.width, kernel.width));
    }

    private int windows(int extent, int size) {
        int count = 0;
        for (int first = -g.padding(); first + size <= extent + g.padding(); first += g.stride()) {
            count++;
        }
        return count;
    }

    /** y = b + x * w; {@code b} has length 0 where there is no bias. */
    Expected forward(HostTensor x, HostTensor w, double[] b) {
        int pixels = out().size();
        Sums sums = new Sums(x.dtype(), n * k * pixels, c * kernel.size() + (b.length > 0 ? 1 : 0));
        for (int i = 0; i < n * k * pixels && b.length > 0; i++) {
            sums.add(i, b[i / pixels % k]);
        }
        products((y, from, tap) -> sums.add(y, from < 0, w.get(tap), from < 0 ? 0 : x.get(from)));
        return sums.expected();
    }

    /** The adjoint in x. What a window does not meet is, tap by tap, no term of dx. */
    Expected inputGradient(HostTensor dy, HostTensor w) {
        Sums sums = new Sums(dy.dtype(), n * c * plane.size(), k * kernel.size());
        products((y, to, tap) -> {
            if (to >= 0) {
                sums.add(to, false, w.get(tap), dy.get(y));
            }
        });
        openWhereWeightsAreNot(sums, w);
        return sums.expected();
    }

    /** A channel with a weight that is not finite: a place its window misses may have a zero of it or a NaN. */
    private void openWhereWeightsAreNot(Sums sums, HostTensor w) {
        for (int tap = 0; tap < w.length(); tap++) {
            int channel = tap / kernel.size() % c;
            for (int i = 0; i < n * c * plane.size() && !Double.isFinite(w.get(tap)); i++) {
                if (i / plane.size() % c == channel) {
                    sums.open[i] = true;
                }
            }
        }
    }

    /** The adjoint in w. */
    Expected weightGradient(HostTensor dy, HostTensor x) {
        Sums sums = new Sums(dy.dtype(), k * c * kernel.size(), n * out().size());
        products((y, from, tap) -> sums.add(tap, from < 0, dy.get(y), from < 0 ? 0 : x.get(from)));
        return sums.expected();
    }

    /** Sums of dy over images and pixels. */
    Expected biasGradient(HostTensor dy) {
        int pixels = out().size();
        Sums sums = new Sums(dy.dtype(), k, n * pixels);
        for (int i = 0; i < n * k * pixels; i++) {
            sums.add(i / pixels % k, dy.get(i));
        }
        return sums.expected();
    }

    private void products(Visitor visitor) {
        for (int image = 0; image < n; image++) {
            for (int unit = 0; unit < k; unit++) {
                for (int pixel = 0; pixel < out().size(); pixel++) {
                    for (int tap = 0; tap < c * kernel.size(); tap++) {
                        int y = (image * k + unit) * out().size() + pixel;
                        visitor.visit(y, input(image, pixel, tap), unit * c * kernel.size() + tap);
                    }
                }
            }
        }
    }

    private int input(int image, int pixel, int tap) {
        int channel = tap / kernel.size();
        int row = pixel / out().width * g.stride() + tap % kernel.size() / kernel.width - g.padding();
        int column = pixel % out().width * g.stride() + tap % kernel.width - g.padding();
        boolean outside = row < 0 || row >= plane.height || column < 0 || column >= plane.width;
        return outside ? -1 : ((image * c + channel) * plane.height + row) * plane.width + column;
    }

    @Override
    public String toString() {
        return "N=" + n + " C=" + c + " K=" + k + " plane=" + plane.height + "x" + plane.width + " kernel="
                + kernel.height + "x" + kernel.width + " stride=" + g.stride() + " padding=" + g.padding();
    }

    /** Running sums, sums of absolute values, and of which of them nothing is said. */
    private static final class Sums {
        private final DType type;
        private final int terms;
        private final double[] values;
        private final double[] magnitudes;
        private final boolean[] open;

        Sums(DType type, int length, int terms) {
            this.type = type;
            this.terms = terms;
            values = new double[length];
            magnitudes = new double[length];
            open = new boolean[length];
        }

        void add(int i, boolean outside, double factor, double other) {
            if (outside) {
                open[i] |= !Double.isFinite(factor);
            } else {
                add(i, factor * other);
            }
        }

        void add(int i, double term) {
            values[i] += term;
            magnitudes[i] += Math.abs(term);
        }

        Expected expected() {
            double[] bounds = new double[values.length];
            for (int i = 0; i < bounds.length; i++) {
                double bound = Double.isFinite(values[i]) ? Bound.sum(type, terms, magnitudes[i]) : 0;
                bounds[i] = open[i] ? Expected.ANY : bound;
            }
            return new Expected(values, bounds);
        }
    }
}
