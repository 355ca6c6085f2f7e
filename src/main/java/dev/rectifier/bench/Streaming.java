package dev.rectifier.bench;

import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.tensor.DType;
import java.util.List;
import java.util.Map;

/** Operations whose time is that of their operands' way through the memory. */
final class Streaming {
    private Streaming() {}

    static Operation copy(long r, long w) {
        return Operation.of(
                        0, (engine, v) -> engine.pointwise().copy(v.get(1), v.get(0)), Slot.in(r, w), Slot.out(r, w))
                .asking(PeerWords.of(
                        "copy", List.of(r * w), List.of(PeerWords.slot(0, r * w)), PeerWords.slot(1, r * w)));
    }

    static Operation fill(long r, long w) {
        return Operation.of(0, (engine, v) -> engine.pointwise().fill(v.get(0), 0.7), Slot.out(r, w));
    }

    static Operation axpy(long r, long w) {
        return Operation.of(
                        2.0 * r * w,
                        (engine, v) -> engine.pointwise().axpy(v.get(1), 1e-6, v.get(0)),
                        Slot.in(r, w),
                        Slot.in(r, w).inPlace())
                .asking(PeerWords.of(
                                "sgd",
                                List.of(r * w),
                                List.of(PeerWords.slot(1, r * w), PeerWords.slot(0, r * w)),
                                PeerWords.slot(1, r * w))
                        .with(Map.of("rate", -1e-6)));
    }

    static Operation relu(long r, long w) {
        return Operation.of(
                        (double) r * w,
                        (engine, v) -> engine.pointwise().relu(v.get(1), v.get(2), v.get(0)),
                        Slot.in(r, w),
                        Slot.out(r, w),
                        Slot.out(r, PointwiseOps.maskWords(w)).of(DType.I32))
                .asking(PeerWords.of("relu-forward", List.of(r, w), List.of(PeerWords.slot(0)), PeerWords.slot(1)))
                .besides(reluElsewhere(r, w));
    }

    /** Libraries leave no mask. */
    private static Twin reluElsewhere(long r, long w) {
        Operation exact = Operation.of(
                (double) r * w,
                (engine, v) -> engine.pointwise().relu(v.get(1), v.get(2), v.get(0)),
                Slot.in(r, w),
                Slot.out(r, w),
                Slot.scratch(r, PointwiseOps.maskWords(w)).of(DType.I32));
        return new Twin(exact, (library, v) -> library.reluForward(v.get(1), v.get(0)));
    }

    /** Libraries go back by the outputs. */
    private static Twin reluBackwardElsewhere(long r, long w) {
        Operation exact = Operation.of(
                (double) r * w,
                (engine, v) -> {
                    engine.pointwise().relu(v.get(2), v.get(3), v.get(2));
                    engine.pointwise().reluBackward(v.get(1), v.get(0), v.get(3));
                },
                Slot.in(r, w),
                Slot.out(r, w),
                Slot.in(r, w).with(new Slot.Content.Rectified()),
                Slot.scratch(r, PointwiseOps.maskWords(w)).of(DType.I32));
        return new Twin(exact, (library, v) -> library.reluBackward(v.get(1), v.get(0), v.get(2)));
    }

    static Operation reluBackward(long r, long w) {
        Slot mask = Slot.in(r, PointwiseOps.maskWords(w)).of(DType.I32).with(new Slot.Content.Whole(Integer.MAX_VALUE));
        return Operation.of(
                        (double) r * w,
                        (engine, v) -> engine.pointwise().reluBackward(v.get(1), v.get(0), v.get(2)),
                        Slot.in(r, w),
                        Slot.out(r, w),
                        mask)
                .asking(PeerWords.of(
                        "relu-backward",
                        List.of(r, w),
                        List.of(PeerWords.slot(0), PeerWords.active(2, 0)),
                        PeerWords.slot(1)))
                .besides(reluBackwardElsewhere(r, w));
    }

    static Operation normals(long r, long w) {
        return Operation.of(
                        0,
                        (engine, v) -> engine.random().normal(v.get(0), v.get(1), 7, 0, 1),
                        Slot.out(r, w),
                        streams(r))
                .asking(PeerWords.of("randn", List.of(r * w), List.of(PeerWords.slot(0, r * w))));
    }

    static Operation uniforms(long r, long w) {
        return Operation.of(
                0, (engine, v) -> engine.random().uniform(v.get(0), v.get(1), 7, -1, 1), Slot.out(r, w), streams(r));
    }

    private static Slot streams(long r) {
        return Slot.in(r, 2).of(DType.I64).with(new Slot.Content.Given(List.of(11.0, 3.0)));
    }

    static Operation sum(long r, long w) {
        return Operation.of(
                (double) r * w,
                (engine, v) -> engine.reduce().sum(v.get(1), v.get(0)),
                Slot.in(r, w).with(new Slot.Content.Uniform()),
                Slot.out(r).of(DType.F64));
    }

    static Operation dot(long r, long w) {
        return Operation.of(
                2.0 * r * w,
                (engine, v) -> engine.reduce().dot(v.get(2), v.get(0), v.get(1)),
                Slot.in(r, w).with(new Slot.Content.Uniform()),
                Slot.in(r, w).with(new Slot.Content.Uniform()),
                Slot.out(r).of(DType.F64));
    }

    static Operation moments(long r, long n, long w) {
        return Operation.of(
                4.0 * r * n * w,
                (engine, v) -> engine.reduce().moments(v.get(1), v.get(2), v.get(0)),
                Slot.in(r, n, w),
                Slot.out(r, w).of(DType.F64),
                Slot.out(r, w).of(DType.F64));
    }

    static Operation argmax(long r, long n, long k) {
        return Operation.of(
                0,
                (engine, v) -> engine.reduce().argmax(v.get(1), v.get(0)),
                Slot.in(r, n, k),
                Slot.out(r, n).of(DType.I32));
    }

    static Operation biasGradient(long r, long n, long k) {
        return Operation.of(
                        (double) r * n * k,
                        (engine, v) -> engine.dense().biasGradient(v.get(1), v.get(0)),
                        Slot.in(r, n, k),
                        Slot.out(r, k))
                .withDepth(n)
                .asking(PeerWords.of("column-sum", List.of(r, n, k), List.of(PeerWords.slot(0)), PeerWords.slot(1)));
    }

    static Operation squaredLoss(long r, long n, long k) {
        return loss(LossKind.SQUARED, r, n, k, Slot.in(r, n, k));
    }

    static Operation crossEntropy(long r, long n, long k) {
        Slot labels = Slot.in(r, n).of(DType.I32).with(new Slot.Content.Whole((int) k));
        return loss(LossKind.SOFTMAX_CROSS_ENTROPY, r, n, k, labels);
    }

    private static Operation loss(LossKind kind, long r, long n, long k, Slot targets) {
        return Operation.of(
                (kind == LossKind.SQUARED ? 4.0 : 6.0) * r * n * k,
                (engine, v) -> engine.losses().evaluate(kind, v.get(3), v.get(2), v.get(0), v.get(1), 1.0 / n),
                Slot.in(r, n, k),
                targets,
                Slot.out(r, n, k),
                Slot.out(r).of(DType.F64));
    }
}
