package dev.rectifier.study.luckmatters;

import dev.rectifier.record.Estimate;
import dev.rectifier.record.Figure;
import dev.rectifier.record.RunSpec;
import dev.rectifier.study.Evidence;
import dev.rectifier.study.Experiment;
import dev.rectifier.study.Replicas;
import dev.rectifier.study.Scale;
import dev.rectifier.study.images.DataHome;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** LM-10 and LM-11: teachers that were trained on images, their students, and parts of students trained again. */
final class ImagePart implements Part {
    private static final double ALLOWED = 0.05; // by which the layers above may be better than layer 1
    private static final int RESET = 1; // the epoch that the claim on resets is about

    private final String study;
    private final DataHome data;

    ImagePart(String study, DataHome data) {
        this.study = study;
        this.data = data;
    }

    @Override
    public List<RunSpec> plan(Scale scale) {
        return ImagePlans.plan(study, scale);
    }

    @Override
    public Optional<Experiment> experiment(RunSpec spec) {
        if (spec.name().equals(ImagePlans.TEACHERS)) {
            return Optional.of(new ImageTeachers(spec.settings(), data));
        }
        return spec.name().startsWith(ImagePlans.PREFIX)
                ? Optional.of(new ImageStudents(spec, data))
                : Optional.empty();
    }

    @Override
    public Map<String, Supplier<Estimate>> measurements(Scale scale, Evidence evidence) {
        Map<String, Supplier<Estimate>> measured = new HashMap<>();
        Main main = new Main(scale, evidence);
        measured.put("LM-10.loss", main.of(run -> Replicas.mean(Replicas.ratio(run.loss(run.epochs()), run.loss(0)))));
        measured.put("LM-10.accuracy", main.of(run -> Replicas.mean(run.accuracy(run.epochs()))));
        measured.put("LM-10.bottom", main.of(run -> Replicas.mean(run.correlation(0, run.epochs()))));
        measured.put("LM-10.order", main.of(ImagePart::order));
        measured.put("LM-10.depth", main.of(ImagePart::inversions));
        measured.put("LM-10.rise", main.of(run -> least(run, run::gain)));
        measured.put("LM-10.still", main.of(run -> still(run, new ImageRun(evidence.run(ImagePlans.STILL)))));
        measured.put(
                "LM-10.norm",
                main.of(run -> Replicas.mean(Replicas.difference(
                        run.meanCorrelation(),
                        new ImageRun(evidence.run(ImagePlans.plain(scale))).meanCorrelation()))));
        measured.put("LM-10.rank1", main.of(ImagePart::worstRank));
        measured.put("LM-11.reset", () -> resets(evidence));
        measured.put("LM-11.size", () -> sizes(scale, evidence));
        return measured;
    }

    /** Reads the run that claims are about once it is asked for. */
    private record Main(Scale scale, Evidence evidence) {
        Supplier<Estimate> of(Function<ImageRun, Estimate> statistic) {
            return () -> statistic.apply(new ImageRun(evidence.run(ImagePlans.width(ImagePlans.judged(scale)))));
        }
    }

    /** The layer whose mean over the replicas is least. */
    private static Estimate least(ImageRun run, Function<Integer, double[]> values) {
        return layers(run, values)
                .min((a, b) -> Double.compare(a.value(), b.value()))
                .orElseThrow();
    }

    private static Stream<Estimate> layers(ImageRun run, Function<Integer, double[]> values) {
        return IntStream.range(0, run.layers()).mapToObj(l -> Replicas.mean(values.apply(l)));
    }

    private static Estimate still(ImageRun run, ImageRun still) {
        return least(run, l -> Replicas.difference(run.gain(l), still.gain(l)));
    }

    private static Estimate order(ImageRun run) {
        double[][] rho = new double[run.layers()][];
        Arrays.setAll(rho, l -> run.correlation(l, run.epochs()));
        double[] margin = new double[rho[0].length];
        for (int r = 0; r < margin.length; r++) {
            double upper = Double.NEGATIVE_INFINITY;
            for (int l = 2; l < rho.length; l++) {
                upper = Math.max(upper, rho[l][r]);
            }
            margin[r] = Math.min(rho[0][r] - rho[1][r], rho[1][r] - upper + ALLOWED);
        }
        return Replicas.mean(margin);
    }

    private static Estimate inversions(ImageRun run) {
        List<Estimate> ranks = layers(run, l -> run.meanRank(l, 0)).toList();
        long wrong = IntStream.range(1, ranks.size())
                .filter(l -> !(ranks.get(l).value() > ranks.get(l - 1).value()))
                .count();
        return Estimate.exact((double) wrong, ranks.get(0).sample());
    }

    private static Estimate worstRank(ImageRun run) {
        return layers(run, l -> run.meanRank(l, 1))
                .max((a, b) -> Double.compare(a.value(), b.value()))
                .orElseThrow();
    }

    /** Winners that failed lose; random nodes that failed lose against winners that did not. */
    private static Estimate resets(Evidence evidence) {
        double[] winners = lastLoss(evidence, ImagePlans.reset("winners", RESET));
        double[] random = lastLoss(evidence, ImagePlans.reset("random", RESET));
        long better = IntStream.range(0, winners.length)
                .filter(r -> winners[r] <= random[r] || (Double.isFinite(winners[r]) && Double.isNaN(random[r])))
                .count();
        return Estimate.exact((double) better / winners.length, better + " of " + winners.length + " students");
    }

    private static double[] lastLoss(Evidence evidence, String name) {
        ImageRun run = new ImageRun(evidence.run(name));
        return run.loss(run.epochs());
    }

    private static Estimate sizes(Scale scale, Evidence evidence) {
        List<String> names = ImagePlans.resets(scale);
        ImageRun winners = new ImageRun(evidence.run(names.get(0)));
        double most = 0;
        for (String name : names) {
            ImageRun other = new ImageRun(evidence.run(name));
            for (int l = 0; l < winners.layers(); l++) {
                double[] difference = Replicas.difference(winners.nodes(l), other.nodes(l));
                most = Math.max(
                        most, Arrays.stream(difference).map(Math::abs).max().orElse(0));
            }
        }
        return Estimate.exact(most, names.size() + " runs");
    }

    @Override
    public List<Supplier<Figure>> figures(Scale scale, Evidence evidence) {
        ImageFigures figures = new ImageFigures(scale, evidence);
        return scale == Scale.SMOKE
                ? List.of(figures::alignment, figures::resets)
                : List.of(figures::alignment, figures::ranks, figures::widths, figures::resets);
    }
}
