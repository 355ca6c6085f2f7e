package dev.rectifier.bench;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.List;

/**
 * Convolutions of [N, C, H, W] by the words of the peers' protocol, from the textbook.
 *
 * @param in the two operands
 * @param shape N, C, H, W, K, kh, kw, Ho, Wo
 */
record FakeConvolution(List<HostTensor> in, List<Long> shape, int stride, int padding) {
    /** One term: places in y, x and w. */
    @FunctionalInterface
    private interface Term {
        void at(int y, int x, int w);
    }

    List<HostTensor> forward() {
        HostTensor y = HostTensor.zeros(DType.F32, Shape.of(shape.get(0), shape.get(4), shape.get(7), shape.get(8)));
        double[] sums = new double[y.length()];
        each((to, x, w) -> sums[to] += in.get(0).get(x) * in.get(1).get(w));
        return filled(y, sums);
    }

    List<HostTensor> inputGradient() {
        HostTensor dx = HostTensor.zeros(DType.F32, Shape.of(shape.get(0), shape.get(1), shape.get(2), shape.get(3)));
        double[] sums = new double[dx.length()];
        each((y, to, w) -> sums[to] += in.get(0).get(y) * in.get(1).get(w));
        return filled(dx, sums);
    }

    List<HostTensor> weightGradient() {
        HostTensor dw = HostTensor.zeros(DType.F32, Shape.of(shape.get(4), shape.get(1), shape.get(5), shape.get(6)));
        double[] sums = new double[dw.length()];
        each((y, x, to) -> sums[to] += in.get(0).get(y) * in.get(1).get(x));
        return filled(dw, sums);
    }

    private static List<HostTensor> filled(HostTensor result, double[] sums) {
        for (int i = 0; i < sums.length; i++) {
            result.set(i, sums[i]);
        }
        return List.of(result);
    }

    private void each(Term term) {
        int taps = (int) (shape.get(1) * shape.get(5) * shape.get(6));
        int outputs = (int) (shape.get(0) * shape.get(4) * shape.get(7) * shape.get(8));
        for (int y = 0; y < outputs; y++) {
            for (int tap = 0; tap < taps; tap++) {
                visit(y, tap, taps, term);
            }
        }
    }

    private void visit(int y, int tap, int taps, Term term) {
        int columns = shape.get(8).intValue();
        int pixels = shape.get(7).intValue() * columns;
        int unit = (int) (y / pixels % shape.get(4));
        int row = y % pixels / columns * stride + (int) (tap / shape.get(6) % shape.get(5)) - padding;
        int column = y % columns * stride + (int) (tap % shape.get(6)) - padding;
        if (row >= 0 && row < shape.get(2) && column >= 0 && column < shape.get(3)) {
            long plane = y / pixels / shape.get(4) * shape.get(1) + tap / (shape.get(5) * shape.get(6));
            term.at(y, (int) ((plane * shape.get(2) + row) * shape.get(3) + column), unit * taps + tap);
        }
    }
}
