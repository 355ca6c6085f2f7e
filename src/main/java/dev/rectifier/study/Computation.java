package dev.rectifier.study;

import dev.rectifier.engine.Engine;
import dev.rectifier.probe.Metrics;
import dev.rectifier.record.MetricLog;

/**
 * An experiment without a training loop: one go, nothing to resume; a stop request waits until it is done (seconds).
 *
 * @param cost about how many flops
 * @param replicas R
 * @param body computes and writes its metrics
 */
public record Computation(double cost, int replicas, Body body) implements Experiment {
    /** The computation. */
    @FunctionalInterface
    public interface Body {
        void compute(Engine engine, Metrics metrics);
    }

    @Override
    public Ending run(RunContext context) {
        try (MetricLog log = context.folder().metrics(0)) {
            body.compute(context.engine(), log::append);
        }
        context.progress().at(1, 1);
        return Ending.done(replicas);
    }
}
