package dev.rectifier.cli;

import dev.rectifier.study.Scale;
import dev.rectifier.study.Studies;
import dev.rectifier.study.Study;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Lists the studies: id, title, paper, number of claims and runs per scale. */
@Command(name = "studies", mixinStandardHelpOptions = true, description = "Lists the studies and what they decide.")
final class StudiesCommand implements Callable<Integer> {
    private final Console console;

    @Option(names = "--json", description = "Prints the list as JSON.")
    private boolean json;

    StudiesCommand(Console console) {
        this.console = console;
    }

    /** One study at one scale. */
    record Row(String id, String title, String paper, String scale, int runs, List<String> claims) {}

    @Override
    public Integer call() {
        List<Row> rows =
                Studies.all().stream().flatMap(study -> rows(study).stream()).toList();
        if (json) {
            console.json(rows);
        } else {
            Studies.all().forEach(this::print);
        }
        return ExitCode.GOOD.code();
    }

    private static List<Row> rows(Study study) {
        return List.of(Scale.values()).stream().map(scale -> row(study, scale)).toList();
    }

    private static Row row(Study study, Scale scale) {
        List<String> claims = study.claims(scale).stream()
                .map(claim -> claim.id() + ": " + claim.statement())
                .toList();
        return new Row(
                study.id(),
                study.title(),
                study.paper(),
                scale.word(),
                study.plan(scale).size(),
                claims);
    }

    private void print(Study study) {
        console.result(study.id() + ": " + study.title());
        console.result("    " + study.paper());
        for (Row row : rows(study)) {
            console.result(String.format(
                    "    %-6s %3d claims, %3d runs   %s",
                    row.scale(),
                    row.claims().size(),
                    row.runs(),
                    Launcher.line("run " + study.id() + " --scale " + row.scale())));
        }
    }
}
