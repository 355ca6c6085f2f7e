package dev.rectifier.study;

import dev.rectifier.record.Claim;
import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.MetricTable;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Verdict;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Supplier;

/** The metrics of a study's complete runs, by run name. */
public final class Evidence {
    /**
     * One complete run.
     *
     * @param spec what ran
     * @param table what it wrote
     */
    public record Run(RunSpec spec, MetricTable table) {}

    private final Map<String, Run> runs;

    public Evidence(Map<String, Run> runs) {
        this.runs = new TreeMap<>(runs);
    }

    /**
     * A run's spec and metrics.
     *
     * @throws MissingRunException if it is not complete
     */
    public Run run(String name) {
        return Optional.ofNullable(runs.get(name)).orElseThrow(() -> new MissingRunException(name));
    }

    /** All complete runs by name. */
    public Map<String, Run> runs() {
        return Map.copyOf(runs);
    }

    /** The verdict on a claim; a claim whose runs are missing fails, with the reason in place of the sample. */
    public static Verdict judge(Claim claim, Supplier<Estimate> measured) {
        try {
            return claim.judge(measured.get());
        } catch (MissingRunException e) {
            return claim.judge(Estimate.exact(Double.NaN, String.valueOf(e.getMessage())));
        }
    }

    /** A figure, or nothing where its runs are missing. */
    public static Optional<Figure> draw(Supplier<Figure> drawn) {
        try {
            return Optional.of(drawn.get());
        } catch (MissingRunException e) {
            return Optional.empty();
        }
    }
}
