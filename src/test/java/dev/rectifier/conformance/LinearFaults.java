package dev.rectifier.conformance;

import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.List;
import java.util.function.DoubleUnaryOperator;

/** Faults in affine maps, ReLU, moves and losses. */
final class LinearFaults {
    private LinearFaults() {}

    static List<Fault> all() {
        return List.of(
                new Fault("last output stale", "dense.forward ", "forward", LinearFaults::lastStale),
                new Fault("bias missed", "dense.forwardBias", "forward", LinearFaults::biasMissed),
                new Fault("weights transposed", "dense.forward ", "forward", LinearFaults::weightsTransposed),
                new Fault("replica stride short by one", "dense.forward ", "forward", c -> strideShort(c, 2)),
                new Fault("all replicas read block 0", "dense.inputGradient", "inputGradient", c -> blockZero(c, 2)),
                new Fault("adds to its output", "dense.inputGradient", "inputGradient", LinearFaults::accumulates),
                new Fault(
                        "last example dropped", "dense.weightGradient", "weightGradient", LinearFaults::exampleDropped),
                new Fault("adds to its output", "dense.weightGradient", "weightGradient", LinearFaults::accumulates),
                new Fault(
                        "last example dropped",
                        "dense.biasGradient",
                        "biasGradient",
                        c -> c.proceedWith(1, shorter(c.view(1)))),
                new Fault("output rounded to 10 bits", "dense.biasGradient", "biasGradient", LinearFaults::coarse),
                new Fault("writes one element too many", "dense.forward ", "forward", LinearFaults::overrun),
                new Fault("changes its input", "dense.forward ", "forward", c -> after(c, 1, v -> v + 1)),
                new Fault("other bits beside other replicas", "dense.forward ", "forward", LinearFaults::crowded),
                new Fault("gates not stored", "dense.forwardRelu ", "forwardRelu", LinearFaults::gatesStale),
                new Fault("unused bits of the mask set", "dense.forwardRelu", "forwardRelu", LinearFaults::strayBits),
                new Fault("not rectified", "dense.forwardRelu ", "forwardRelu", LinearFaults::notRectified),
                new Fault("mask not applied", "dense.inputGradientRelu", "inputGradientRelu", LinearFaults::notGated),
                new Fault(
                        "last bias stale",
                        "dense.weightAndBiasGradient",
                        "weightAndBiasGradient",
                        LinearFaults::biasStale),
                new Fault("mask set at zero", "pointwise.relu", "relu", LinearFaults::maskAtZero),
                new Fault("unused bits of the mask set", "pointwise.relu", "relu", LinearFaults::strayBits),
                new Fault("swallows NaN", "pointwise.relu", "relu", c -> after(c, 0, v -> Double.isNaN(v) ? 0 : v)),
                new Fault("mask not applied", "pointwise.reluBackward ", "reluBackward", LinearFaults::maskIgnored),
                new Fault(
                        "NaN through a closed mask",
                        "pointwise.reluBackward ",
                        "reluBackward",
                        LinearFaults::timesMask),
                new Fault(
                        "last example not counted", "pointwise.activeCounts", "activeCounts", LinearFaults::countShort),
                new Fault("two roundings", "pointwise.axpy", "axpy", LinearFaults::unfused),
                new Fault("last element missed", "pointwise.copy ", "copy", LinearFaults::lastStale),
                new Fault("next row taken", "pointwise.gather", "gather", LinearFaults::nextRow),
                new Fault("copied, not transposed", "pointwise.transpose", "transpose", LinearFaults::copied),
                new Fault("last element missed", "pointwise.fill", "fill", LinearFaults::lastStale),
                new Fault("factor applied twice", "pointwise.scale", "scale", LinearFaults::twice),
                new Fault("gradient without scale", "losses.evaluate SQUARED", "evaluate", LinearFaults::unscaled),
                new Fault("gradient not written", "losses.evaluate SQUARED", "evaluate", LinearFaults::gradientStale),
                new Fault("half the value", "losses.value SOFTMAX", "value", c -> after(c, 1, v -> v / 2)),
                new Fault("values of two replicas swapped", "losses.value", "value", LinearFaults::swapped),
                new Fault("slope at the kink", "losses.evaluate HINGE", "evaluate", LinearFaults::slopeAtKink),
                new Fault("exponentials not shifted", "losses.value LOGISTIC", "value", LinearFaults::overflows),
                new Fault(
                        "mean of the tangent missed", "losses.tangent SOFTMAX", "tangent", LinearFaults::diagonalAlone),
                new Fault("factor of two missed", "losses.tangent SQUARED", "tangent", c -> after(c, 1, v -> v / 2)),
                new Fault("slope in place of its square", "losses.outer", "outer", LinearFaults::slopeAlone),
                new Fault("value summed in fp32", "losses.value SQUARED", "value", c -> after(c, 1, v -> (float) v)));
    }

    static void after(Fault.Call call, int view, DoubleUnaryOperator change) {
        call.proceed();
        Fault.map(call.view(view), change);
    }

    static void lastStale(Fault.Call call) {
        HostTensor before = call.view(0).download();
        call.proceed();
        HostTensor now = call.view(0).download();
        now.set(now.length() - 1, before.get(before.length() - 1));
        Fault.store(call.view(0), now);
    }

    private static void biasMissed(Fault.Call call) {
        call.engine().dense().forward(call.view(0), call.view(1), call.view(2));
    }

    private static void weightsTransposed(Fault.Call call) {
        View w = call.view(2);
        if (w.dim(1) == w.dim(2)) {
            HostTensor before = w.download();
            Fault.store(w, transposed(before));
            call.proceed();
            Fault.store(w, before);
        } else {
            call.proceed();
        }
    }

    private static HostTensor transposed(HostTensor w) {
        HostTensor result = HostTensor.zeros(w.dtype(), w.shape());
        int k = Math.toIntExact(w.shape().dim(1));
        for (int i = 0; i < w.length(); i++) {
            int block = i / (k * k) * k * k;
            int inside = i % (k * k);
            result.set(block + inside % k * k + inside / k, w.get(i));
        }
        return result;
    }

    static void strideShort(Fault.Call call, int i) {
        View v = call.view(i);
        call.proceedWith(i, new View(v.buffer(), v.offset(), Math.max(0, v.replicaStride() - 1), v.shape()));
    }

    static void blockZero(Fault.Call call, int i) {
        View v = call.view(i);
        call.proceedWith(i, new View(v.buffer(), v.offset(), 0, v.shape()));
    }

    static void accumulates(Fault.Call call) {
        HostTensor before = call.view(0).download();
        call.proceed();
        HostTensor now = call.view(0).download();
        for (int i = 0; i < now.length(); i++) {
            now.set(i, now.get(i) + before.get(i));
        }
        Fault.store(call.view(0), now);
    }

    private static void exampleDropped(Fault.Call call) {
        View dy = call.view(1);
        View x = call.view(2);
        HostTensor before = dy.download();
        long row = dy.dim(2);
        Fault.store(dy, withZeroTail(before, Math.toIntExact(row)));
        call.engine().dense().weightGradient(call.view(0), dy, x);
        Fault.store(dy, before);
    }

    private static HostTensor withZeroTail(HostTensor values, int tail) {
        HostTensor changed = HostTensor.rounded(values.dtype(), values.shape(), values.toDoubles());
        int block = Math.toIntExact(values.shape().tail().size());
        for (int i = 0; i < values.length(); i++) {
            changed.set(i, i % block >= block - tail ? 0 : values.get(i));
        }
        return changed;
    }

    private static View shorter(View v) {
        return v.rows(0, v.dim(1) - 1);
    }

    /** As if operands were rounded to TF32 unasked. */
    static void coarse(Fault.Call call) {
        after(call, 0, v -> Float.intBitsToFloat(Float.floatToRawIntBits((float) v) & 0xffffe000));
    }

    private static void overrun(Fault.Call call) {
        call.proceed();
        View y = call.view(0);
        long end = y.offset() + (y.replicas() - 1) * y.replicaStride() + y.blockSize();
        if (end < y.buffer().shape().size()) {
            HostTensor whole = y.buffer().download();
            whole.set(Math.toIntExact(end), 0);
            y.buffer().upload(whole);
        }
    }

    private static void crowded(Fault.Call call) {
        call.proceed();
        if (call.view(0).replicas() > 1) {
            Fault.map(call.view(0), v -> call.view(0).dtype() == DType.F32 ? Math.nextUp((float) v) : Math.nextUp(v));
        }
    }

    static void gatesStale(Fault.Call call) {
        HostTensor before = call.view(1).download();
        call.proceed();
        Fault.store(call.view(1), before);
    }

    private static void notRectified(Fault.Call call) {
        call.proceed();
        call.engine().dense().forward(call.view(0), call.view(2), call.view(3));
    }

    private static void notGated(Fault.Call call) {
        call.engine().dense().inputGradient(call.view(0), call.view(1), call.view(2));
    }

    private static void biasStale(Fault.Call call) {
        HostTensor before = call.view(1).download();
        call.proceed();
        HostTensor now = call.view(1).download();
        now.set(now.length() - 1, before.get(before.length() - 1));
        Fault.store(call.view(1), now);
    }

    private static void maskAtZero(Fault.Call call) {
        HostTensor z = call.view(2).download();
        call.proceed();
        HostTensor mask = call.view(1).download();
        int block = Math.toIntExact(call.view(2).blockSize());
        int words = Math.toIntExact(call.view(1).blockSize());
        for (int i = 0; i < z.length(); i++) {
            if (z.get(i) == 0) {
                mask.ints()[i / block * words + i % block / 32] |= 1 << (i % block % 32);
            }
        }
        Fault.store(call.view(1), mask);
    }

    private static void strayBits(Fault.Call call) {
        call.proceed();
        if (call.view(0).blockSize() % 32 != 0) {
            Fault.mapAt(call.view(1), -1, word -> (int) word | Integer.MIN_VALUE);
        }
    }

    private static void maskIgnored(Fault.Call call) {
        call.engine().pointwise().copy(call.view(0), call.view(1));
    }

    private static void timesMask(Fault.Call call) {
        HostTensor dy = call.view(1).download();
        call.proceed();
        HostTensor dz = call.view(0).download();
        for (int i = 0; i < dz.length(); i++) {
            dz.set(i, Double.isFinite(dy.get(i)) ? dz.get(i) : Double.NaN);
        }
        Fault.store(call.view(0), dz);
    }

    private static void countShort(Fault.Call call) {
        call.proceed();
        Fault.mapAt(call.view(0), 0, count -> Math.max(0, count - 1));
    }

    private static void unfused(Fault.Call call) {
        HostTensor y = call.view(0).download();
        HostTensor x = call.view(2).download();
        double a = call.argument(1, Double.class);
        for (int i = 0; i < y.length(); i++) {
            y.set(i, y.get(i) + Bound.round(y.dtype(), a * x.get(i)));
        }
        Fault.store(call.view(0), y);
    }

    private static void nextRow(Fault.Call call) {
        View rows = call.view(2);
        HostTensor before = rows.download();
        int m = Math.toIntExact(call.view(1).dim(1));
        Fault.map(rows, row -> (row + 1) % m);
        call.proceed();
        Fault.store(rows, before);
    }

    private static void copied(Fault.Call call) {
        View y = call.view(0);
        call.engine().pointwise().copy(y.reshape(call.view(1).shape().tail()), call.view(1));
    }

    static void twice(Fault.Call call) {
        call.proceed();
        call.proceed();
    }

    private static void unscaled(Fault.Call call) {
        double scale = call.argument(5, Double.class);
        after(call, 2, g -> g / scale);
    }

    /** p u instead of p (u - sum p u): what a diagonal second derivative would give. */
    private static void diagonalAlone(Fault.Call call) {
        HostTensor along = call.view(4).download();
        HostTensor outputs = call.view(2).download();
        int k = Math.toIntExact(outputs.shape().dim(-1));
        HostTensor product = HostTensor.zeros(along.dtype(), along.shape());
        for (int from = 0; from < product.length(); from += k) {
            double total = 0;
            for (int q = 0; q < k; q++) {
                total += Math.exp(outputs.get(from + q));
            }
            for (int q = 0; q < k; q++) {
                double p = Math.exp(outputs.get(from + q)) / total;
                product.set(from + q, call.argument(5, Double.class) * p * along.get(from + q));
            }
        }
        Fault.store(call.view(1), product);
    }

    private static void slopeAlone(Fault.Call call) {
        call.engine().pointwise().copy(call.view(0), call.view(1));
    }

    private static void gradientStale(Fault.Call call) {
        HostTensor before = call.view(2).download();
        call.proceed();
        Fault.store(call.view(2), before);
    }

    private static void swapped(Fault.Call call) {
        call.proceed();
        HostTensor values = call.view(1).download();
        if (values.length() > 1) {
            double first = values.get(0);
            values.set(0, values.get(1));
            values.set(1, first);
            Fault.store(call.view(1), values);
        }
    }

    private static void slopeAtKink(Fault.Call call) {
        HostTensor outputs = call.view(3).download();
        HostTensor targets = call.view(4).download();
        double scale = call.argument(5, Double.class);
        call.proceed();
        HostTensor gradient = call.view(2).download();
        for (int i = 0; i < gradient.length(); i++) {
            boolean kink = outputs.get(i) * targets.get(i) == 1;
            gradient.set(i, kink ? -targets.get(i) * scale : gradient.get(i));
        }
        Fault.store(call.view(2), gradient);
    }

    /** exp of anything above 88.7 is an infinity in fp32. */
    private static void overflows(Fault.Call call) {
        after(call, 1, v -> v > 88.7 ? Double.POSITIVE_INFINITY : v);
    }
}
