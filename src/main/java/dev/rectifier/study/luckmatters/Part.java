package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.RunSpec;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.Scale;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** A group of runs of a study with the measurements they allow. */
interface Part {
    /** Its runs at a scale. */
    List<RunSpec> plan(Scale scale);

    /** What carries out a run, if it is one of this part. */
    Optional<Experiment> experiment(RunSpec spec);

    /** Claim id to its measurement, for the claims of the scale that this part decides. */
    Map<String, Supplier<Estimate>> measurements(Scale scale, Evidence evidence);

    /** Its figures; one whose runs are missing is left out. */
    List<Supplier<Figure>> figures(Scale scale, Evidence evidence);
}
