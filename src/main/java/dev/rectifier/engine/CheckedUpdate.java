package dev.rectifier.engine;

import dev.rectifier.tensor.DType;

/** {@link UpdateOps} behind checks. */
record CheckedUpdate(Engine engine, UpdateOps target) implements UpdateOps {
    @Override
    public void guard(Health health, View loss, View gradient, long step) {
        Call call = new Call(
                engine,
                "update.guard",
                "cause",
                health.cause(),
                "step",
                health.step(),
                "loss",
                loss,
                "gradient",
                gradient);
        writtenHealth(call, health);
        call.type(loss, DType.F64);
        call.shape(loss, "[R]");
        call.floating(gradient);
        call.rank(gradient, "[R, P]", 2);
        target.guard(health, loss, gradient, step);
    }

    private static void writtenHealth(Call call, Health health) {
        call.type(health.cause(), DType.I32);
        call.shape(health.cause(), "[R]");
        call.type(health.step(), DType.I64);
        call.shape(health.step(), "[R]");
        call.written(health.cause());
        call.written(health.step());
    }

    @Override
    public void step(UpdateRule rule, Parameters parameters, View hyper, Health health, double factor, long step) {
        View w = parameters.weights();
        View g = parameters.gradient();
        View mask = parameters.mask().orElse(hyper);
        Call call = new Call(
                engine,
                "update.step",
                "weights",
                w,
                "gradient",
                g,
                "state",
                parameters.state(),
                "hyper",
                hyper,
                "mask",
                mask,
                "cause",
                health.cause(),
                "step",
                health.step());
        state(call, rule, parameters, hyper, health);
        requireStep("step", step);
        target.step(rule, parameters, hyper, health, factor, step);
    }

    private static void requireStep(String operation, long step) {
        if (step < 0) {
            throw new IllegalArgumentException(
                    "update." + operation + ": step " + step + " is negative; steps count from 0.");
        }
    }

    @Override
    public void guardedStep(GuardedUpdate update, double factor, long step) {
        guarded(engine, "update.guardedStep", update);
        requireStep("guardedStep", step);
        target.guardedStep(update, factor, step);
    }

    /** A guarded update, checked. */
    static Call guarded(Engine engine, String operation, GuardedUpdate update) {
        Parameters parameters = update.parameters();
        Call call = new Call(
                engine,
                operation,
                "weights",
                parameters.weights(),
                "gradient",
                parameters.gradient(),
                "state",
                parameters.state(),
                "hyper",
                update.hyper(),
                "mask",
                parameters.mask().orElse(update.hyper()),
                "cause",
                update.health().cause(),
                "step",
                update.health().step(),
                "loss",
                update.loss());
        state(call, update.rule(), parameters, update.hyper(), update.health());
        call.type(update.loss(), DType.F64);
        call.shape(update.loss(), "[R]");
        return call;
    }

    /** Parameters, hyper-parameters and health of an ensemble, as an update reads and writes them. */
    static void state(Call call, UpdateRule rule, Parameters parameters, View hyper, Health health) {
        View w = parameters.weights();
        View g = parameters.gradient();
        call.floating(w, g, parameters.state());
        call.rank(w, "[R, P]", 2);
        call.sameShape(g, w);
        call.apart(w, g, parameters.state(), hyper);
        if (rule.stateSlots() > 0) {
            long width = rule.stateSlots() * w.dim(1);
            call.shape(parameters.state(), "[R, " + rule.stateSlots() + " P]", width);
            call.apart(parameters.state(), g);
        }
        call.type(hyper, DType.F64);
        call.shape(hyper, "[R, " + Hyper.count() + "]", Hyper.count());
        if (parameters.mask().isPresent()) {
            View mask = parameters.mask().get();
            call.type(mask, DType.I32);
            call.shape(mask, "[R, maskWords(P)]", PointwiseOps.maskWords(w.dim(1)));
        }
        writtenHealth(call, health);
    }

    @Override
    public void normalizeRows(View w, View b, Health health) {
        Call call = new Call(
                engine, "update.normalizeRows", "w", w, "b", b, "cause", health.cause(), "step", health.step());
        call.floating(w, b);
        call.rank(w, "[R, K, D]", 3);
        call.shape(b, "[R, K]", w.dim(1));
        call.apart(w, b);
        call.written(b);
        writtenHealth(call, health);
        target.normalizeRows(w, b, health);
    }
}
