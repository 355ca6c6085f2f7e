package dev.rectifier.study;

import dev.rectifier.record.RunSpec;
import dev.rectifier.record.RunState;
import dev.rectifier.record.RunStore;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** How much of the work asked of this process is done, weighing runs by their cost. */
final class Workload {
    private final Map<String, Double> costs = new HashMap<>();
    private final double total;
    private double finished;

    Workload(Study study, List<RunSpec> plan, RunStore store) {
        for (RunSpec spec : plan) {
            boolean done = store.stateOf(spec) == RunState.DONE;
            costs.put(spec.name(), done ? 0 : study.experiment(spec).cost());
        }
        total = Math.max(
                Double.MIN_NORMAL, costs.values().stream().mapToDouble(c -> c).sum());
    }

    void finish(RunSpec spec) {
        finished += costs.getOrDefault(spec.name(), 0.0);
    }

    double share(RunSpec spec, long step, long steps) {
        double now = steps == 0 ? 1 : (double) step / steps;
        return Math.min(1, (finished + now * costs.getOrDefault(spec.name(), 0.0)) / total);
    }
}
