package dev.rectifier.probe;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.View;
import dev.rectifier.model.LayerViews;
import dev.rectifier.model.Mlp;
import dev.rectifier.stats.Quantiles;
import dev.rectifier.stats.Sample;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Normals;
import dev.rectifier.tensor.Philox;
import dev.rectifier.train.Listener;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;

/**
 * How E[H*] and E[H] of a deep student gather on the nodes that win in the end. To be called once, after the last update and
 * after the {@link CorrelationProbe} that says who wins: looks at the starting parameters and at the last ones. Writes per
 * replica and hidden layer l, with {@code -start} or {@code -end}, the {@link BlockNorms} {@code hstar-uu-end/l},
 * {@code hstar-ur}, {@code h-uu}, {@code h-ur}, {@code h-rr}; {@code lead-hstar} and {@code lead-betastar}, the lead of the
 * diagonal on the winners; {@code random-fall/l}, by what factor |H*_ur| / |H*_uu| falls when nodes drawn at random stand for
 * the winners (median of 101 draws); and for one layer the entries {@code hstar-end/l/i/j} and {@code betastar-end/l/i/j} of
 * teacher node i and student node j. Winners are those of teacher nodes that vary.
 */
public final class BlockNormProbe implements Listener {
    /** The layer whose entries are written. */
    public static final int WHOLE_LAYER = 1;

    private static final int DRAWS = 101;
    private static final long DRAW_KEY = 0x626c6f636b73L;

    private final CorrelationProbe correlations;
    private final Metrics metrics;
    private final int firstReplica;
    private final PathMatrices paths;
    private final LayerViews initial;
    private final int layers;
    private long step;

    /** The averages of one layer of every replica, on the host. */
    private record Layer(List<double[][]> betaStar, List<double[][]> hStar, List<double[][]> h) {}

    /** When the averages were taken, and what they are. */
    private record Moment(String name, List<Layer> layers) {}

    /**
     * @param teacher parameters [R, P]
     * @param inputs [R, N, D] to average over
     * @param initial the student's starting parameters [R, P]
     */
    public BlockNormProbe(
            CorrelationProbe correlations,
            Mlp student,
            Targets.Teacher teacher,
            View inputs,
            HostTensor initial,
            Sink sink) {
        this.correlations = correlations;
        this.metrics = sink.metrics();
        firstReplica = sink.firstReplica();
        this.initial = student.layout().views(sink.arena().upload(initial).view());
        paths = new PathMatrices(correlations.engine(), sink.arena(), student, teacher, inputs);
        layers = student.spec().hidden().size();
    }

    /**
     * Whose memory is used, and where metrics go.
     *
     * @param firstReplica number in the whole ensemble of the first replica that is watched
     */
    public record Sink(Arena arena, Metrics metrics, int firstReplica) {}

    @Override
    public void observe(TrainState state) {
        step = state.step();
        paths.refresh(initial);
        Moment start = moment("start");
        paths.refresh(state.parameters());
        Moment end = moment("end");
        for (int l = 0; l < layers; l++) {
            write(l, start, end);
        }
    }

    private Moment moment(String name) {
        List<Layer> taken = new ArrayList<>();
        for (int l = 0; l < layers; l++) {
            taken.add(new Layer(host(paths.betaStar(l)), host(paths.hStar(l)), host(paths.h(l))));
        }
        return new Moment(name, taken);
    }

    private static List<double[][]> host(View view) {
        double[] all = view.download().toDoubles();
        return IntStream.range(0, Math.toIntExact(view.replicas()))
                .mapToObj(r -> BlockNorms.matrix(view, all, r))
                .toList();
    }

    private void write(int l, Moment start, Moment end) {
        List<CorrelationMatrix> rho = correlations.correlations(l);
        Rows rows = new Rows(l, rho.size());
        for (int r = 0; r < rho.size(); r++) {
            int[] teachers = correlations.varying(r, l);
            CorrelationMatrix matrix = rho.get(r);
            int[] winners = Arrays.stream(teachers).map(matrix::winner).toArray();
            norms(rows, r, winners, start);
            norms(rows, r, winners, end);
            leads(rows, r, winners, teachers, start);
            leads(rows, r, winners, teachers, end);
            rows.put("random-fall", r, randomFall(start, end, l, r, winners.length));
        }
        rows.write(step, metrics);
        if (l == WHOLE_LAYER) {
            entries(l, start);
            entries(l, end);
        }
    }

    private static void norms(Rows rows, int r, int[] winners, Moment moment) {
        Layer layer = moment.layers().get(rows.layer());
        BlockNorms norms = BlockNorms.of(layer.hStar().get(r), layer.h().get(r), winners);
        rows.put("hstar-uu-" + moment.name(), r, norms.hStarUu());
        rows.put("hstar-ur-" + moment.name(), r, norms.hStarUr());
        rows.put("h-uu-" + moment.name(), r, norms.hUu());
        rows.put("h-ur-" + moment.name(), r, norms.hUr());
        rows.put("h-rr-" + moment.name(), r, norms.hRr());
    }

    private static void leads(Rows rows, int r, int[] winners, int[] teachers, Moment moment) {
        Layer layer = moment.layers().get(rows.layer());
        rows.put(
                "lead-hstar-" + moment.name(),
                r,
                BlockNorms.diagonalLead(layer.hStar().get(r), winners, teachers));
        rows.put(
                "lead-betastar-" + moment.name(),
                r,
                BlockNorms.diagonalLead(layer.betaStar().get(r), winners, teachers));
    }

    private double randomFall(Moment start, Moment end, int l, int r, int count) {
        double[][] before = start.layers().get(l).hStar().get(r);
        double[][] after = end.layers().get(l).hStar().get(r);
        double[] falls = new double[DRAWS];
        for (int draw = 0; draw < DRAWS; draw++) {
            int[] nodes = drawn(before.length, count, firstReplica + r, draw);
            falls[draw] = BlockNorms.starRatio(before, nodes) / BlockNorms.starRatio(after, nodes);
        }
        double[] finite = Sample.finite(falls);
        return finite.length == 0 ? Double.NaN : Quantiles.of(finite).median();
    }

    /** {@code count} different nodes of {@code width}: those with the least of as many normal numbers. */
    private static int[] drawn(int width, int count, int replica, int draw) {
        float[] keys = new float[width];
        Normals.fill(keys, new Philox(DRAW_KEY, replica, draw), 0f, 1f);
        return IntStream.range(0, width)
                .boxed()
                .sorted(Comparator.comparingDouble(j -> keys[j]))
                .limit(count)
                .mapToInt(Integer::intValue)
                .toArray();
    }

    private void entries(int l, Moment moment) {
        Layer layer = moment.layers().get(l);
        entries("hstar-" + moment.name(), l, layer.hStar());
        entries("betastar-" + moment.name(), l, layer.betaStar());
    }

    private void entries(String name, int l, List<double[][]> matrices) {
        for (int j = 0; j < matrices.get(0).length; j++) {
            for (int i = 0; i < matrices.get(0)[j].length; i++) {
                int student = j;
                int teacher = i;
                double[] values = matrices.stream()
                        .mapToDouble(m -> Math.abs(m[student][teacher]))
                        .toArray();
                metrics.append(step, entry(name, l, i, j), values);
            }
        }
    }

    /** Name of the absolute entry of teacher node i and student node j of a matrix such as {@code hstar-end}. */
    public static String entry(String matrix, int layer, int teacher, int student) {
        return String.format(Locale.ROOT, "%s/%d/%d/%d", matrix, layer, teacher, student);
    }
}
