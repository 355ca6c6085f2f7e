package dev.rectifier.engine.cpu;

import dev.rectifier.engine.GuardedUpdate;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.UpdateOps;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;

/** Picks the element type. */
final class CpuUpdate implements UpdateOps {
    private final ByType<UpdateOps> byType;

    CpuUpdate(Queue queue) {
        byType = new ByType<>(new UpdateF32(queue), new UpdateF64(queue));
    }

    @Override
    public void guard(Health health, View loss, View gradient, long step) {
        byType.of(gradient).guard(health, loss, gradient, step);
    }

    @Override
    public void step(UpdateRule rule, Parameters parameters, View hyper, Health health, double factor, long step) {
        byType.of(parameters.weights()).step(rule, parameters, hyper, health, factor, step);
    }

    @Override
    public void guardedStep(GuardedUpdate update, double factor, long step) {
        byType.of(update.parameters().weights()).guardedStep(update, factor, step);
    }

    @Override
    public void normalizeRows(View w, View b, Health health) {
        byType.of(w).normalizeRows(w, b, health);
    }
}
