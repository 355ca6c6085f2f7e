package dev.rectifier.engine;

import dev.rectifier.tensor.DType;
import java.util.Optional;

/** {@link StreamedOps} behind checks. */
record CheckedStreamed(Engine engine, StreamedOps target) implements StreamedOps {
    private static final String SWEEPS = "sweeps";

    @Override
    public Optional<String> refusal(ResidentTask task, long examples) {
        return IeeeOnly.refusal(engine, SWEEPS, task.state().parameters().weights())
                .or(() -> target.refusal(task, examples));
    }

    @Override
    public Optional<String> disadvantage(ResidentTask task, long examples) {
        return target.disadvantage(task, examples);
    }

    @Override
    public void sweep(Sweep sweep) {
        check(sweep, "streamed.sweep");
        IeeeOnly.require(engine, SWEEPS, sweep.state().parameters().weights());
        target.sweep(sweep);
    }

    @Override
    public void outputs(View y, View partial, Optional<View> bias) {
        Call call = new Call(engine, "streamed.outputs", "y", y, "partial", partial, "bias", bias.orElse(y));
        call.floating(y, partial);
        call.rank(y, "[R, N, K]", 3);
        call.rank(partial, "[R, G, N K]", 3);
        call.shape(partial, "[R, G, N K]", partial.dim(1), y.dim(1) * y.dim(2));
        call.apart(y, partial);
        if (bias.isPresent()) {
            call.floating(y, bias.get());
            call.shape(bias.get(), "[R, K]", y.dim(2));
            call.apart(y, bias.get());
        }
        target.outputs(y, partial, bias);
    }

    @Override
    public void guard(Sweep sweep, View marks) {
        check(sweep, "streamed.guard");
        if (sweep.descent().isEmpty()) {
            throw new IllegalArgumentException("streamed.guard: the sweep takes no step that could be guarded.");
        }
        Call marked = new Call(engine, "streamed.guard", "marks", marks, "weights", weights(sweep));
        marked.type(marks, DType.I32);
        marked.shape(marks, "[R, 3]", 3);
        marked.written(marks);
        target.guard(sweep, marks);
    }

    private static View weights(Sweep sweep) {
        return sweep.state().parameters().weights();
    }

    private void check(Sweep sweep, String operation) {
        Parameters parameters = sweep.state().parameters();
        View weights = parameters.weights();
        View partial = sweep.sums().partial();
        View extremes = sweep.sums().extremes();
        View x = sweep.descent().map(Sweep.Descent::x).orElse(weights);
        View slopes = sweep.descent().map(Sweep.Descent::slopes).orElse(weights);
        View next = sweep.next().orElse(weights);
        Call call = new Call(
                engine,
                operation,
                "weights",
                weights,
                "gradient",
                parameters.gradient(),
                "state",
                parameters.state(),
                "partial",
                partial,
                "extremes",
                extremes,
                "hyper",
                sweep.state().hyper(),
                "loss",
                sweep.state().loss(),
                "cause",
                sweep.state().health().cause(),
                "step",
                sweep.state().health().step(),
                "x",
                x,
                "slopes",
                slopes,
                "next",
                next);
        requireKind(sweep, operation);
        CheckedUpdate.state(
                call,
                sweep.rule(),
                parameters,
                sweep.state().hyper(),
                sweep.state().health());
        call.shape(weights, "[R, P]", sweep.net().parameters());
        call.type(sweep.state().loss(), DType.F64);
        call.shape(sweep.state().loss(), "[R]");
        sums(call, sweep);
        sweep.descent().ifPresent(step -> descent(call, sweep.net(), weights, step, operation));
        sweep.next().ifPresent(inputs -> inputs(call, sweep.net(), weights, inputs));
    }

    private static void requireKind(Sweep sweep, String operation) {
        if (sweep.net().layers() != 2
                || sweep.rule().stateSlots() > 1
                || sweep.state().parameters().mask().isPresent()) {
            throw new IllegalArgumentException(operation
                    + ": sweeps are for networks with one hidden layer, rules with at most one memory and no mask, not for "
                    + sweep.net() + ", " + sweep.rule() + ".");
        }
    }

    private static void sums(Call call, Sweep sweep) {
        View partial = sweep.sums().partial();
        View extremes = sweep.sums().extremes();
        long groups = StreamedOps.groups(sweep.net().out(0));
        call.floating(sweep.state().parameters().weights(), partial, extremes);
        call.shape(extremes, "[R, G, 2]", groups, 2);
        call.written(extremes);
        if (sweep.next().isPresent()) {
            long each = sweep.next().get().dim(1) * sweep.net().outputs();
            call.shape(partial, "[R, G, N K]", groups, each);
            call.apart(partial, extremes);
        }
    }

    private static void descent(Call call, ResidentNet net, View weights, Sweep.Descent descent, String operation) {
        inputs(call, net, weights, descent.x());
        call.floating(weights, descent.slopes());
        call.shape(descent.slopes(), "[R, N, K]", descent.x().dim(1), net.outputs());
        call.apart(weights, descent.slopes());
        if (descent.step() < 0) {
            throw new IllegalArgumentException(
                    operation + ": step " + descent.step() + " is negative; steps count from 0.");
        }
    }

    private static void inputs(Call call, ResidentNet net, View weights, View x) {
        call.floating(weights, x);
        call.rank(x, "[R, N, D]", 3);
        call.shape(x, "[R, N, D]", x.dim(1), net.inputs());
        call.apart(weights, x);
    }
}
