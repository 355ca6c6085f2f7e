package dev.rectifier.cli;

import dev.rectifier.bench.Case;
import dev.rectifier.bench.CeilingSuite;
import dev.rectifier.bench.Extent;
import dev.rectifier.bench.KernelSuite;
import dev.rectifier.bench.training.TrainingSuites;
import java.util.ArrayList;
import java.util.List;

/** The suites by name. */
final class BenchSuites {
    private static final List<String> ALL = List.of("ceilings", "kernels", "cpu", "ensembles", "wide", "studies");

    private BenchSuites() {}

    /** The cases of the suites named; of all that fit the device if none is. */
    static List<Case> chosen(List<String> names, Extent extent, boolean accelerator) {
        List<Case> cases = new ArrayList<>();
        for (String name : names.isEmpty() ? fitting(accelerator) : names) {
            cases.addAll(suite(name, extent, accelerator));
        }
        return cases;
    }

    private static List<String> fitting(boolean accelerator) {
        return ALL.stream().filter(name -> !accelerator || !name.equals("cpu")).toList();
    }

    private static List<Case> suite(String name, Extent extent, boolean accelerator) {
        return switch (name) {
            case "ceilings" -> CeilingSuite.cases(extent, accelerator);
            case "kernels" -> KernelSuite.cases(extent, accelerator);
            case "cpu" -> TrainingSuites.cpu(extent);
            case "ensembles" -> TrainingSuites.ensembles(extent, accelerator);
            case "wide" -> TrainingSuites.wide(extent, accelerator);
            case "studies" -> TrainingSuites.studies(extent, accelerator);
            default ->
                throw new CommandFailure(
                        ExitCode.USAGE,
                        "There is no suite \"" + name + "\"; known are " + String.join(", ", ALL) + ".");
        };
    }
}
