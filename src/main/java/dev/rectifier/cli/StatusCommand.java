package dev.rectifier.cli;

import dev.rectifier.record.RunListing;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Lists the runs on disk and where they stand. */
@Command(name = "status", mixinStandardHelpOptions = true, description = "Lists the runs and where they stand.")
final class StatusCommand implements Callable<Integer> {
    private final Console console;

    @Mixin
    private Workplace workplace = new Workplace();

    @Option(names = "--json", description = "Prints the list as JSON.")
    private boolean json;

    StatusCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        List<RunListing> runs = workplace.store().list();
        if (json) {
            console.json(runs.stream().map(StatusCommand::row).toList());
        } else {
            runs.forEach(run -> console.result(String.format(
                    "%-12s %-11s %-16s %-6s %s",
                    run.id().shortForm(), word(run), run.study(), run.scale(), run.name())));
            console.remark(runs.size() + " runs");
        }
        return ExitCode.GOOD.code();
    }

    private static Map<String, String> row(RunListing run) {
        return Map.of(
                "id", run.id().hex(),
                "state", word(run),
                "study", run.study(),
                "scale", run.scale(),
                "name", run.name(),
                "folder", run.path().toString());
    }

    private static String word(RunListing run) {
        return run.state().name().toLowerCase(Locale.ROOT);
    }
}
