package dev.rectifier.engine.cpu;

import static dev.rectifier.engine.cpu.Queue.writes;

import dev.rectifier.engine.FreezeCause;
import dev.rectifier.engine.GuardedUpdate;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.UpdateOps;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;

/** Guard, optimiser steps, projection. */
final class UpdateF32 implements UpdateOps {
    private static final int PIECE = 8192; // a step's arrays of a piece stay in a core's second cache

    private final Queue queue;

    UpdateF32(Queue queue) {
        this.queue = queue;
    }

    @Override
    public void guard(Health health, View loss, View gradient, long step) {
        HealthMarks marks = HealthMarks.of(health);
        BlocksF64 losses = BlocksF64.of(loss);
        BlocksF32 slopes = BlocksF32.of(gradient);
        int count = (int) gradient.blockSize();
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                if (marks.frozen(r)) {
                    continue;
                }
                if (!Double.isFinite(losses.array()[losses.at(r)])) {
                    marks.freeze(r, FreezeCause.LOSS, step);
                } else if (!FiniteF32.all(slopes.array(), slopes.at(r), count)) {
                    marks.freeze(r, FreezeCause.GRADIENT, step);
                }
            }
        };
        queue.submit(job, count, writes(health.cause(), health.step()), loss, gradient);
    }

    @Override
    public void step(UpdateRule rule, Parameters parameters, View hyper, Health health, double factor, long step) {
        HealthMarks marks = HealthMarks.of(health);
        StepArraysF32 arrays = StepArraysF32.of(parameters);
        BlocksF64 settings = BlocksF64.of(hyper);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                if (marks.frozen(r)) {
                    continue;
                }
                StepF32 candidate = new StepF32(arrays, r, scratch);
                candidate.form(rule, new StepScalars(settings.array(), settings.at(r), factor, step));
                if (candidate.finite(rule)) {
                    candidate.commit(rule);
                } else {
                    marks.freeze(r, FreezeCause.WEIGHT, step);
                }
            }
        };
        View[] written = writes(parameters.weights(), parameters.state(), health.cause(), health.step());
        queue.submit(
                job,
                cost(rule, parameters),
                written,
                parameters.gradient(),
                parameters.mask().orElse(hyper),
                hyper);
    }

    /** Large replicas go piece by piece: all are looked at, then those of sound replicas are done again and kept. */
    @Override
    public void guardedStep(GuardedUpdate update, double factor, long step) {
        Parameters parameters = update.parameters();
        if (parameters.weights().blockSize() <= PIECE) {
            UpdateOps.super.guardedStep(update, factor, step);
            return;
        }
        PiecesF32 pieces = new PiecesF32(update, PIECE, factor, step);
        queue.submit(
                pieces::look,
                pieces.perReplica(),
                cost(update.rule(), parameters),
                writes(update.health().cause()),
                update.loss(),
                parameters.gradient(),
                parameters.weights(),
                parameters.state(),
                parameters.mask().orElse(update.hyper()),
                update.hyper());
        queue.submit(
                pieces::move,
                pieces.perReplica(),
                cost(update.rule(), parameters),
                writes(
                        parameters.weights(),
                        parameters.state(),
                        update.health().cause(),
                        update.health().step()),
                update.loss(),
                parameters.gradient(),
                parameters.mask().orElse(update.hyper()),
                update.hyper());
    }

    private static long cost(UpdateRule rule, Parameters parameters) {
        return (4 + 4L * rule.stateSlots()) * parameters.weights().blockSize();
    }

    @Override
    public void normalizeRows(View w, View b, Health health) {
        HealthMarks marks = HealthMarks.of(health);
        BlocksF32 weights = BlocksF32.of(w);
        BlocksF32 biases = BlocksF32.of(b);
        int k = (int) w.dim(1);
        int d = (int) w.dim(2);
        Job job = (first, last, scratch) -> {
            for (int r = first; r < last; r++) {
                for (int row = 0; row < k && !marks.frozen(r); row++) {
                    normalize(weights.array(), weights.at(r) + row * d, d, biases.array(), biases.at(r) + row);
                }
            }
        };
        queue.submit(job, 4L * k * d, writes(w, b), health.cause());
    }

    /** One row and its bias over their norm; a row of zeros stays. */
    static void normalize(float[] w, int from, int count, float[] b, int bias) {
        double squares = (double) b[bias] * b[bias];
        for (int i = 0; i < count; i++) {
            squares = Math.fma((double) w[from + i], (double) w[from + i], squares);
        }
        if (squares == 0) {
            return;
        }
        float norm = (float) Math.sqrt(squares);
        b[bias] /= norm;
        for (int i = 0; i < count; i++) {
            w[from + i] /= norm;
        }
    }
}
