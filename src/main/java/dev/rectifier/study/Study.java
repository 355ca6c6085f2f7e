package dev.rectifier.study;

import dev.rectifier.record.Claim;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Schema;
import java.util.List;

/**
 * A paper's claims and the way to decide them: a plan of runs, an experiment for each, and an analysis of what they wrote.
 * Stateless; everything a run depends on stands in its {@link RunSpec}.
 */
public interface Study {
    /** Short name: small letters, digits and dashes. */
    String id();

    /** One line. */
    String title();

    /** Authors, title, year, where to find it. */
    String paper();

    /** What will be decided at this scale, with bands fixed before any run. */
    List<Claim> claims(Scale scale);

    /** The runs of this scale; names are unique within it. */
    List<RunSpec> plan(Scale scale);

    /** What the settings of a planned run may be changed to; the plan's own values are the defaults. */
    Schema schema(RunSpec planned);

    /** What carries out one planned run, read from the spec alone. */
    Experiment experiment(RunSpec spec);

    /** Verdicts, in the order of the claims, and figures, from what the runs wrote. */
    Analysis analyse(Scale scale, Evidence evidence);
}
