package dev.rectifier.bench;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.Map;

/**
 * Convolutions of [N, C, H, W] by the words of the peers' protocol, from the textbook.
 *
 * @param in the two operands
 * @param shape N, C, H, W, K, kh, kw, Ho, Wo
 */
record FakeConvolution(List<HostTensor> in, long[] shape, int stride, int padding) {
    /** One term: places in y, x and w. */
    @FunctionalInterface
    private interface Term {
        void at(int y, int x, int w);
    }

    static FakeConvolution of(Map<?, ?> words, List<HostTensor> in) {
        List<?> shape = (List<?>) words.get("shape");
        long[] extents = shape.stream().mapToLong(number -> (Long) number).toArray();
        Map<?, ?> hyper = (Map<?, ?>) words.get("hyper");
        return new FakeConvolution(
                in, extents, ((Double) hyper.get("stride")).intValue(), ((Double) hyper.get("padding")).intValue());
    }

    List<HostTensor> forward() {
        HostTensor y = HostTensor.zeros(DType.F32, Shape.of(shape[0], shape[4], shape[7], shape[8]));
        double[] sums = new double[y.length()];
        each((to, x, w) -> sums[to] += in.get(0).get(x) * in.get(1).get(w));
        return filled(y, sums);
    }

    List<HostTensor> inputGradient() {
        HostTensor dx = HostTensor.zeros(DType.F32, Shape.of(shape[0], shape[1], shape[2], shape[3]));
        double[] sums = new double[dx.length()];
        each((y, to, w) -> sums[to] += in.get(0).get(y) * in.get(1).get(w));
        return filled(dx, sums);
    }

    List<HostTensor> weightGradient() {
        HostTensor dw = HostTensor.zeros(DType.F32, Shape.of(shape[4], shape[1], shape[5], shape[6]));
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
        int taps = (int) (shape[1] * shape[5] * shape[6]);
        int outputs = (int) (shape[0] * shape[4] * shape[7] * shape[8]);
        for (int y = 0; y < outputs; y++) {
            for (int tap = 0; tap < taps; tap++) {
                visit(y, tap, taps, term);
            }
        }
    }

    private void visit(int y, int tap, int taps, Term term) {
        int columns = (int) shape[8];
        int pixels = (int) shape[7] * columns;
        int unit = (int) (y / pixels % shape[4]);
        int row = y % pixels / columns * stride + (int) (tap / shape[6] % shape[5]) - padding;
        int column = y % columns * stride + (int) (tap % shape[6]) - padding;
        if (row >= 0 && row < shape[2] && column >= 0 && column < shape[3]) {
            long plane = y / pixels / shape[4] * shape[1] + tap / (shape[5] * shape[6]);
            term.at(y, (int) ((plane * shape[2] + row) * shape[3] + column), unit * taps + tap);
        }
    }
}
