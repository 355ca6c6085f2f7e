package dev.rectifier.conformance;

import dev.rectifier.engine.Sweep;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Faults in sweeps over wide networks. */
final class SweepFaults {
    private SweepFaults() {}

    static List<Fault> all() {
        return List.of(
                new Fault(
                        "schedule factor missed", "streamed.sweep", "sweep", c -> step(c, d -> with(d, 1.0, d.step()))),
                new Fault(
                        "first step every time", "streamed.sweep", "sweep", c -> step(c, d -> with(d, d.factor(), 0))),
                new Fault("memory forgotten", "streamed.sweep", "sweep", c -> sweep(c, SweepFaults::plain)),
                new Fault("forward pass before the step", "streamed.sweep", "sweep", SweepFaults::early),
                new Fault(
                        "output bias left out", "streamed.outputs", "outputs", c -> c.proceedWith(2, Optional.empty())),
                new Fault("nobody is ever frozen", "streamed.guard", "guard", c -> {}),
                new Fault(
                        "step of freezing wrong",
                        "streamed.guard",
                        "guard",
                        c -> step(c, d -> with(d, d.factor(), d.step() + 1))));
    }

    private static void sweep(Fault.Call call, UnaryOperator<Sweep> change) {
        call.proceedWith(0, change.apply(call.argument(0, Sweep.class)));
    }

    private static void step(Fault.Call call, UnaryOperator<Sweep.Descent> change) {
        sweep(call, s -> of(s, s.rule(), s.descent().map(change), s.next()));
    }

    private static Sweep.Descent with(Sweep.Descent d, double factor, long step) {
        return new Sweep.Descent(d.x(), d.slopes(), factor, step, d.keepsGradient());
    }

    private static Sweep of(Sweep s, UpdateRule rule, Optional<Sweep.Descent> descent, Optional<View> next) {
        return new Sweep(s.net(), rule, s.state(), descent, next, s.sums());
    }

    private static Sweep plain(Sweep s) {
        return of(s, UpdateRule.SGD, s.descent(), s.next());
    }

    private static void early(Fault.Call call) {
        sweep(call, s -> of(s, s.rule(), Optional.empty(), s.next()));
        sweep(call, s -> of(s, s.rule(), s.descent(), Optional.empty()));
    }
}
