package dev.rectifier.cli;

import dev.rectifier.bench.Case;
import dev.rectifier.bench.Extent;
import dev.rectifier.bench.StoppingRule;
import dev.rectifier.bench.peer.Deadline;
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
                    "ceilings, kernels, cpu, ensembles, wide, studies, goals; several with commas (default: all but goals that fit the engine).")
    private List<String> suites = new ArrayList<>();

    @Option(
            names = "--goal",
            paramLabel = "NUMBER",
            split = ",",
            description = "The cases of some of the project's goals, in place of suites.")
    private List<Integer> goals = new ArrayList<>();

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
            description =
                    "Begins no case and asks no peer after so many minutes; what is left out is listed (default: no limit).")
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

    @Option(
            names = "--variants",
            paramLabel = "REGEX",
            description = "Variants of peers, by names such as \"torch graph\", that contain a match (default: all).")
    private String variants = "";

    @Option(
            names = "--accept",
            paramLabel = "FOLDER",
            description = "Measures nothing: adds the results in a folder that --out wrote to the history.")
    private Optional<Path> accept = Optional.empty();

    @Option(
            names = "--history",
            paramLabel = "FILE",
            description =
                    "A file of accepted results; without --accept its tables are printed and nothing is measured.")
    private Optional<Path> history = Optional.empty();

    BenchCommand(Console console, Interruption interruption) {
        this.console = console;
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        if (accept.isPresent() || history.isPresent()) {
            return remember(new BenchHistory(history.orElseThrow(() -> new CommandFailure(
                    ExitCode.USAGE, "--accept needs --history FILE: where accepted results are kept."))));
        }
        return measure();
    }

    private int remember(BenchHistory kept) {
        if (accept.isPresent()) {
            console.result("accepted " + kept.add(accept.get()) + " rows into " + kept.file());
        } else {
            console.result(kept.tables());
        }
        return ExitCode.GOOD.code();
    }

    private int measure() {
        BenchFolder folder = new BenchFolder(out);
        folder.requireNew();
        Pattern wanted = pattern("--only", only);
        Pattern asked = pattern("--variants", variants);
        Deadline deadline = Deadline.in(minutes, System::nanoTime);
        StoppingRule rule = StoppingRule.of(pairs, quick);
        Engines.Choice choice = engine.open(console);
        try (BenchRig rig = new BenchRig(choice.engine(), engine.options(), !check, console)) {
            Extent extent = !rig.isMeasured() ? Extent.TINY : quick ? Extent.QUICK : Extent.FULL;
            List<Case> cases = cases(extent, rig.isAccelerator()).stream()
                    .filter(one -> wanted.matcher(one.subject().id()).find())
                    .toList();
            if (list) {
                cases.forEach(one -> console.result(one.subject().id()));
                return ExitCode.GOOD.code();
            }
            rig.startPeers(peers, asked, deadline);
            BenchSession session = new BenchSession(console, interruption, rig, folder);
            return session.run(cases, extent, rule, new BenchSession.Asked(deadline, asksForGoals(), command))
                    .code();
        }
    }

    private boolean asksForGoals() {
        return !goals.isEmpty() || suites.contains(BenchSuites.GOALS);
    }

    private List<Case> cases(Extent extent, boolean accelerator) {
        if (goals.isEmpty()) {
            return BenchSuites.chosen(suites, extent, accelerator);
        }
        if (!suites.isEmpty()) {
            throw new CommandFailure(ExitCode.USAGE, "--goal chooses cases by itself: leave --suite out.");
        }
        return BenchSuites.goals(goals, extent, accelerator);
    }

    private static Pattern pattern(String option, String text) {
        try {
            return Pattern.compile(text);
        } catch (PatternSyntaxException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, option + " is no regular expression: " + e.getDescription() + ".", e);
        }
    }
}
