package dev.rectifier.cli;

import dev.rectifier.cli.network.GivenProblem;
import dev.rectifier.curvature.Convergence;
import dev.rectifier.curvature.ExtremeEigenpairs;
import dev.rectifier.curvature.LinearOperator;
import dev.rectifier.curvature.LossPoint;
import dev.rectifier.curvature.SpectralDensity;
import dev.rectifier.data.file.SafeTensors;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.record.Suggestion;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Eigenvalues of a network of the user's own. */
@Command(
        name = "spectrum",
        mixinStandardHelpOptions = true,
        description =
                "Largest and smallest eigenvalues and the spectral density of the Hessian of a network of your own.")
final class SpectrumCommand implements Callable<Integer> {
    private static final List<String> MATRICES = List.of("hessian", "ggn", "fisher");

    private final Console console;
    private final Interruption interruption;

    @Mixin
    private GivenNetwork given = new GivenNetwork();

    @Mixin
    private EngineChoice engine = new EngineChoice();

    @Option(
            names = "--matrix",
            paramLabel = "WHICH",
            defaultValue = "hessian",
            description = "hessian, ggn (Gauss-Newton), fisher (empirical Fisher); default: ${DEFAULT-VALUE}.")
    private String matrix = "hessian";

    @Option(names = "--top", paramLabel = "K", defaultValue = "10", description = "Largest eigenvalues (default: 10).")
    private int top;

    @Option(
            names = "--bottom",
            paramLabel = "K",
            defaultValue = "0",
            description = "Smallest eigenvalues (default: 0).")
    private int bottom;

    @Option(
            names = "--density",
            paramLabel = "MxN",
            converter = DensityWord.class,
            description = "The density of all eigenvalues, by M Lanczos steps from each of N random vectors: 100x10.")
    private Optional<DensityWord.Size> density = Optional.empty();

    @Option(
            names = "--tolerance",
            paramLabel = "T",
            defaultValue = "1e-6",
            description = "Residual of each eigenvalue, relative to the largest (default: ${DEFAULT-VALUE}).")
    private double tolerance;

    @Option(
            names = "--steps",
            paramLabel = "M",
            defaultValue = "300",
            description = "Lanczos steps for --top and --bottom at most (default: ${DEFAULT-VALUE}).")
    private int steps;

    @Option(names = "--seed", paramLabel = "S", defaultValue = "1", description = "Of the random vectors (default: 1).")
    private long seed;

    @Option(names = "--vectors", description = "Writes the eigenvectors too, in a form that evaluate --vector reads.")
    private boolean vectors;

    @Option(
            names = "--out",
            required = true,
            paramLabel = "FOLDER",
            description = "Where spectrum.json and density.svg, density.png go.")
    private Path out = Path.of("");

    SpectrumCommand(Console console, Interruption interruption) {
        this.console = console;
        this.interruption = interruption;
    }

    @Override
    public Integer call() {
        check();
        GivenProblem problem = given.read();
        makeFolder();
        try (Engine opened = engine.open(console).engine();
                Arena arena = opened.openArena("spectrum")) {
            LossPoint point = problem.open(opened, arena, given.pieces());
            WatchedOperator operator = new WatchedOperator(operator(point), console, interruption, products(problem));
            SpectrumResult result = new SpectrumResult(matrix, problem.parameters(), problem.count());
            if (top + bottom > 0) {
                eigenvalues(problem, arena, operator, result);
            }
            density.ifPresent(size -> result.setDensity(
                    SpectralDensity.estimate(arena, operator, streams("density"), size.probes(), size.steps())));
            operator.clear();
            result.print(console);
            result.write(out, opened.info().toString(), operator.done());
        }
        console.remark("Result: " + out);
        return ExitCode.GOOD.code();
    }

    private void check() {
        if (!MATRICES.contains(matrix)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--matrix knows " + String.join(", ", MATRICES) + ", not '" + matrix + "'."
                            + Suggestion.didYouMean(matrix, MATRICES));
        }
        if (top < 0 || bottom < 0 || steps < 1 || !(tolerance >= 0)) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--top, --bottom and --tolerance must not be negative, and --steps at least 1.");
        }
        if (top + bottom == 0 && density.isEmpty()) {
            throw new CommandFailure(ExitCode.USAGE, "Nothing is asked for: give --top, --bottom or --density.");
        }
    }

    private void makeFolder() {
        try {
            Files.createDirectories(out);
        } catch (IOException e) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--out " + out + ": no folder can be made there (" + e + "). Name another.", e);
        }
    }

    private long products(GivenProblem problem) {
        long p = problem.parameters();
        long extremes = top + bottom > 0 ? Math.min(steps, p) : 0;
        return extremes
                + density.map(size -> size.probes() * Math.min(size.steps(), p)).orElse(0L);
    }

    private LinearOperator operator(LossPoint point) {
        try {
            return switch (matrix) {
                case "hessian" -> point.hessian();
                case "ggn" -> point.gaussNewton();
                default -> point.empiricalFisher();
            };
        } catch (IllegalStateException e) {
            throw new CommandFailure(ExitCode.USAGE, "--matrix fisher: " + e.getMessage(), e);
        }
    }

    private Streams streams(String purpose) {
        return Streams.single(SeedTree.root(seed).child(purpose));
    }

    private void eigenvalues(GivenProblem problem, Arena arena, LinearOperator operator, SpectrumResult result) {
        ExtremeEigenpairs found = ExtremeEigenpairs.find(
                arena,
                operator,
                streams("eigenvalues"),
                new ExtremeEigenpairs.Wanted(top, bottom),
                Convergence.to(tolerance, steps));
        result.setPairs(found.answers().get(0));
        if (vectors) {
            write(problem, found.vectors(arena).stream().map(v -> v.download()).toList());
        }
    }

    private void write(GivenProblem problem, List<HostTensor> vectors) {
        for (int i = 0; i < vectors.size(); i++) {
            String name = i < top ? "top-" + (i + 1) : "bottom-" + (i - top + 1);
            Map<String, HostTensor> named = new LinkedHashMap<>(problem.named("", vectors.get(i)));
            SafeTensors.write(out.resolve(name + ".safetensors"), new SafeTensors.Contents(named, Map.of()));
        }
    }
}
