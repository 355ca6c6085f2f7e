package dev.rectifier.probe;

/** Where probes write: {@code MetricLog::append} in a run, a map in a test. */
@FunctionalInterface
public interface Metrics {
    /** One value per replica at a step; NaN stands for "not measured". */
    void append(long step, String metric, double... values);
}
