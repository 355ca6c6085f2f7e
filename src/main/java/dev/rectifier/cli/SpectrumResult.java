package dev.rectifier.cli;

import dev.rectifier.curvature.DensityGrid;
import dev.rectifier.curvature.Eigenpair;
import dev.rectifier.curvature.ExtremeEigenpairs;
import dev.rectifier.curvature.Quadrature;
import dev.rectifier.curvature.SpectralDensity;
import dev.rectifier.curvature.Spread;
import dev.rectifier.record.Axis;
import dev.rectifier.record.DurableFile;
import dev.rectifier.record.FigureText;
import dev.rectifier.record.Line;
import dev.rectifier.record.LineFigure;
import dev.rectifier.report.FigureFiles;
import dev.rectifier.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** What {@code spectrum} found, on the console and in a folder. */
final class SpectrumResult {
    private static final int CELLS = 512;
    private static final double SHARE = 0.01;
    private static final double ROUNDINGS =
            10; // what products' rounding counts as, in unit roundoffs of the largest eigenvalue
    private static final double KAPPA = 3; // Papyan: neighbours' Gaussians meet at a third of their peaks

    /** All numbers, in the folder. */
    static final String FILE = "spectrum.json";

    private final Path folder;
    private final DType dtype;
    private final Map<String, Object> circumstances;
    private Optional<ExtremeEigenpairs.Answer> pairs = Optional.empty();
    private Optional<SpectralDensity> density = Optional.empty();
    private boolean written;

    /** {@code dtype}: what was computed in; {@code circumstances}: what the numbers depend on, matrix, parameters and examples among it. */
    SpectrumResult(Path folder, DType dtype, Map<String, Object> circumstances) {
        this.folder = folder;
        this.dtype = dtype;
        this.circumstances = circumstances;
    }

    void setPairs(ExtremeEigenpairs.Answer found) {
        pairs = Optional.of(found);
    }

    void setDensity(SpectralDensity found) {
        density = Optional.of(found);
    }

    /** What is kept so far. */
    String words() {
        return written ? "The eigenvalues are in " + folder + "; the density is not." : "Nothing was written.";
    }

    void printPairs(Console console) {
        ExtremeEigenpairs.Answer answer = pairs.orElseThrow();
        console.result(String.format(Locale.ROOT, "%-10s %20s %12s", "", "eigenvalue", "error about"));
        print(console, "top", answer.top());
        print(console, "bottom", answer.bottom());
        if (!answer.converged()) {
            console.error("The tolerance was not met in " + answer.steps() + " steps: the errors above say how far each"
                    + " eigenvalue is known. Allow more with --steps.");
        }
    }

    void printDensity(Console console) {
        SpectralDensity found = density.orElseThrow();
        print(console, "trace", found.trace(x -> x));
        print(console, "trace of the square", found.trace(x -> x * x));
    }

    /** The residual, but not less than what the rounding of the products leaves open. */
    private double error(Eigenpair pair) {
        ExtremeEigenpairs.Answer answer = pairs.orElseThrow();
        double largest = Stream.concat(answer.top().stream(), answer.bottom().stream())
                .mapToDouble(found -> Math.abs(found.value()))
                .max()
                .orElse(0);
        return Math.max(pair.residual(), ROUNDINGS * dtype.unitRoundoff() * largest);
    }

    private void print(Console console, String side, List<Eigenpair> found) {
        for (int i = 0; i < found.size(); i++) {
            Eigenpair pair = found.get(i);
            console.result(String.format(
                    Locale.ROOT, "%-10s %20.10g %12.1e", side + " " + (i + 1), pair.value(), error(pair)));
        }
    }

    private static void print(Console console, String what, Spread spread) {
        String error = spread.probes() > 1
                ? String.format(
                        Locale.ROOT, "standard error %.1e over %d random vectors", spread.probeError(), spread.probes())
                : "by one random vector";
        console.result(String.format(Locale.ROOT, "%s %.6g, %s", what, spread.mean(), error));
    }

    /** All that is there so far. */
    void write(long products) {
        Map<String, Object> all = new LinkedHashMap<>(circumstances);
        all.put("products", products);
        pairs.ifPresent(answer -> {
            all.put("steps", answer.steps());
            all.put("converged", answer.converged());
            all.put("top", objects(answer.top()));
            all.put("bottom", objects(answer.bottom()));
        });
        density.ifPresent(found -> all.put("density", quadratures(found)));
        DurableFile.write(folder.resolve(FILE), Console.jsonText(all) + "\n");
        written = true;
    }

    /** The picture of the density. */
    void draw() {
        LineFigure figure = figure(density.orElseThrow());
        DurableFile.write(folder.resolve("density.svg"), FigureFiles.svg(figure));
        DurableFile.write(folder.resolve("density.png"), FigureFiles.png(figure));
    }

    private List<Object> objects(List<Eigenpair> found) {
        List<Object> all = new ArrayList<>();
        for (Eigenpair pair : found) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("value", pair.value());
            one.put("residual", pair.residual());
            one.put("error", error(pair));
            all.add(one);
        }
        return all;
    }

    /** Nodes and weights of every random vector: the density before anything is broadened. */
    private static List<Object> quadratures(SpectralDensity found) {
        List<Object> all = new ArrayList<>();
        for (Quadrature quadrature : found.quadratures().get(0)) {
            Map<String, Object> one = new LinkedHashMap<>();
            one.put("nodes", quadrature.nodes());
            one.put("weights", quadrature.weights());
            all.add(one);
        }
        return all;
    }

    private LineFigure figure(SpectralDensity found) {
        DensityGrid grid = DensityGrid.covering(found, CELLS, KAPPA);
        List<Spread> values = found.on(grid);
        double peak = 1 / (grid.deviation() * Math.sqrt(2 * Math.PI));
        double least = SHARE * peak / found.size(); // of one eigenvalue among P; below it are tails and rounding
        double[] x = new double[CELLS];
        double[] y = new double[CELLS];
        for (int i = 0; i < CELLS; i++) {
            x[i] = grid.at(i);
            y[i] = values.get(i).mean() > least ? values.get(i).mean() : Double.NaN;
        }
        String caption = String.format(
                Locale.ROOT,
                "%s parameters, %s examples; %d random vectors of %d Lanczos steps.",
                circumstances.get("parameters"),
                circumstances.get("examples"),
                found.quadratures().get(0).size(),
                found.quadratures().get(0).get(0).nodes().length);
        return new LineFigure(
                new FigureText("density", "Density of the eigenvalues: " + circumstances.get("matrix"), caption, ""),
                Axis.linear("eigenvalue"),
                Axis.log("share of eigenvalues per unit"),
                List.of(Line.of("density", x, y)));
    }
}
