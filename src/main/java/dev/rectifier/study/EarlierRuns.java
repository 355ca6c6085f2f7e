package dev.rectifier.study;

import dev.rectifier.record.RunSpec;
import java.nio.file.Path;

/** Complete runs in the store, for runs that build on them; see {@link Experiment#needs}. */
@FunctionalInterface
public interface EarlierRuns {
    /**
     * The folder of a run that is done.
     *
     * @throws IllegalStateException saying what to do, if it is not
     */
    Path folder(RunSpec spec);
}
