package dev.rectifier.bench;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.List;

/** Batch normalisation of [N, C] by the words of the peers' protocol, from the textbook. */
final class FakeNorm {
    private FakeNorm() {}

    /** y of x, scale, shift. */
    static List<HostTensor> forward(List<HostTensor> in, double epsilon) {
        HostTensor x = in.get(0);
        HostTensor y = HostTensor.zeros(DType.F32, x.shape());
        int channels = (int) x.shape().dim(1);
        double rows = x.shape().dim(0);
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            double squares = 0;
            for (int i = c; i < x.length(); i += channels) {
                sum += x.get(i);
                squares += x.get(i) * x.get(i);
            }
            double mean = sum / rows;
            double root = 1 / Math.sqrt(squares / rows - mean * mean + epsilon);
            for (int i = c; i < x.length(); i += channels) {
                y.set(i, (x.get(i) - mean) * root * in.get(1).get(c) + in.get(2).get(c));
            }
        }
        return List.of(y);
    }

    /** dx, dscale, dshift of dy, x, scale, mean, root. */
    static List<HostTensor> backward(List<HostTensor> in) {
        HostTensor dy = in.get(0);
        HostTensor x = in.get(1);
        HostTensor dx = HostTensor.zeros(DType.F32, x.shape());
        HostTensor dscale = HostTensor.zeros(DType.F32, in.get(2).shape());
        HostTensor dshift = HostTensor.zeros(DType.F32, in.get(2).shape());
        int channels = (int) x.shape().dim(1);
        double rows = x.shape().dim(0);
        for (int c = 0; c < channels; c++) {
            double mean = in.get(3).get(c);
            double root = in.get(4).get(c);
            double sum = 0;
            double product = 0;
            for (int i = c; i < x.length(); i += channels) {
                sum += dy.get(i);
                product += dy.get(i) * (x.get(i) - mean) * root;
            }
            for (int i = c; i < x.length(); i += channels) {
                double centred = dy.get(i) - sum / rows - (x.get(i) - mean) * root * product / rows;
                dx.set(i, in.get(2).get(c) * root * centred);
            }
            dscale.set(c, product);
            dshift.set(c, sum);
        }
        return List.of(dx, dscale, dshift);
    }
}
