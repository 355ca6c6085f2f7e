package dev.rectifier.conformance;

import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.NormOps;
import dev.rectifier.engine.NormOps.Affine;
import dev.rectifier.engine.NormOps.Direction;
import dev.rectifier.engine.NormOps.Moments;
import dev.rectifier.engine.NormOps.Normed;
import dev.rectifier.engine.NormOps.Signal;
import dev.rectifier.engine.NormOps.TangentMoments;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;

/** {@link NormOps}: statistics in fp64, elements in their type, with the bounds that follow. What is joined: NormJoinedTest. */
final class NormContract implements Contract {
    private static final double EPS = 1e-5;
    private static final long[] DENSE = {19, 6};
    private static final long[] PLANES = {5, 3, 2, 5};

    @Override
    public Stream<Trial> trials() {
        int[] number = {0};
        return Scene.small()
                .flatMap(s -> operations(s, s.layouts() % 2 == 0 ? DENSE : PLANES))
                .filter(trial -> number[0]++ % 2 == 0); // 9 operations: each meets every other scene
    }

    /** All operations; {@code extents} are those of x without the replica. */
    static Stream<Trial> operations(Scene scene, long... extents) {
        NormContract contract = new NormContract(scene, extents);
        return Stream.of(
                contract.forward(),
                contract.normalise(),
                contract.backward(true),
                contract.backward(false),
                contract.tangent(true),
                contract.tangent(false),
                contract.backwardTangent(true),
                contract.backwardTangent(false),
                contract.track());
    }

    private final Scene scene;
    private final long[] extents;
    private final long channels;
    private final Operand x;
    private final Operand mean;
    private final Operand variance;

    NormContract() {
        this(Scene.small(DType.F32, Regime.RANDOM, 0), DENSE);
    }

    private NormContract(Scene scene, long... extents) {
        this.scene = scene;
        this.extents = extents.clone();
        channels = extents[1];
        x = scene.in("x", 2, extents);
        mean = wide("mean", 0, 0.25, (m, squares) -> m);
        variance = wide("variance", 1, 1.5, (m, squares) -> squares);
    }

    /** What becomes of a channel's mean and mean squared deviation. */
    private interface Choice {
        double of(double mean, double squares);
    }

    /** F64 [R, C] from x, or a constant where that is not finite. */
    private Operand wide(String name, int position, double otherwise, Choice choice) {
        HostTensor tensor = HostTensor.zeros(DType.F64, scene.shape(channels));
        for (int i = 0; i < tensor.length(); i++) {
            double value = choice.of(mean(i), squares(i, mean(i)));
            tensor.set(i, Double.isFinite(value) ? value : otherwise);
        }
        return Operand.in(name, tensor, unshared(position));
    }

    private Operand.Layout unshared(int position) {
        return scene.layout(position) == Operand.Layout.SHARED ? Operand.Layout.DENSE : scene.layout(position);
    }

    private int examples() {
        return (int) extents[0];
    }

    private int places() {
        return (int) (Shape.of(extents).size() / extents[0] / channels);
    }

    /** Value m of channel i % C of replica i / C. */
    private double value(Operand of, int i, int m) {
        int c = (int) channels;
        int row = i / c * examples() + m / places();
        return of.values().get((row * c + i % c) * places() + m % places());
    }

    private double mean(int i) {
        double sum = 0;
        for (int m = 0; m < examples() * places(); m++) {
            sum += value(x, i, m);
        }
        return sum / (examples() * places());
    }

    private double squares(int i, double centre) {
        double sum = 0;
        for (int m = 0; m < examples() * places(); m++) {
            sum += (value(x, i, m) - centre) * (value(x, i, m) - centre);
        }
        return sum / (examples() * places());
    }

    private String name(String operation) {
        return "norm." + operation + " " + Shape.of(extents) + " " + scene;
    }

    private Operand scale() {
        return scene.in("scale", 0, channels);
    }

    private Operand shift() {
        return scene.in("shift", 1, channels);
    }

    private static Normed normed(List<View> views, int x, int mean, int scale) {
        return new Normed(
                views.get(x),
                new Moments(views.get(mean), views.get(mean + 1)),
                new Affine(views.get(scale), views.get(scale + 1)),
                EPS);
    }

    private Operand wideOut(String name, int position) {
        return scene.out(name, DType.F64, position, channels);
    }

    private Trial forward() {
        return new Trial(
                name("forward"),
                List.of(scene.out("y", 0, extents), wideOut("mean", 1), wideOut("variance", 2), x, scale(), shift()),
                (e, v) -> e.norm().forward(v.get(0), normed(v, 3, 1, 4)),
                in -> List.of(new NormOracle(in.get(3)).forward(in.get(4), in.get(5), EPS)));
    }

    private Trial normalise() {
        return new Trial(
                name("normalise"),
                List.of(scene.out("y", 1, extents), x, mean, variance, scale(), shift()),
                (e, v) -> e.norm().normalise(v.get(0), normed(v, 1, 2, 4)),
                in -> List.of(new NormOracle(in.get(1))
                        .normalise(NormOracle.given(in.get(2), in.get(3)), in.get(4), in.get(5), EPS)));
    }

    private Trial backward(boolean training) {
        return new Trial(
                name(training ? "backward" : "normaliseBackward"),
                List.of(
                        scene.out("dx", 0, extents),
                        scene.out("dscale", 1, channels),
                        scene.out("dshift", 2, channels),
                        scene.in("dy", 0, extents),
                        x,
                        mean,
                        variance,
                        scale(),
                        shift()),
                (e, v) -> {
                    Affine gradient = new Affine(v.get(1), v.get(2));
                    if (training) {
                        e.norm().backward(v.get(0), gradient, v.get(3), normed(v, 4, 5, 7));
                    } else {
                        e.norm().normaliseBackward(v.get(0), gradient, v.get(3), normed(v, 4, 5, 7));
                    }
                },
                in -> List.of(new NormOracle(in.get(4))
                        .backward(in.get(3), NormOracle.given(in.get(5), in.get(6)), in.get(7), EPS, training)));
    }

    private Direction direction(List<View> views, int at) {
        return new Direction(views.get(at), new Affine(views.get(at + 1), views.get(at + 2)));
    }

    private Trial tangent(boolean training) {
        List<Operand> in = List.of(
                scene.in("tx", 1, extents),
                scene.in("tscale", 2, channels),
                scene.in("tshift", 0, channels),
                x,
                mean,
                variance,
                scale(),
                shift());
        List<Operand> out = training
                ? List.of(scene.out("ty", 0, extents), wideOut("tmean", 1), wideOut("tproduct", 2))
                : List.of(scene.out("ty", 0, extents));
        int k = out.size();
        return new Trial(
                name(training ? "tangent" : "normaliseTangent"),
                Stream.concat(out.stream(), in.stream()).toList(),
                (e, v) -> {
                    if (training) {
                        TangentMoments moments = new TangentMoments(v.get(1), v.get(2));
                        e.norm().tangent(v.get(0), moments, direction(v, k), normed(v, k + 3, k + 4, k + 6));
                    } else {
                        e.norm().normaliseTangent(v.get(0), direction(v, k), normed(v, k + 3, k + 4, k + 6));
                    }
                },
                v -> List.of(new NormOracle(v.get(k + 3))
                                .tangent(
                                        motion(v, k),
                                        NormOracle.given(v.get(k + 4), v.get(k + 5)),
                                        v.get(k + 6),
                                        EPS,
                                        training))
                        .subList(0, k));
    }

    private static NormOracle.Motion motion(List<HostTensor> blocks, int at) {
        return new NormOracle.Motion(blocks.get(at), blocks.get(at + 1), blocks.get(at + 2));
    }

    private Trial backwardTangent(boolean training) {
        Operand tx = scene.in("tx", 1, extents);
        List<Operand> operands = List.of(
                scene.out("tdx", 0, extents),
                scene.out("tdscale", 1, channels),
                scene.out("tdshift", 2, channels),
                scene.in("dy", 2, extents),
                scene.in("tdy", 0, extents),
                tx,
                scene.in("tscale", 2, channels),
                scene.in("tshift", 0, channels),
                x,
                mean,
                variance,
                scale(),
                shift());
        Stream<Operand> moments = training ? Stream.of(tangentMean(tx), tangentProduct(tx)) : Stream.empty();
        return new Trial(
                name(training ? "backwardTangent" : "normaliseBackwardTangent"),
                Stream.concat(operands.stream(), moments).toList(),
                (e, v) -> {
                    Affine gradient = new Affine(v.get(1), v.get(2));
                    Signal signal = new Signal(v.get(3), v.get(4));
                    Normed normed = normed(v, 8, 9, 11);
                    if (training) {
                        TangentMoments kept = new TangentMoments(v.get(13), v.get(14));
                        e.norm().backwardTangent(v.get(0), gradient, signal, kept, direction(v, 5), normed);
                    } else {
                        e.norm().normaliseBackwardTangent(v.get(0), gradient, signal, direction(v, 5), normed);
                    }
                },
                in -> List.of(new NormOracle(in.get(8))
                        .backwardTangent(
                                new NormOracle.Above(in.get(3), in.get(4)),
                                motion(in, 5),
                                NormOracle.given(in.get(9), in.get(10)),
                                training ? new HostTensor[] {in.get(13), in.get(14)} : new HostTensor[0],
                                in.get(11),
                                EPS)));
    }

    private Operand tangentMean(Operand tx) {
        return kept("tmean", (i, m) -> value(tx, i, m));
    }

    private Operand tangentProduct(Operand tx) {
        return kept(
                "tproduct",
                (i, m) -> (value(x, i, m) - mean.values().get(i))
                        / Math.sqrt(variance.values().get(i) + EPS)
                        * value(tx, i, m));
    }

    /** Value m of channel i. */
    private interface Term {
        double of(int i, int m);
    }

    private Operand kept(String name, Term term) {
        HostTensor tensor = HostTensor.zeros(DType.F64, scene.shape(channels));
        int values = examples() * places();
        for (int i = 0; i < tensor.length(); i++) {
            double sum = 0;
            for (int m = 0; m < values; m++) {
                sum += term.of(i, m) / values;
            }
            tensor.set(i, Double.isFinite(sum) ? sum : 0.125);
        }
        return Operand.in(name, tensor, unshared(2));
    }

    /** The last of several replicas has stopped. */
    private Trial track() {
        HostTensor causes = HostTensor.zeros(DType.I32, scene.shape());
        if (scene.replicas() > 1) {
            causes.set(scene.replicas() - 1, FreezeCause.STOPPED.code());
        }
        double momentum = 0.1;
        int count = 7;
        return new Trial(
                name("track"),
                List.of(
                        Operand.inout("mean", variance.values(), scene.layout(0)),
                        Operand.inout("variance", mean.values(), scene.layout(1)),
                        mean,
                        variance,
                        Operand.in("cause", causes, Operand.Layout.DENSE),
                        Operand.in("step", HostTensor.zeros(DType.I64, scene.shape()), Operand.Layout.DENSE)),
                (e, v) -> e.norm()
                        .track(
                                new Moments(v.get(0), v.get(1)),
                                new Moments(v.get(2), v.get(3)),
                                momentum,
                                count,
                                new Health(v.get(4), v.get(5))),
                in -> {
                    boolean frozen = in.get(4).get(0) != FreezeCause.NONE.code();
                    double m = frozen ? 0 : momentum;
                    return List.of(
                            followed(in.get(0), in.get(2), m, 1),
                            followed(in.get(1), in.get(3), m, count / (count - 1.0)));
                });
    }

    private static Expected followed(HostTensor running, HostTensor batch, double momentum, double factor) {
        Rounded[] expected = new Rounded[running.length()];
        for (int i = 0; i < expected.length; i++) {
            Rounded old = Rounded.exact(DType.F64, running.get(i));
            Rounded fresh = Rounded.exact(DType.F64, factor).times(Rounded.exact(DType.F64, batch.get(i)));
            expected[i] = momentum == 0
                    ? old
                    : Rounded.exact(DType.F64, momentum)
                            .times(fresh)
                            .plus(Rounded.exact(DType.F64, 1 - momentum).times(old));
        }
        return Expected.of(expected);
    }
}
