package dev.rectifier.cli;

import dev.rectifier.bench.Case;
import dev.rectifier.bench.Extent;
import dev.rectifier.bench.StoppingRule;
import dev.rectifier.engine.Engines;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.regex.Pattern;
import java.util.regex.PatternSyntaxException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures kernels and training beside the ceilings of the machine and beside peers; a wrong result has no speed. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description =
                "Measures kernels and training: verified against fp64, in alternating pairs, beside the machine's ceilings.",
        footer = "Exit codes: 0 all that was timed was right; 1 a result was wrong; 3 a contender broke down.")
final class BenchCommand implements Callable<Integer> {
    private final Console console;
    private final Interruption interruption;

    @Mixin
    private EngineChoice engine = new EngineChoice();

    @Spec
    private CommandSpec command = CommandSpec.create();

    @Option(
            names = "--suite",
            paramLabel = "NAME",
            split = ",",
            description =
                    "ceilings, kernels, cpu, ensembles, wide, studies; several with commas (default: all that fit the engine).")
    private List<String> suites = new ArrayList<>();

    @Option(
            names = "--only",
            paramLabel = "REGEX",
            description = "Cases whose name contains a match; --list shows names.")
    private String only = "";

    @Option(names = "--quick", description = "Smaller cases and shorter stretches: minutes instead of tens of minutes.")
    private boolean quick;

    @Option(
            names = "--check",
            description = "Tiny cases, verified and not timed: the emulated engine is always asked so.")
    private boolean check;

    @Option(
            names = "--pairs",
            paramLabel = "N",
            defaultValue = "20",
            description = "Alternating pairs for each comparison, at least (default: ${DEFAULT-VALUE}).")
    private int pairs = 20;

    @Option(
            names = "--minutes",
            paramLabel = "N",
            description = "Begins no case after so many minutes; what is left out is listed (default: no limit).")
    private double minutes = Double.POSITIVE_INFINITY;

    @Option(
            names = "--out",
            paramLabel = "FOLDER",
            description = "Writes results.jsonl, summary.md and index.html there; it must not exist.")
    private Optional<Path> out = Optional.empty();

    @Option(names = "--list", description = "Lists the cases and measures nothing.")
    private boolean list;

    @Option(
            names = "--peers",
            paramLabel = "auto|none|LIST",
            defaultValue = "auto",
            description = "Other libraries to measure beside ours (default: those that this machine's python3 has).")
    private String peers = "auto";

    BenchCommand(Console console, Interruption interruption) {
        this.console = console;
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        BenchFolder folder = new BenchFolder(out);
        folder.requireNew();
        Pattern wanted = pattern();
        StoppingRule rule = StoppingRule.of(pairs, quick);
        Engines.Choice choice = engine.open(console);
        try (BenchRig rig = new BenchRig(choice.engine(), engine.options(), !check, console)) {
            Extent extent = !rig.isMeasured() ? Extent.TINY : quick ? Extent.QUICK : Extent.FULL;
            List<Case> cases = BenchSuites.chosen(suites, extent, rig.isAccelerator()).stream()
                    .filter(one -> wanted.matcher(one.subject().id()).find())
                    .toList();
            if (list) {
                cases.forEach(one -> console.result(one.subject().id()));
                return ExitCode.GOOD.code();
            }
            rig.startPeers(peers);
            BenchSession session = new BenchSession(console, interruption, rig, folder);
            return session.run(cases, extent, rule, new BenchSession.Asked(minutes, command))
                    .code();
        }
    }

    private Pattern pattern() {
        try {
            return Pattern.compile(only);
        } catch (PatternSyntaxException e) {
            throw new CommandFailure(ExitCode.USAGE, "--only is no regular expression: " + e.getDescription() + ".", e);
        }
    }
}
