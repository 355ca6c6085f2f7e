package dev.rectifier.study;

import dev.rectifier.record.RunSpec;
import java.util.List;

/** Told how far a study is; called in the thread that runs it. Time left = time so far * (1 - share) / share. */
public interface Progress {
    /** Nobody is told. */
    Progress NONE = new Progress() {};

    /** Before the first run: all runs of the plan in order, done ones included. */
    default void planned(List<RunSpec> runs) {}

    /** A run begins or continues. */
    default void started(RunSpec run) {}

    /**
     * After every step, so it must be quick and decide itself when to show.
     *
     * @param share of the work asked of this process that is done, in [0, 1]; runs that were done before count as nothing
     */
    default void advanced(RunSpec run, long step, long steps, double share) {}

    /** A run ended or was skipped. */
    default void ended(RunResult result) {}
}
