package dev.rectifier.suite;

import dev.rectifier.engine.DeviceException;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * {@code gpu-suite [--engine cuda|emulated] [--native FOLDER] [--only REGEX] [--step NAME,...] [--goal NUMBER,...] OUTDIR}: the
 * device tests and commands of the program on a real GPU or on the emulated driver. Exit codes: 0 all passed, 1 something failed, 2 usage, 4 no such device.
 */
final class GpuSuite {
    private static final int FAILED = 1;
    private static final String PEERS = "torch-kernels|torch (compile-)?graph$|jax scan(-graph-loop)?-unroll8";
    private static final int USAGE = 2;
    private static final int SOME_FAILED = 3;
    private static final int NO_DEVICE = 4;

    private GpuSuite() {}

    public static void main(String[] arguments) throws IOException, InterruptedException {
        System.exit(execute(List.of(arguments)));
    }

    private static int execute(List<String> words) throws IOException, InterruptedException {
        try {
            SuiteOptions options = SuiteOptions.of(
                    words,
                    Optional.ofNullable(System.getProperty("suite.native")).map(Path::of));
            options.natives()
                    .filter(place -> options.emulated())
                    .ifPresent(place -> System.setProperty(
                            "rectifier.native", place.toAbsolutePath().toString()));
            try (Bench bench = Bench.open(options)) {
                return run(bench, chosen(options)).good() ? 0 : FAILED;
            }
        } catch (IllegalArgumentException e) {
            System.err.println("gpu-suite: " + e.getMessage());
            return USAGE;
        } catch (DeviceException e) {
            System.err.println("gpu-suite: " + e.getMessage());
            return NO_DEVICE;
        }
    }

    /** @throws IllegalArgumentException if there is no step of a name that was asked for */
    static List<Step> chosen(SuiteOptions options) {
        List<Step> all = steps(options.engine(), options.goals());
        List<String> names = all.stream().map(Step::name).toList();
        for (String wanted : options.steps()) {
            if (!names.contains(wanted)) {
                throw new IllegalArgumentException("there is no step " + wanted + "; known are "
                        + String.join(", ", names) + ". " + SuiteOptions.USAGE);
            }
        }
        return all.stream()
                .filter(step -> options.steps().isEmpty() || options.steps().contains(step.name()))
                .toList();
    }

    private static List<Step> steps(String engine, List<String> goals) {
        List<Step> steps = new ArrayList<>(List.of(
                new CommandStep("doctor", List.of("doctor"), List.of(0)),
                new TestStep(),
                training(engine),
                bench("bench", engine, "--peers", "none", "--minutes", "12"),
                goals(engine, goals)));
        if (engine.equals("cuda")) {
            steps.add(bench("bench-peers", engine, "--suite", "studies", "--only", "LM-", "--minutes", "12"));
        }
        return steps;
    }

    /** The table of goals, beside the variants of the peers that are fastest where there are many: short enough for one sitting. */
    private static Step goals(String engine, List<String> goals) {
        List<String> cases = goals.isEmpty() ? List.of("--suite", "goals") : List.of("--goal", String.join(",", goals));
        List<String> more = new ArrayList<>(List.of("--variants", PEERS, "--minutes", "8"));
        more.addAll(0, cases);
        return bench("goals", engine, more.toArray(String[]::new));
    }

    /** What is measured beyond the minutes is not begun; a peer that dies fails nothing, a wrong result does. */
    private static Step bench(String name, String engine, String... more) {
        List<String> words = new ArrayList<>(List.of("bench", "--engine", engine, "--quick", "--out", "../" + name));
        words.addAll(List.of(more));
        return new CommandStep(name, List.copyOf(words), List.of(0, SOME_FAILED));
    }

    /** The demo and its claims; on the emulated driver a few of its steps, too few for the claims to be borne out. */
    private static Step training(String engine) {
        return engine.equals("cuda")
                ? new CommandStep("training", List.of("demo", "--engine", engine), List.of(0))
                : new CommandStep(
                        "training",
                        List.of(
                                "run",
                                "demo",
                                "--engine",
                                engine,
                                "teachers=1",
                                "steps=24",
                                "sample=8",
                                "evaluation=64"),
                        List.of(0, FAILED));
    }

    private static Summary run(Bench bench, List<Step> steps) throws IOException, InterruptedException {
        SuiteFacts facts = SuiteFacts.of(bench.options().engine());
        bench.say("gpu-suite on " + facts.device() + ", engine " + facts.engine());
        List<StepResult> results = new ArrayList<>();
        for (Step step : steps) {
            StepResult result = step.run(bench);
            results.add(result);
            Summary.of(facts, results)
                    .write(bench.folder()); // after every step: what was done is not lost with the machine
            bench.say(String.format(
                    Locale.ROOT,
                    "%s %s (%.1f s): %s",
                    result.good() ? "passed" : "FAILED",
                    result.name(),
                    result.seconds(),
                    result.detail()));
        }
        Summary summary = Summary.of(facts, results);
        bench.say(
                (summary.good() ? "all passed: " : "FAILED: ") + bench.folder().resolve("summary.md"));
        return summary;
    }
}
