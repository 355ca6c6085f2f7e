package dev.rectifier.cli;

import dev.rectifier.bench.Case;
import dev.rectifier.bench.CeilingSuite;
import dev.rectifier.bench.Extent;
import dev.rectifier.bench.Goal;
import dev.rectifier.bench.Goals;
import dev.rectifier.bench.KernelSuite;
import dev.rectifier.bench.Subject;
import dev.rectifier.bench.training.TrainingSuites;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/** The suites by name. */
final class BenchSuites {
    /** The suite of the cases that the goals are read from. */
    static final String GOALS = "goals";

    private static final List<String> ALL =
            List.of("ceilings", "kernels", "cpu", "ensembles", "wide", "studies", GOALS);

    private final Extent extent;
    private final boolean accelerator;

    private BenchSuites(Extent extent, boolean accelerator) {
        this.extent = extent;
        this.accelerator = accelerator;
    }

    /** The cases of the suites named, each once; of all that fit the device if none is. */
    static List<Case> chosen(List<String> names, Extent extent, boolean accelerator) {
        BenchSuites suites = new BenchSuites(extent, accelerator);
        Map<String, Case> cases = new LinkedHashMap<>();
        for (String name : names.isEmpty() ? suites.fitting() : names) {
            suites.suite(name).forEach(one -> cases.putIfAbsent(one.subject().id(), one));
        }
        return List.copyOf(cases.values());
    }

    /** The cases of the goals of these numbers, in the sizes of the goals unless they are to be tiny. */
    static List<Case> goals(List<Integer> numbers, Extent extent, boolean accelerator) {
        List<Goal> wanted = numbers.stream().map(BenchSuites::goal).toList();
        Set<String> families = servants(Extent.FULL, accelerator).stream()
                .map(Case::subject)
                .filter(subject -> wanted.stream().anyMatch(goal -> goal.isServedBy(subject.id())))
                .map(BenchSuites::family)
                .collect(Collectors.toSet());
        return servants(extent, accelerator).stream()
                .filter(one -> families.contains(family(one.subject())))
                .toList();
    }

    private static Goal goal(int number) {
        return Goals.all().stream()
                .filter(goal -> goal.number() == number)
                .findFirst()
                .orElseThrow(() -> new CommandFailure(
                        ExitCode.USAGE,
                        "There is no goal " + number + "; they are numbered 1 to "
                                + Goals.all().size() + "."));
    }

    private static String family(Subject subject) {
        return subject.suite() + "/" + subject.family();
    }

    /** The cases that goals on such a device are read from. */
    private static List<Case> servants(Extent asked, boolean accelerator) {
        Extent extent = asked == Extent.TINY ? Extent.TINY : Extent.FULL;
        if (!accelerator) {
            return TrainingSuites.cpu(extent).subList(0, 1);
        }
        List<Case> cases = new ArrayList<>(KernelSuite.goals(extent));
        cases.addAll(TrainingSuites.goals(extent));
        return cases;
    }

    private List<String> fitting() {
        return ALL.stream()
                .filter(name -> !name.equals(GOALS) && !(accelerator && name.equals("cpu")))
                .toList();
    }

    private List<Case> suite(String name) {
        return switch (name) {
            case "ceilings" -> CeilingSuite.cases(extent, accelerator);
            case "kernels" -> KernelSuite.cases(extent, accelerator);
            case "cpu" -> TrainingSuites.cpu(extent);
            case "ensembles" -> TrainingSuites.ensembles(extent, accelerator);
            case "wide" -> TrainingSuites.wide(extent, accelerator);
            case "studies" -> studies();
            case GOALS -> servants(extent, accelerator);
            default ->
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "There is no suite \"" + name + "\"; known are " + String.join(", ", ALL) + ".");
        };
    }

    private List<Case> studies() {
        List<Case> all = new ArrayList<>(BenchStudies.cases(extent, accelerator));
        all.addAll(TrainingSuites.studies(extent, accelerator));
        return all;
    }
}
