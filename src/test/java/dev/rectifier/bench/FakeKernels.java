package dev.rectifier.bench;

import dev.rectifier.bench.peer.NpzFile;
import dev.rectifier.bench.peer.Peer;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.TreeSet;

/** A peer of kind {@code kernel} that computes by the words of the protocol, from the textbook, and times nothing. */
final class FakeKernels implements Peer {
    private final double slip;
    private Map<?, ?> held = Map.of();
    final Set<String> asked = new TreeSet<>();

    /** @param slip added to the first number of every result */
    FakeKernels(double slip) {
        this.slip = slip;
    }

    @Override
    public String name() {
        return "fake";
    }

    @Override
    public Map<String, String> versions() {
        return Map.of();
    }

    @Override
    public String device() {
        return "cpu";
    }

    @Override
    public List<String> kinds() {
        return List.of("kernel");
    }

    @Override
    public List<String> variants() {
        return List.of("eager");
    }

    @Override
    public Map<String, Object> ask(Map<String, Object> request, double seconds) {
        if ("prepare".equals(request.get("op")) && request.get("case") instanceof Map<?, ?> words) {
            held = words;
            asked.add(word("op"));
        } else if ("verify".equals(request.get("op"))) {
            Map<String, HostTensor> results = new LinkedHashMap<>();
            for (HostTensor result : results()) {
                result.set(0, result.get(0) + slip);
                results.put("out" + results.size(), result);
            }
            NpzFile.write(Path.of(String.valueOf(request.get("out"))), results, Optional.empty());
        }
        return Map.of("seconds", 1e-3);
    }

    @Override
    public void release() {
        held = Map.of();
    }

    private String word(String name) {
        return String.valueOf(held.get(name));
    }

    private double number(String name) {
        return held.get("hyper") instanceof Map<?, ?> hyper && hyper.get(name) instanceof Double value ? value : 0;
    }

    private FakeConvolution convolution(List<HostTensor> operands) {
        List<?> shape = held.get("shape") instanceof List<?> list ? list : List.of();
        List<Long> extents = shape.stream().map(extent -> (Long) extent).toList();
        return new FakeConvolution(operands, extents, (int) number("stride"), (int) number("padding"));
    }

    private List<HostTensor> results() {
        Map<String, HostTensor> in = NpzFile.read(Path.of(word("data")));
        List<HostTensor> x = new ArrayList<>(in.values());
        HostTensor first = x.get(0);
        return switch (word("op")) {
            case "copy" -> List.of(first);
            case "relu-forward" -> each(first, i -> Math.max(first.get(i), 0));
            case "relu-backward" -> each(first, i -> x.get(1).get(i) > 0 ? first.get(i) : 0);
            case "sgd" ->
                each(first, i -> first.get(i) - number("rate") * x.get(1).get(i));
            case "momentum" -> momentum(x);
            case "adam" -> adam(x);
            case "batchnorm-forward" -> FakeNorm.forward(x, number("epsilon"));
            case "batchnorm-backward" -> FakeNorm.backward(x);
            case "batchnorm-relu-forward" -> {
                HostTensor y = FakeNorm.forward(x, number("epsilon")).get(0);
                yield each(y, i -> Math.max(y.get(i), 0));
            }
            case "batchnorm-relu-backward" -> {
                HostTensor y = x.get(5);
                x.set(0, each(first, i -> y.get(i) > 0 ? first.get(i) : 0).get(0));
                yield FakeNorm.backward(x);
            }
            case "convolution-forward" -> convolution(x).forward();
            case "convolution-input-gradient" -> convolution(x).inputGradient();
            case "convolution-weight-gradient" -> convolution(x).weightGradient();
            case "column-sum" -> List.of(columnSum(first));
            case "matmul" -> List.of(product(first, x.get(1)));
            default -> normals(first);
        };
    }

    private interface Element {
        double at(int i);
    }

    private static List<HostTensor> each(HostTensor like, Element element) {
        HostTensor result = HostTensor.zeros(DType.F32, like.shape());
        for (int i = 0; i < result.length(); i++) {
            result.set(i, element.at(i));
        }
        return List.of(result);
    }

    private static List<HostTensor> normals(HostTensor like) {
        SplittableRandom random = new SplittableRandom(1);
        return each(like, i -> random.nextGaussian());
    }

    private List<HostTensor> momentum(List<HostTensor> x) {
        HostTensor m = each(
                        x.get(0),
                        i -> number("momentum") * x.get(2).get(i) + x.get(1).get(i))
                .get(0);
        HostTensor w =
                each(x.get(0), i -> x.get(0).get(i) - number("rate") * m.get(i)).get(0);
        return List.of(w, m);
    }

    private List<HostTensor> adam(List<HostTensor> x) {
        double b1 = number("momentum");
        double b2 = number("beta2");
        HostTensor g = x.get(1);
        HostTensor m = each(g, i -> b1 * x.get(2).get(i) + (1 - b1) * g.get(i)).get(0);
        HostTensor v = each(g, i -> b2 * x.get(3).get(i) + (1 - b2) * g.get(i) * g.get(i))
                .get(0);
        HostTensor w = each(g, i -> {
                    double root = Math.sqrt(v.get(i) / (1 - b2)) + number("epsilon");
                    return x.get(0).get(i) - number("rate") * m.get(i) / (1 - b1) / root;
                })
                .get(0);
        return List.of(w, m, v);
    }

    private static HostTensor columnSum(HostTensor x) {
        int n = (int) x.shape().dim(1);
        int columns = (int) x.shape().dim(2);
        HostTensor sums = HostTensor.zeros(DType.F32, Shape.of(x.shape().dim(0), columns));
        for (int i = 0; i < x.length(); i++) {
            int to = i / (n * columns) * columns + i % columns;
            sums.set(to, sums.get(to) + x.get(i));
        }
        return sums;
    }

    private static HostTensor product(HostTensor a, HostTensor b) {
        int m = (int) a.shape().dim(1);
        int k = (int) a.shape().dim(2);
        int n = (int) b.shape().dim(2);
        HostTensor c = HostTensor.zeros(DType.F32, Shape.of(a.shape().dim(0), m, n));
        for (int i = 0; i < c.length(); i++) {
            int row = i / n;
            double sum = 0;
            for (int j = 0; j < k; j++) {
                sum += a.get(row * k + j) * b.get(row / m * k * n + j * n + i % n);
            }
            c.set(i, sum);
        }
        return c;
    }
}
