package dev.rectifier.conformance;

import dev.rectifier.tensor.HostTensor;

/** Numbers of so few bits that small sums of products of them need no rounding in fp64, in any order: equality is asked. */
public final class Coarse {
    private Coarse() {}

    /** Every element to the nearest multiple of {@code step}, a power of two. */
    public static HostTensor rounded(HostTensor tensor, double step) {
        double[] values = tensor.doubles().clone();
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.rint(values[i] / step) * step;
        }
        return HostTensor.of(tensor.shape(), values);
    }
}
