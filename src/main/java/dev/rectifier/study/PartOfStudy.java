package dev.rectifier.study;

import dev.rectifier.record.Claim;
import dev.rectifier.record.RunSpec;
import dev.rectifier.record.Schema;
import dev.rectifier.record.Verdict;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Some runs of a study: those of some names, and those that they build on; or all but those of some names, and those that build
 * on them. Claims about runs that are left out are left out too.
 */
public final class PartOfStudy implements Study {
    private final Study whole;
    private final Pattern only;
    private final Pattern except;

    /**
     * A part. Names have {@code *} for any letters, and commas between them.
     *
     * @param only names of runs; {@code *} for all
     * @param except names of runs that are left out all the same; empty for none
     */
    public PartOfStudy(Study whole, String only, String except) {
        this.whole = whole;
        this.only = pattern(only);
        this.except = pattern(except);
    }

    private static Pattern pattern(String names) {
        return Pattern.compile(Arrays.stream(names.split(",", -1))
                .map(name -> Arrays.stream(name.strip().split("\\*", -1))
                        .map(Pattern::quote)
                        .collect(Collectors.joining(".*")))
                .collect(Collectors.joining("|")));
    }

    @Override
    public String id() {
        return whole.id();
    }

    @Override
    public String title() {
        return whole.title();
    }

    @Override
    public String paper() {
        return whole.paper();
    }

    @Override
    public List<Claim> claims(Scale scale) {
        return whole.claims(scale);
    }

    /**
     * The chosen runs in the order of the whole plan.
     *
     * @throws IllegalArgumentException naming those there are, if none is chosen
     */
    @Override
    public List<RunSpec> plan(Scale scale) {
        Set<String> chosen = chosen(scale);
        return whole.plan(scale).stream()
                .filter(spec -> chosen.contains(spec.name()))
                .toList();
    }

    private Set<String> chosen(Scale scale) {
        List<RunSpec> plan = whole.plan(scale);
        Set<String> chosen = new TreeSet<>();
        for (RunSpec spec : plan) {
            List<String> needed =
                    whole.experiment(spec).needs().stream().map(RunSpec::name).toList();
            if (only.matcher(spec.name()).matches()
                    && !except.matcher(spec.name()).matches()
                    && needed.stream().noneMatch(name -> except.matcher(name).matches())) {
                chosen.add(spec.name());
                chosen.addAll(needed);
            }
        }
        if (chosen.isEmpty()) {
            throw new IllegalArgumentException("No run of " + id() + " at scale " + scale.word()
                    + " has a name that is asked for; they are "
                    + plan.stream().map(RunSpec::name).collect(Collectors.joining(", ")) + ".");
        }
        return chosen;
    }

    @Override
    public Schema schema(RunSpec planned) {
        return whole.schema(planned);
    }

    @Override
    public Experiment experiment(RunSpec spec) {
        return whole.experiment(spec);
    }

    @Override
    public Analysis analyse(Scale scale, Evidence evidence) {
        Set<String> chosen = chosen(scale);
        List<String> leftOut = whole.plan(scale).stream()
                .map(RunSpec::name)
                .filter(name -> !chosen.contains(name))
                .toList();
        Analysis analysis = whole.analyse(scale, evidence);
        List<Verdict> verdicts = new ArrayList<>(analysis.verdicts());
        verdicts.removeIf(verdict ->
                leftOut.stream().anyMatch(name -> verdict.ours().sample().equals(MissingRunException.message(name))));
        return new Analysis(verdicts, analysis.figures());
    }
}
