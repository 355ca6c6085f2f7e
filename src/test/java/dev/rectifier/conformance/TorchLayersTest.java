package dev.rectifier.conformance;

import dev.rectifier.engine.PoolOps.Window;
import dev.rectifier.engine.WeightNormOps.Factors;
import dev.rectifier.engine.WeightNormOps.Signal;
import dev.rectifier.gradients.Torch;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.BoolOptional;
import org.bytedeco.pytorch.LongOptional;
import org.bytedeco.pytorch.T_TensorTensor_T;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.bytedeco.pytorch.global.torch;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Pooling and weight normalisation on every engine against libtorch, in fp64: forward, backward, and twice backward. */
class TorchLayersTest extends OnEveryEngine {
    private static final int N = 2;
    private static final int C = 3;
    private static final int H = 7;
    private static final int W = 10;

    @BeforeAll
    static void open() {
        Torch.assumePresent();
    }

    static Stream<Window> windows() {
        return Stream.of(
                Window.tiles(2), new Window(3, 2, 1), new Window(3, 2, 0), new Window(3, 1, 1), new Window(2, 3, 0));
    }

    private static Scene scene() {
        return Scene.small(DType.F64, Regime.RANDOM, 0);
    }

    private static void examine(Trial trial) {
        Judgement judgement = new Judgement(trial);
        SOURCE.engines().forEach(present -> new Examiner().examine(present.name(), present.engine(), trial, judgement));
    }

    private static Tensor tensor(HostTensor block) {
        return Torch.tensor(block.toDoubles(), block.shape().tail());
    }

    private static long[] twice(int value) {
        return new long[] {value, value};
    }

    @ParameterizedTest
    @MethodSource("windows")
    void maximaAndTheirPlacesAreLibtorchs(Window window) {
        PoolOracle shape = new PoolOracle(N * C, H, W, window);
        long[] small = {N, C, shape.rows(), shape.columns()};
        examine(new Trial(
                "pool.max beside libtorch " + window,
                List.of(
                        scene().out("y", 0, small),
                        scene().out("index", DType.I32, 1, small),
                        scene().in("x", 2, N, C, H, W)),
                (e, v) -> e.pool().max(v.get(0), v.get(1), v.get(2), window),
                in -> maxima(in.get(2), window)));
    }

    @SuppressWarnings("try") // the scope frees libtorch's temporaries by being closed
    private static List<Expected> maxima(HostTensor x, Window g) {
        try (PointerScope scope = new PointerScope()) {
            T_TensorTensor_T both = torch.max_pool2d_with_indices(
                    tensor(x), twice(g.size()), twice(g.stride()), twice(g.padding()), twice(1), false);
            Tensor places = both.get1().contiguous();
            LongPointer numbers = new LongPointer(places.data_ptr());
            return List.of(
                    Expected.exactly(Torch.values(both.get0())),
                    Expected.filled(Math.toIntExact(places.numel()), i -> numbers.get(i)));
        }
    }

    @ParameterizedTest
    @MethodSource("windows")
    void gradientsOfMaximaAreLibtorchs(Window window) {
        PoolOracle shape = new PoolOracle(N * C, H, W, window);
        Operand x = scene().in("x", 2, N, C, H, W);
        HostTensor index = HostTensor.zeros(DType.I32, scene().shape(N, C, shape.rows(), shape.columns()));
        int block = Math.toIntExact(index.shape().tail().size());
        for (int r = 0; r < scene().replicas(); r++) {
            System.arraycopy(shape.winners(x.replica(r)), 0, index.ints(), r * block, block);
        }
        examine(new Trial(
                "pool.maxBackward beside libtorch " + window,
                List.of(
                        scene().out("dx", 0, N, C, H, W),
                        scene().in("dy", 1, N, C, shape.rows(), shape.columns()),
                        Operand.in("index", index, Operand.Layout.DENSE),
                        x),
                (e, v) -> e.pool().maxBackward(v.get(0), v.get(1), v.get(2), window),
                in -> List.of(bounded(
                        back(in.get(3), in.get(1), z -> maximum(z, window)),
                        shape.maxBackward(absolute(in.get(1)), in.get(2).ints()),
                        window))));
    }

    private static Tensor maximum(Tensor x, Window g) {
        return torch.max_pool2d(x, twice(g.size()), twice(g.stride()), twice(g.padding()), twice(1), false);
    }

    private static HostTensor absolute(HostTensor values) {
        return HostTensor.rounded(
                values.dtype(),
                values.shape(),
                Arrays.stream(values.toDoubles()).map(Math::abs).toArray());
    }

    /** Sums of at most size^2 terms whose magnitudes are known, by us and by libtorch; one product more for a mean. */
    private static Expected bounded(double[] values, Expected magnitudes, Window window) {
        double[] bounds = new double[values.length];
        int terms = window.size() * window.size() + 3;
        Arrays.setAll(bounds, i -> Bound.sum(DType.F64, terms, magnitudes.values()[i]));
        return new Expected(values, bounds);
    }

    private interface Map1 {
        Tensor of(Tensor x);
    }

    @SuppressWarnings("try") // the scope frees libtorch's temporaries by being closed
    private static double[] back(HostTensor x, HostTensor dy, Map1 map) {
        try (PointerScope scope = new PointerScope()) {
            Tensor input = tensor(x).set_requires_grad(true);
            map.of(input).mul(tensor(dy)).sum().backward();
            return Torch.values(input.grad());
        }
    }

    @SuppressWarnings("try") // the scope frees libtorch's temporaries by being closed
    private static double[] forth(HostTensor x, Map1 map) {
        try (PointerScope scope = new PointerScope()) {
            return Torch.values(map.of(tensor(x)));
        }
    }

    static Stream<Window> unpadded() {
        return windows().filter(window -> window.padding() == 0);
    }

    private static Tensor mean(Tensor x, Window g) {
        return torch.avg_pool2d(x, twice(g.size()), twice(g.stride()), twice(0), false, true, new LongOptional());
    }

    @ParameterizedTest
    @MethodSource("unpadded")
    void meansAndTheirGradientsAreLibtorchs(Window window) {
        PoolOracle shape = new PoolOracle(N * C, H, W, window);
        long[] small = {N, C, shape.rows(), shape.columns()};
        examine(new Trial(
                "pool.average beside libtorch " + window,
                List.of(scene().out("y", 0, small), scene().in("x", 1, N, C, H, W)),
                (e, v) -> e.pool().average(v.get(0), v.get(1), window),
                in -> List.of(
                        bounded(forth(in.get(1), x -> mean(x, window)), shape.average(absolute(in.get(1))), window))));
        examine(new Trial(
                "pool.averageBackward beside libtorch " + window,
                List.of(scene().out("dx", 1, N, C, H, W), scene().in("dy", 0, small), scene().in("x", 2, N, C, H, W)),
                (e, v) -> e.pool().averageBackward(v.get(0), v.get(1), window),
                in -> List.of(bounded(
                        back(in.get(2), in.get(1), x -> mean(x, window)),
                        shape.averageBackward(absolute(in.get(1))),
                        window))));
    }

    /** What libtorch makes of one replica: w, then dv, dg, tw, and how dv and dg bend, with dw held still. */
    @SuppressWarnings("ArrayRecordComponent") // compared by nobody
    private record Weights(double[] w, double[] dv, double[] dg, double[] tw, double[] hv, double[] hg) {
        @SuppressWarnings("try") // the scope frees libtorch's temporaries by being closed
        static Weights of(HostTensor dw, HostTensor v, HostTensor g, HostTensor tv, HostTensor tg) {
            try (PointerScope scope = new PointerScope()) {
                Tensor direction = tensor(v).set_requires_grad(true);
                Tensor length = tensor(g).set_requires_grad(true);
                Tensor signal = tensor(dw).set_requires_grad(true);
                Tensor w = direction.mul(length.view(-1, 1, 1, 1).div(torch.norm_except_dim(direction, 2, 0)));
                TensorVector first = gradients(w.mul(signal).sum(), direction, length);
                Tensor along = first.get(0)
                        .mul(tensor(tv))
                        .sum()
                        .add(first.get(1).mul(tensor(tg)).sum());
                TensorVector second = gradients(along, direction, length, signal);
                return new Weights(
                        Torch.values(w.detach()),
                        Torch.values(first.get(0).detach()),
                        Torch.values(first.get(1).detach()),
                        Torch.values(second.get(2).detach()),
                        Torch.values(second.get(0).detach()),
                        Torch.values(second.get(1).detach()));
            }
        }

        private static TensorVector gradients(Tensor of, Tensor... to) {
            return torch.grad(
                    new TensorVector(of),
                    new TensorVector(to),
                    new TensorVector(),
                    new BoolOptional(true),
                    true,
                    false);
        }
    }

    /** libtorch's values; it rounds a term at most four times as often as the expressions behind these bounds. */
    private static Expected around(double[] values, Expected oracle) {
        return new Expected(
                values, Arrays.stream(oracle.bounds()).map(b -> 5 * b).toArray());
    }

    @Test
    void weightNormalisationIsLibtorchsUpToTheSecondDerivative() {
        int rows = 4;
        WeightNormOracle oracle = new WeightNormOracle(rows, 3 * 2 * 3, DType.F64);
        IntFunction<Operand> cube = position -> scene().in("cube", position, rows, 3, 2, 3);
        IntFunction<Operand> row = position -> scene().in("row", position, rows);
        Operand v = scene().ownIn("v", 1, rows, 3, 2, 3);
        HostTensor norms = HostTensor.zeros(DType.F64, scene().shape(rows));
        IntStream.range(0, norms.length())
                .forEach(i -> norms.set(
                        i,
                        Math.sqrt(IntStream.range(i * 18, (i + 1) * 18)
                                .mapToDouble(j -> v.values().get(j) * v.values().get(j))
                                .sum())));
        Operand norm = Operand.in("norm", norms, Operand.Layout.DENSE);
        List<Operand> inputs =
                List.of(cube.apply(0), cube.apply(2), v, row.apply(2), norm, cube.apply(1), row.apply(0));
        examine(new Trial(
                "weightNorm.backwardTangent beside libtorch",
                Stream.concat(
                                Stream.of(
                                        scene().out("tdv", 0, rows, 3, 2, 3),
                                        scene().out("tdg", 1, rows),
                                        scene().out("tw", 2, rows, 3, 2, 3)),
                                inputs.stream())
                        .toList(),
                (e, views) -> {
                    Factors factors = new Factors(views.get(5), views.get(6));
                    Factors direction = new Factors(views.get(8), views.get(9));
                    Signal signal = new Signal(views.get(3), views.get(4));
                    e.weightNorm()
                            .backwardTangent(
                                    new Factors(views.get(0), views.get(1)), signal, factors, views.get(7), direction);
                    e.weightNorm().tangent(views.get(2), factors, views.get(7), direction);
                },
                in -> bent(oracle, in.subList(3, 10))));
    }

    private static List<Expected> bent(WeightNormOracle oracle, List<HostTensor> in) {
        HostTensor v = in.get(2);
        HostTensor g = in.get(3);
        Weights still = Weights.of(in.get(0), v, g, in.get(5), in.get(6));
        Weights moved = Weights.of(in.get(1), v, g, in.get(5), in.get(6));
        List<Expected> ours = oracle.backwardTangent(
                new WeightNormOracle.Bent(in.get(0), in.get(1), v, g, in.get(4), in.get(5), in.get(6)));
        return List.of(
                around(sum(still.hv, moved.dv), ours.get(0)),
                around(sum(still.hg, moved.dg), ours.get(1)),
                around(still.tw, oracle.tangent(v, g, in.get(4), in.get(5), in.get(6))));
    }

    private static double[] sum(double[] a, double[] b) {
        return IntStream.range(0, a.length).mapToDouble(i -> a[i] + b[i]).toArray();
    }

    @Test
    void normalisedWeightsAndTheirGradientsAreLibtorchs() {
        int rows = 4;
        WeightNormOracle oracle = new WeightNormOracle(rows, 3 * 2 * 3, DType.F64);
        List<Operand> operands = List.of(
                scene().out("w", 0, rows, 3, 2, 3),
                scene().out("norm", DType.F64, 1, rows),
                scene().out("dv", 2, rows, 3, 2, 3),
                scene().out("dg", 0, rows),
                scene().ownIn("v", 0, rows, 3, 2, 3),
                scene().in("g", 2, rows),
                scene().in("dw", 1, rows, 3, 2, 3));
        examine(new Trial(
                "weightNorm.forward and backward beside libtorch",
                operands,
                (e, views) -> {
                    Factors factors = new Factors(views.get(4), views.get(5));
                    e.weightNorm().forward(views.get(0), views.get(1), factors);
                    e.weightNorm()
                            .backward(new Factors(views.get(2), views.get(3)), views.get(6), factors, views.get(1));
                },
                in -> {
                    HostTensor v = in.get(4);
                    List<Expected> forward = oracle.forward(v, in.get(5));
                    HostTensor norm = HostTensor.zeros(DType.F64, in.get(1).shape());
                    IntStream.range(0, rows)
                            .forEach(k -> norm.set(k, forward.get(1).values()[k]));
                    List<Expected> backward = oracle.backward(in.get(6), v, in.get(5), norm);
                    Weights torch = Weights.of(in.get(6), v, in.get(5), v, in.get(5));
                    return List.of(
                            around(torch.w, forward.get(0)),
                            forward.get(1),
                            around(torch.dv, backward.get(0)),
                            around(torch.dg, backward.get(1)));
                }));
    }
}
