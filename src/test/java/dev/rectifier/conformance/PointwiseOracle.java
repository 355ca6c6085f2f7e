package dev.rectifier.conformance;

import dev.rectifier.tensor.HostTensor;

/** ReLU, masks and moves of one replica, all exact. */
final class PointwiseOracle {
    private PointwiseOracle() {}

    static Expected relu(HostTensor z) {
        return Expected.filled(z.length(), i -> z.get(i) <= 0 ? 0 : z.get(i));
    }

    static Expected mask(HostTensor z) {
        int[] words = new int[(z.length() + 31) / 32];
        for (int i = 0; i < z.length(); i++) {
            if (z.get(i) > 0) {
                words[i / 32] |= 1 << (i % 32);
            }
        }
        return Expected.filled(words.length, i -> words[i]);
    }

    static boolean bit(HostTensor mask, int i) {
        return (mask.ints()[i / 32] >>> (i % 32) & 1) == 1;
    }

    static Expected reluBackward(HostTensor dy, HostTensor mask) {
        return Expected.filled(dy.length(), i -> bit(mask, i) ? dy.get(i) : 0);
    }

    static Expected gate(HostTensor x, HostTensor mask, double factor) {
        return Expected.filled(x.length(), i -> bit(mask, i) ? Bound.round(x.dtype(), factor * x.get(i)) : 0);
    }

    static Expected activeCounts(HostTensor mask, int examples, int width) {
        double[] counts = new double[width];
        for (int i = 0; i < examples * width; i++) {
            counts[i % width] += bit(mask, i) ? 1 : 0;
        }
        return Expected.exactly(counts);
    }

    static Expected copy(HostTensor x) {
        return Expected.filled(x.length(), x::get);
    }

    static Expected gather(HostTensor x, HostTensor rows, int width) {
        return Expected.filled(rows.length() * width, i -> x.get(rows.ints()[i / width] * width + i % width));
    }

    static Expected transpose(HostTensor x, int rows, int columns) {
        return Expected.filled(rows * columns, i -> x.get(i % rows * columns + i / rows));
    }
}
