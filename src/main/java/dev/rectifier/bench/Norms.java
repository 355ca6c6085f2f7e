package dev.rectifier.bench;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.NormOps.Affine;
import dev.rectifier.engine.NormOps.Moments;
import dev.rectifier.engine.NormOps.Normed;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.DoubleUnaryOperator;

/** Batch normalisation of [R, N, C] in training mode, and the same by operations of their own one after the other. */
enum Norms {
    FORWARD("batch norm", 5),
    FORWARD_RELU("batch norm and relu", 6),
    BACKWARD("batch norm backward", 8),
    BACKWARD_RELU("batch norm and relu backward", 8);

    static final double EPS = 1e-5;
    /** Bytes of a replica's x up to which an engine need not read it twice. */
    private static final long RESIDENT = 200 << 10;

    private final String family;
    private final double flops;

    Norms(String family, double flops) {
        this.family = family;
        this.flops = flops;
    }

    String family() {
        return family;
    }

    boolean isBackward() {
        return this == BACKWARD || this == BACKWARD_RELU;
    }

    boolean hasRelu() {
        return this == FORWARD_RELU || this == BACKWARD_RELU;
    }

    /** The least work: operands once where a replica fits a multiprocessor, else what the sums read a second time too. */
    Work work(long r, long n, long c) {
        Work once = of(r, n, c).work();
        double again = 4.0 * r * n * c * (isBackward() ? 2 : 1);
        return n * c * 4 <= RESIDENT ? once : new Work(once.bytes() + again, once.flops(), 0);
    }

    Operation of(long r, long n, long c) {
        Operation joined = operation(r, n, c, isBackward() ? this::back : this::forth);
        return joined.besides(elsewhere(r, n, c)).asking(words(r, n, c));
    }

    private static HostTensor narrow(HostTensor moments, DoubleUnaryOperator change) {
        double[] values = Arrays.stream(moments.toDoubles()).map(change).toArray();
        return HostTensor.rounded(DType.F32, Shape.of(values.length), values);
    }

    /** Peers know one network: its channels are those of all replicas side by side, [N, R C]. */
    private PeerWords words(long r, long n, long c) {
        List<Long> shape = List.of(n, r * c);
        if (!isBackward()) {
            List<PeerWords.Operand> in =
                    List.of(PeerWords.sideBySide(0), PeerWords.slot(2, r * c), PeerWords.slot(3, r * c));
            return PeerWords.of(
                            hasRelu() ? "batchnorm-relu-forward" : "batchnorm-forward",
                            shape,
                            in,
                            PeerWords.sideBySide(1))
                    .with(Map.of("epsilon", EPS));
        }
        List<PeerWords.Operand> given = List.of(
                PeerWords.sideBySide(1),
                PeerWords.sideBySide(0),
                PeerWords.slot(3, r * c),
                slots -> narrow(slots.get(6), mean -> mean),
                slots -> narrow(slots.get(7), variance -> 1 / Math.sqrt(variance + EPS)));
        List<PeerWords.Operand> in = new ArrayList<>(given);
        if (hasRelu()) {
            PeerWords.Operand y = PeerWords.active(8, 0); // positive where the mask's bit is set
            in.add(slots -> PeerWords.sideBySide(0).apply(List.of(y.apply(slots))));
        }
        return PeerWords.of(
                        hasRelu() ? "batchnorm-relu-backward" : "batchnorm-backward",
                        shape,
                        in,
                        PeerWords.sideBySide(2),
                        PeerWords.slot(4, r * c),
                        PeerWords.slot(5, r * c))
                .with(Map.of("epsilon", EPS));
    }

    /** Without what is joined: moments, their scale and the rest; the gate and the rest. */
    Operation apart(long r, long n, long c) {
        return operation(r, n, c, isBackward() ? this::backApart : this::forthApart);
    }

    private Operation operation(long r, long n, long c, Operation.Call call) {
        List<Slot> slots = new ArrayList<>(isBackward() ? backSlots(r, n, c) : forthSlots(r, n, c));
        if (hasRelu()) {
            Slot mask = Slot.out(r, PointwiseOps.maskWords(n * c)).of(DType.I32);
            slots.add(isBackward() ? open(mask) : mask);
        }
        return Operation.of(flops(r, n, c), call, slots.toArray(Slot[]::new)).withDepth(n);
    }

    /** A mask that is read: gates as they come. */
    private static Slot open(Slot mask) {
        return new Slot(mask.shape(), mask.dtype(), new Slot.Content.Whole(Integer.MAX_VALUE), true, false);
    }

    static List<Slot> forthSlots(long r, long n, long c) {
        return List.of(
                Slot.in(r, n, c),
                Slot.out(r, n, c),
                Slot.in(r, c),
                Slot.in(r, c),
                Slot.out(r, c).of(DType.F64),
                Slot.out(r, c).of(DType.F64));
    }

    static List<Slot> backSlots(long r, long n, long c) {
        return List.of(
                Slot.in(r, n, c),
                Slot.in(r, n, c),
                Slot.out(r, n, c),
                Slot.in(r, c),
                Slot.out(r, c),
                Slot.out(r, c),
                Slot.in(r, c).of(DType.F64).with(new Slot.Content.Constant(0)),
                Slot.in(r, c).of(DType.F64).with(new Slot.Content.Constant(1)));
    }

    static Normed forthOf(List<View> v) {
        return new Normed(v.get(0), new Moments(v.get(4), v.get(5)), new Affine(v.get(2), v.get(3)), EPS);
    }

    /** The shift has no part in a backward pass. */
    static Normed backOf(List<View> v) {
        return new Normed(v.get(0), new Moments(v.get(6), v.get(7)), new Affine(v.get(3), v.get(3)), EPS);
    }

    static Affine gradient(List<View> v) {
        return new Affine(v.get(4), v.get(5));
    }

    private void forth(Engine engine, List<View> v) {
        if (hasRelu()) {
            engine.norm().forwardRelu(v.get(1), v.get(6), forthOf(v));
        } else {
            engine.norm().forward(v.get(1), forthOf(v));
        }
    }

    private void back(Engine engine, List<View> v) {
        if (hasRelu()) {
            engine.norm().backwardRelu(v.get(2), gradient(v), v.get(1), v.get(8), backOf(v));
        } else {
            engine.norm().backward(v.get(2), gradient(v), v.get(1), backOf(v));
        }
    }

    private void forthApart(Engine engine, List<View> v) {
        if (hasRelu()) {
            engine.norm().forward(v.get(1), forthOf(v));
            engine.pointwise().relu(v.get(1), v.get(6), v.get(1));
        } else {
            engine.reduce().moments(v.get(4), v.get(5), v.get(0));
            engine.pointwise().scale(v.get(5), 1.0 / v.get(0).dim(1));
            engine.norm().normalise(v.get(1), forthOf(v));
        }
    }

    private void backApart(Engine engine, List<View> v) {
        engine.pointwise().reluBackward(v.get(2), v.get(1), v.get(8));
        engine.norm().backward(v.get(2), gradient(v), v.get(2), backOf(v));
    }

    double flops(long r, long n, long c) {
        return flops * r * n * c;
    }

    /** Whether there is a way of single operations to compare with. */
    boolean comesApart() {
        return this != BACKWARD;
    }

    /** What another library does of the same. */
    private Twin elsewhere(long r, long n, long c) {
        return NormTwins.of(this, r, n, c);
    }
}
