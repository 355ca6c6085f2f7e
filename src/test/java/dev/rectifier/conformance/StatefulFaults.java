package dev.rectifier.conformance;

import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.HostTensor;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Faults in reductions, updates, random streams and expectations. */
final class StatefulFaults {
    private static final String STEP = "update.step Plan[rule=";

    private StatefulFaults() {}

    static List<Fault> all() {
        return Stream.of(reductions(), updates(), streams(), populations())
                .flatMap(List::stream)
                .toList();
    }

    private static List<Fault> reductions() {
        return List.of(
                new Fault("sum kept in fp32", "reduce.sum", "sum", c -> LinearFaults.after(c, 0, v -> (float) v)),
                new Fault("last element dropped", "reduce.sum", "sum", StatefulFaults::sumShort),
                new Fault("second operand ignored", "reduce.dot", "dot", c -> c.proceedWith(2, c.view(1))),
                new Fault("shared block read on and on", "reduce.dot", "dot", c -> LinearFaults.strideShort(c, 1)),
                new Fault("mean of squares less squared mean", "reduce.moments", "moments", StatefulFaults::cancels),
                new Fault(
                        "divided by N",
                        "reduce.moments",
                        "moments",
                        c -> dividedBy(c, c.view(2).dim(1))),
                new Fault(
                        "divided by N - 1",
                        "reduce.moments",
                        "moments",
                        c -> dividedBy(c, c.view(2).dim(1) - 1)),
                new Fault(
                        "roots taken",
                        "reduce.columnSquares",
                        "columnSquares",
                        c -> LinearFaults.after(c, 0, Math::sqrt)),
                new Fault("the last of equals", "reduce.argmax", "argmax", StatefulFaults::lastOfEquals),
                new Fault("NaN never wins", "reduce.argmax", "argmax", StatefulFaults::nanLoses),
                new Fault("one too many", "reduce.correct", "correct", c -> LinearFaults.after(c, 0, v -> v + 1)),
                new Fault("constant units give NaN", "reduce.correlation", "correlation", StatefulFaults::noFloor),
                new Fault("not centred", "reduce.correlation", "correlation", StatefulFaults::signLost));
    }

    private static List<Fault> populations() {
        return List.of(
                new Fault(
                        "half the loss",
                        "population.squaredRelu",
                        "squaredRelu",
                        c -> LinearFaults.after(c, 0, v -> v / 2)),
                new Fault(
                        "slopes of one end of a pair alone",
                        "population.squaredRelu",
                        "squaredRelu",
                        c -> LinearFaults.after(c, 1, v -> v / 2)),
                new Fault(
                        "loss kept in fp32",
                        "population.squaredRelu",
                        "squaredRelu",
                        c -> LinearFaults.after(c, 0, v -> (float) v)));
    }

    private static List<Fault> updates() {
        return List.of(
                new Fault(
                        "bias correction one step late",
                        STEP + "ADAM",
                        "step",
                        c -> c.proceedWith(5, c.argument(5, Long.class) + 1)),
                new Fault("schedule factor missed", STEP + "SGD", "step", c -> c.proceedWith(4, 1.0)),
                new Fault("frozen replica moved", STEP, "step", StatefulFaults::frozenMoved),
                new Fault("mask ignored", STEP, "step", StatefulFaults::maskIgnored),
                new Fault("plain momentum", STEP + "NESTEROV", "step", c -> c.proceedWith(0, UpdateRule.MOMENTUM)),
                new Fault("state not kept", STEP + "MOMENTUM", "step", StatefulFaults::stateLost),
                new Fault("decay as an L2 penalty", STEP + "ADAM", "step", StatefulFaults::coupledDecay),
                new Fault("hyper-parameters of replica 0", STEP, "step", c -> LinearFaults.blockZero(c, 2)),
                new Fault("overflow not frozen", STEP, "step", StatefulFaults::notFrozen),
                new Fault("cause not recorded", STEP, "step", StatefulFaults::causeLost),
                new Fault("gradient looked at first", "update.guard", "guard", StatefulFaults::gradientFirst),
                new Fault("step of freezing wrong", "update.guard", "guard", c -> c.proceedWith(3, 12L)),
                new Fault("frozen again", "update.guard", "guard", StatefulFaults::frozenAgain),
                new Fault(
                        "bias left out of the norm",
                        "update.normalizeRows",
                        "normalizeRows",
                        StatefulFaults::biasLeftOut),
                new Fault(
                        "frozen replica projected",
                        "update.normalizeRows",
                        "normalizeRows",
                        StatefulFaults::frozenProjected));
    }

    private static List<Fault> streams() {
        return List.of(
                new Fault(
                        "next step's numbers",
                        "random.normal",
                        "normal",
                        c -> c.proceedWith(2, c.argument(2, Long.class) + 1)),
                new Fault("high word of the step lost", "random.uniform", "uniform", StatefulFaults::lowWordOnly),
                new Fault("numbers of replica 0", "random.integers", "integers", c -> LinearFaults.blockZero(c, 1)),
                new Fault(
                        "upper end drawn",
                        "random.integers",
                        "integers",
                        c -> c.proceedWith(3, c.argument(3, Integer.class) + 1)),
                new Fault("mean missed", "random.normal", "normal", c -> c.proceedWith(3, 0.0)),
                new Fault("different at every call", "random.uniform", "uniform", new Restless()::run));
    }

    private static void sumShort(Fault.Call call) {
        View a = call.view(1);
        HostTensor before = a.download();
        Fault.mapAt(a, -1, v -> 0);
        call.proceed();
        Fault.store(a, before);
    }

    /** m2 = sum x^2 - N mean^2 in fp64: right but for cancellation, which fp32-like data at 1e4 do not forgive. */
    private static void cancels(Fault.Call call) {
        call.proceed();
        HostTensor x = call.view(2).download();
        HostTensor mean = call.view(0).download();
        HostTensor m2 = call.view(1).download();
        int n = Math.toIntExact(call.view(2).dim(1));
        int width = Math.toIntExact(call.view(2).dim(2));
        for (int i = 0; i < m2.length(); i++) {
            double squares = 0;
            for (int row = 0; row < n; row++) {
                double value = x.get(i / width * n * width + row * width + i % width);
                squares += value * value;
            }
            m2.set(i, squares - n * mean.get(i) * mean.get(i));
        }
        Fault.store(call.view(1), m2);
    }

    private static void dividedBy(Fault.Call call, long divisor) {
        LinearFaults.after(call, 1, v -> v / divisor);
    }

    private static void lastOfEquals(Fault.Call call) {
        pick(call, (challenger, champion) -> challenger >= champion || Double.isNaN(challenger));
    }

    private static void nanLoses(Fault.Call call) {
        pick(call, (challenger, champion) -> challenger > champion);
    }

    /** Whether a later value takes the place of the best so far. */
    @FunctionalInterface
    private interface Beats {
        boolean test(double challenger, double champion);
    }

    private static void pick(Fault.Call call, Beats beats) {
        call.proceed();
        HostTensor x = call.view(1).download();
        HostTensor index = call.view(0).download();
        int classes = Math.toIntExact(call.view(1).dim(2));
        for (int row = 0; row < index.length(); row++) {
            int best = 0;
            for (int k = 1; k < classes; k++) {
                best = beats.test(x.get(row * classes + k), x.get(row * classes + best)) ? k : best;
            }
            index.set(row, best);
        }
        Fault.store(call.view(0), index);
    }

    private static void noFloor(Fault.Call call) {
        LinearFaults.after(call, 0, v -> v == 0 ? Double.NaN : v);
    }

    private static void signLost(Fault.Call call) {
        LinearFaults.after(call, 0, Math::abs);
    }

    private static Parameters parameters(Fault.Call call) {
        return call.argument(1, Parameters.class);
    }

    private static void frozenMoved(Fault.Call call) {
        View cause = call.argument(3, Health.class).cause();
        HostTensor before = cause.download();
        Fault.map(cause, v -> 0);
        call.proceed();
        Fault.store(cause, before);
    }

    private static void maskIgnored(Fault.Call call) {
        Parameters p = parameters(call);
        call.proceedWith(1, new Parameters(p.weights(), p.gradient(), p.state(), Optional.empty()));
    }

    private static void stateLost(Fault.Call call) {
        HostTensor before = parameters(call).state().download();
        call.proceed();
        Fault.store(parameters(call).state(), before);
    }

    private static void coupledDecay(Fault.Call call) {
        View hyper = call.view(2);
        HostTensor before = hyper.download();
        HostTensor moved = hyper.download();
        for (int r = 0; r < moved.shape().dim(0); r++) {
            int row = r * Hyper.count();
            int decay = row + Hyper.WEIGHT_DECAY.column();
            int penalty = row + Hyper.L2.column();
            moved.set(penalty, moved.get(penalty) + moved.get(decay));
            moved.set(decay, 0);
        }
        Fault.store(hyper, moved);
        call.proceed();
        Fault.store(hyper, before);
    }

    private static void notFrozen(Fault.Call call) {
        HostTensor causes = call.argument(3, Health.class).cause().download();
        call.proceed();
        HostTensor now = call.argument(3, Health.class).cause().download();
        View weights = parameters(call).weights();
        HostTensor values = weights.download();
        int block = Math.toIntExact(weights.blockSize());
        for (int r = 0; r < now.length(); r++) {
            if (causes.get(r) == 0 && now.get(r) == FreezeCause.WEIGHT.code()) {
                values.set(r * block, Double.POSITIVE_INFINITY);
            }
        }
        Fault.store(weights, values);
    }

    private static void causeLost(Fault.Call call) {
        View cause = call.argument(3, Health.class).cause();
        HostTensor before = cause.download();
        call.proceed();
        Fault.store(cause, before);
    }

    private static void gradientFirst(Fault.Call call) {
        View loss = call.view(1);
        HostTensor before = loss.download();
        Fault.map(loss, v -> 0);
        call.proceed();
        Fault.store(loss, before);
        call.proceed();
    }

    private static void frozenAgain(Fault.Call call) {
        frozenMovedIn(call.argument(0, Health.class).cause(), call);
    }

    private static void frozenMovedIn(View cause, Fault.Call call) {
        HostTensor before = cause.download();
        Fault.map(cause, v -> 0);
        call.proceed();
        HostTensor now = cause.download();
        for (int r = 0; r < now.length(); r++) {
            now.set(r, now.get(r) == 0 ? before.get(r) : now.get(r));
        }
        Fault.store(cause, now);
    }

    private static void biasLeftOut(Fault.Call call) {
        View b = call.view(1);
        HostTensor before = b.download();
        Fault.map(b, v -> 0);
        call.proceed();
        Fault.store(b, before);
    }

    private static void frozenProjected(Fault.Call call) {
        View cause = call.argument(2, Health.class).cause();
        HostTensor before = cause.download();
        Fault.map(cause, v -> 0);
        call.proceed();
        Fault.store(cause, before);
    }

    private static void lowWordOnly(Fault.Call call) {
        call.proceedWith(2, call.argument(2, Long.class) & 0xffffffffL);
    }

    /** Numbers one step further at each call. */
    private static final class Restless {
        private long calls;

        void run(Fault.Call call) {
            call.proceedWith(2, call.argument(2, Long.class) + calls++ / 2);
        }
    }
}
