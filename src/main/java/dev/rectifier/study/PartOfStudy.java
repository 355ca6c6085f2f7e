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
 * Some runs of a study: those whose names match, and those that they build on. Claims about runs that are left out are left out
 * too.
 */
public final class PartOfStudy implements Study {
    private final Study whole;
    private final Pattern names;

    /**
     * A part.
     *
     * @param names of runs, with {@code *} for any letters, separated by commas
     */
    public PartOfStudy(Study whole, String names) {
        this.whole = whole;
        this.names = Pattern.compile(Arrays.stream(names.split(",", -1))
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
            if (names.matcher(spec.name()).matches()) {
                chosen.add(spec.name());
                whole.experiment(spec).needs().forEach(needed -> chosen.add(needed.name()));
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
