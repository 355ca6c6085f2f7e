package dev.rectifier.conformance;

import dev.rectifier.engine.PoolOps.Window;
import dev.rectifier.engine.View;
import dev.rectifier.engine.WeightNormOps.Factors;
import dev.rectifier.engine.WeightNormOps.Signal;
import dev.rectifier.tensor.HostTensor;
import java.util.List;
import java.util.stream.Stream;

/** Faults in pooling, dropout and weight normalisation. */
final class PoolFaults {
    private PoolFaults() {}

    static List<Fault> all() {
        return Stream.of(pooling(), dropout(), weights()).flatMap(List::stream).toList();
    }

    private static List<Fault> pooling() {
        return List.of(
                new Fault("the last of equals", "pool.max ", "max", PoolFaults::lastOfEquals),
                new Fault("NaN never wins", "pool.max ", "max", PoolFaults::nanLoses),
                new Fault(
                        "padding wins as a zero",
                        "pool.max ",
                        "max",
                        c -> LinearFaults.after(c, 0, v -> Math.max(v, 0))),
                new Fault("index one too high", "pool.max ", "max", c -> LinearFaults.after(c, 1, i -> i + 1)),
                new Fault("shared planes read on and on", "pool.max ", "max", c -> LinearFaults.strideShort(c, 2)),
                new Fault("last plane stale", "pool.maxBackward", "maxBackward", LinearFaults::lastStale),
                new Fault("the last window wins", "pool.maxBackward", "maxBackward", PoolFaults::lastWindow),
                new Fault("first place taken", "pool.pick", "pick", c -> zeroed(c, 2)),
                new Fault("divided by the side", "pool.average ", "average", PoolFaults::dividedBySide),
                new Fault("not divided", "pool.averageBackward", "averageBackward", PoolFaults::timesArea),
                new Fault("last plane stale", "pool.globalAverage ", "globalAverage", LinearFaults::lastStale),
                new Fault(
                        "not divided",
                        "pool.globalAverageBackward",
                        "globalAverageBackward",
                        c -> LinearFaults.after(c, 0, v -> v * c.view(0).dim(3))));
    }

    private static List<Fault> dropout() {
        return List.of(
                new Fault(
                        "dropped and kept swapped",
                        "random.keep",
                        "keep",
                        c -> LinearFaults.after(c, 0, v -> ~(int) v)),
                new Fault("unused bits set", "random.keep", "keep", PoolFaults::strayBits),
                new Fault(
                        "another step's mask",
                        "random.keep",
                        "keep",
                        c -> c.proceedWith(2, c.argument(2, Long.class) + 1)),
                new Fault("factor forgotten", "pointwise.gate ", "gate", c -> c.proceedWith(3, 1.0)),
                new Fault("NaN through a closed gate", "pointwise.gate ", "gate", PoolFaults::nanThrough));
    }

    private static List<Fault> weights() {
        return List.of(
                new Fault("length ignored", "weightNorm.forward", "forward", PoolFaults::lengthIgnored),
                new Fault("norm squared", "weightNorm.forward", "forward", c -> LinearFaults.after(c, 1, v -> v * v)),
                new Fault("not projected", "weightNorm.backward ", "backward", PoolFaults::notProjected),
                new Fault("dg stale", "weightNorm.backward ", "backward", PoolFaults::lengthStale),
                new Fault("turn of the direction missed", "weightNorm.tangent", "tangent", PoolFaults::directionStill),
                new Fault(
                        "signal held still",
                        "weightNorm.backwardTangent",
                        "backwardTangent",
                        c -> c.proceedWith(1, still(c.argument(1, Signal.class)))),
                new Fault(
                        "weights held still",
                        "weightNorm.backwardTangent",
                        "backwardTangent",
                        PoolFaults::weightsStill));
    }

    /** Of a winner whose right neighbour is as large and in the window as well. */
    private static void lastOfEquals(Fault.Call call) {
        call.proceed();
        HostTensor x = call.view(2).download();
        HostTensor index = call.view(1).download();
        Window window = call.argument(3, Window.class);
        int width = Math.toIntExact(call.view(2).dim(4));
        int large = Math.toIntExact(call.view(2).dim(3)) * width;
        int columns = Math.toIntExact(call.view(0).dim(4));
        int small = Math.toIntExact(call.view(0).dim(3)) * columns;
        for (int i = 0; i < index.length(); i++) {
            int winner = index.ints()[i];
            int end = Math.min(width, i % columns * window.stride() - window.padding() + window.size());
            int at = i / small * large + winner;
            if (winner % width + 1 < end && x.get(at + 1) == x.get(at)) {
                index.set(i, winner + 1);
            }
        }
        Fault.store(call.view(1), index);
    }

    private static void nanLoses(Fault.Call call) {
        Fault.map(call.view(2), v -> Double.isNaN(v) ? -Double.MAX_VALUE : v);
        call.proceed();
    }

    private static void lastWindow(Fault.Call call) {
        call.proceed();
        HostTensor dx = call.view(0).download();
        HostTensor dy = call.view(1).download();
        HostTensor index = call.view(2).download();
        int large = Math.toIntExact(call.view(0).dim(3) * call.view(0).dim(4));
        int small = Math.toIntExact(call.view(1).dim(3) * call.view(1).dim(4));
        for (int i = 0; i < dy.length(); i++) {
            dx.set(i / small * large + index.ints()[i], dy.get(i));
        }
        Fault.store(call.view(0), dx);
    }

    private static void zeroed(Fault.Call call, int view) {
        HostTensor before = call.view(view).download();
        Fault.map(call.view(view), i -> 0);
        call.proceed();
        Fault.store(call.view(view), before);
    }

    private static void dividedBySide(Fault.Call call) {
        int size = call.argument(2, Window.class).size();
        LinearFaults.after(call, 0, v -> v * size);
    }

    private static void timesArea(Fault.Call call) {
        int size = call.argument(2, Window.class).size();
        LinearFaults.after(call, 0, v -> v * size * size);
    }

    private static void strayBits(Fault.Call call) {
        call.proceed();
        if (call.argument(3, Long.class) % 32 != 0) {
            Fault.mapAt(call.view(0), -1, word -> (int) word | Integer.MIN_VALUE);
        }
    }

    private static void nanThrough(Fault.Call call) {
        HostTensor x = call.view(1).download();
        call.proceed();
        HostTensor y = call.view(0).download();
        for (int i = 0; i < y.length(); i++) {
            y.set(i, Double.isNaN(x.get(i)) ? Double.NaN : y.get(i));
        }
        Fault.store(call.view(0), y);
    }

    private static void lengthIgnored(Fault.Call call) {
        View g = call.argument(2, Factors.class).g();
        HostTensor before = g.download();
        Fault.map(g, v -> 1);
        call.proceed();
        Fault.store(g, before);
    }

    private static void notProjected(Fault.Call call) {
        call.proceed();
        View dv = call.argument(0, Factors.class).v();
        View dw = call.view(1);
        HostTensor signal = dw.download();
        Fault.store(dv, signal);
    }

    private static void lengthStale(Fault.Call call) {
        View dg = call.argument(0, Factors.class).g();
        HostTensor before = dg.download();
        call.proceed();
        Fault.store(dg, before);
    }

    private static void directionStill(Fault.Call call) {
        View tv = call.argument(3, Factors.class).v();
        HostTensor before = tv.download();
        Fault.map(tv, v -> 0);
        call.proceed();
        Fault.store(tv, before);
    }

    private static Signal still(Signal signal) {
        return new Signal(signal.dw(), signal.dw());
    }

    private static void weightsStill(Fault.Call call) {
        View tv = call.argument(4, Factors.class).v();
        HostTensor before = tv.download();
        Fault.map(tv, v -> 0);
        call.proceed();
        Fault.store(tv, before);
    }
}
