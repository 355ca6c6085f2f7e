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
    private static final int USUAL = 10;
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

    @Option(
            names = "--top",
            paramLabel = "K",
            description = "Largest eigenvalues (default: 10, or as many as there are).")
    private Optional<Integer> top = Optional.empty();

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
            description = "Residual of each eigenvalue at most, relative to the largest (default: ${DEFAULT-VALUE}).")
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
        checkWords();
        GivenProblem problem = given.read();
        Asked asked = asked(problem.parameters());
        checkSense(problem, asked);
        try (Engine opened = engine.open(console).engine();
                Arena arena = opened.openArena("spectrum")) {
            LossPoint point = problem.open(opened, arena, given.pieces());
            SpectrumResult result = new SpectrumResult(out, problem.dtype(), circumstances(problem, opened));
            long products = asked.products(problem.parameters());
            WatchedOperator operator =
                    new WatchedOperator(operator(point), console, interruption, products, result::words);
            makeFolder();
            find(problem, asked, arena, operator, result);
        }
        console.remark("Result: " + out);
        return ExitCode.GOOD.code();
    }

    /** What is looked for. */
    private record Asked(int top, int bottom, int steps, Optional<DensityWord.Size> density) {
        boolean extremes() {
            return top + bottom > 0;
        }

        long products(long p) {
            long of = extremes() ? Math.min(steps, p) : 0;
            return of
                    + density.map(size -> size.probes() * Math.min(size.steps(), p))
                            .orElse(0L);
        }
    }

    /** Each part is printed and kept as soon as it is there. */
    private void find(GivenProblem problem, Asked asked, Arena arena, WatchedOperator operator, SpectrumResult result) {
        if (asked.extremes()) {
            eigenvalues(problem, asked, arena, operator, result);
            operator.clear();
            result.printPairs(console);
            result.write(operator.done());
        }
        if (asked.density.isPresent()) {
            DensityWord.Size size = asked.density.get();
            result.setDensity(
                    SpectralDensity.estimate(arena, operator, streams("density"), size.probes(), size.steps()));
            operator.clear();
            result.printDensity(console);
            result.write(operator.done());
            result.draw();
        }
    }

    private void checkWords() {
        if (!MATRICES.contains(matrix)) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--matrix knows " + String.join(", ", MATRICES) + ", not '" + matrix + "'."
                            + Suggestion.didYouMean(matrix, MATRICES));
        }
        if (top.orElse(0) < 0 || bottom < 0 || steps < 1 || !(tolerance >= 0)) {
            throw new CommandFailure(
                    ExitCode.USAGE, "--top, --bottom and --tolerance must not be negative, and --steps at least 1.");
        }
        if (top.orElse(1) + (long) bottom == 0 && density.isEmpty()) {
            throw new CommandFailure(ExitCode.USAGE, "Nothing is asked for: give --top, --bottom or --density.");
        }
        given.pieces();
    }

    private Asked asked(long parameters) {
        long room = Math.min(parameters, steps);
        long largest = top.map(Long::valueOf).orElse(Math.max(0, Math.min(USUAL, room - bottom)));
        if (largest + bottom > room) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--top " + largest + " and --bottom " + bottom + " are more eigenvalues than " + room
                            + ", the lesser of " + parameters + " parameters and --steps " + steps
                            + ": ask for fewer, or allow more steps.");
        }
        return new Asked((int) largest, bottom, steps, density);
    }

    private void checkSense(GivenProblem problem, Asked asked) {
        if (matrix.equals("fisher") && problem.network().takesBatch()) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--matrix fisher needs gradients of single examples, and BatchNorm in mode train makes every example's loss"
                            + " depend on the others: take mode eval.");
        }
        if (vectors && !asked.extremes()) {
            throw new CommandFailure(ExitCode.USAGE, "--vectors are those of --top and --bottom: ask for some.");
        }
        if (Files.exists(out.resolve(SpectrumResult.FILE))) {
            throw new CommandFailure(
                    ExitCode.USAGE,
                    "--out " + out + " holds a " + SpectrumResult.FILE
                            + " already: name another folder, or remove it.");
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

    /** What the numbers depend on. */
    private Map<String, Object> circumstances(GivenProblem problem, Engine opened) {
        Map<String, Object> all = new LinkedHashMap<>();
        all.put("rectifier", Version.version() + "+" + Version.commit());
        all.put("engine", opened.info().toString());
        all.put("matrix", matrix);
        all.put("parameters", problem.parameters());
        all.put("examples", problem.count());
        all.put("loss", problem.loss().toString());
        all.put("dtype", problem.dtype().toString());
        all.put("files", given.files());
        all.put("piece", Math.min(given.pieces().examples(), problem.count()));
        all.put("seed", seed);
        all.put("tolerance", tolerance);
        all.put("steps_allowed", steps);
        return all;
    }

    private LinearOperator operator(LossPoint point) {
        return switch (matrix) {
            case "hessian" -> point.hessian();
            case "ggn" -> point.gaussNewton();
            default -> point.empiricalFisher();
        };
    }

    private Streams streams(String purpose) {
        return Streams.single(SeedTree.root(seed).child(purpose));
    }

    /** In an arena of its own: a density needs the room that the basis has taken. */
    private void eigenvalues(
            GivenProblem problem, Asked asked, Arena arena, LinearOperator operator, SpectrumResult result) {
        try (Arena own = arena.openArena("eigenvalues")) {
            ExtremeEigenpairs found = ExtremeEigenpairs.find(
                    own,
                    operator,
                    streams("eigenvalues"),
                    new ExtremeEigenpairs.Wanted(asked.top, asked.bottom),
                    Convergence.to(tolerance, steps));
            result.setPairs(found.answers().get(0));
            if (vectors) {
                write(
                        problem,
                        asked,
                        found.vectors(own).stream().map(v -> v.download()).toList());
            }
        }
    }

    private void write(GivenProblem problem, Asked asked, List<HostTensor> found) {
        for (int i = 0; i < found.size(); i++) {
            String name = i < asked.top ? "top-" + (i + 1) : "bottom-" + (i - asked.top + 1);
            Map<String, HostTensor> named = new LinkedHashMap<>(problem.named("", found.get(i)));
            SafeTensors.write(out.resolve(name + ".safetensors"), new SafeTensors.Contents(named, Map.of()));
        }
    }
}
