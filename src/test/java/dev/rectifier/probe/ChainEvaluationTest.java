package dev.rectifier.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rectifier.conformance.Bound;
import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.LayerSpec;
import dev.rectifier.model.NamedLayer;
import dev.rectifier.model.Network;
import dev.rectifier.model.NetworkValues;
import dev.rectifier.model.Pass;
import dev.rectifier.model.PassKind;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import dev.rectifier.train.Targets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Nodes of chains compared piece by piece, against sums over all samples on the host; on every engine. */
class ChainEvaluationTest extends OnEveryEngine {
    private static final int REPLICAS = 3;
    private static final int EXAMPLES = 7;
    private static final int PIECE = 3;
    private static final int OUTPUTS = 2;
    private static final List<LayerPair> PAIRS =
            List.of(new LayerPair("norm0", "relu0", "relu0"), new LayerPair("norm1", "relu1", "relu1"));

    private final ChainSpec teacher = net(true, 2, 3);
    private final ChainSpec student = net(false, 4, 5);
    private final Streams streams = Streams.range(SeedTree.root(11), 0, REPLICAS);

    private static ChainSpec net(boolean norm, int first, int second) {
        List<NamedLayer> layers = new ArrayList<>();
        int[] channels = {first, second};
        for (int l = 0; l < channels.length; l++) {
            layers.add(new NamedLayer("conv" + l, new LayerSpec.Conv(channels[l], 3, 1, 0, true)));
            layers.add(new NamedLayer("relu" + l, new LayerSpec.Relu()));
            if (norm) {
                layers.add(new NamedLayer("norm" + l, new LayerSpec.BatchNorm()));
            }
        }
        layers.add(new NamedLayer("flatten", new LayerSpec.Flatten()));
        layers.add(new NamedLayer("head", new LayerSpec.Dense(OUTPUTS)));
        return new ChainSpec(Shape.of(2, 7, 6), layers);
    }

    /** Teachers whose first channel is silent in replica 0. */
    private HostTensor teachers(DType type) {
        HostTensor drawn = Initializer.draw(teacher, type, streams.child("teacher"));
        int weights = 2 * 9;
        for (int i = 0; i < weights; i++) {
            drawn.set(i, 0);
        }
        drawn.set(Math.toIntExact(teacher.layout().slot("conv0.bias").offset()), -1);
        return drawn;
    }

    /** What the host knows: activations, gathered from passes over the same pieces, and outputs. */
    @SuppressWarnings("ArrayRecordComponent") // handed on, never compared
    private record Seen(double[][][] nodes, double[][] outputs) {}

    private record Scene(Engine engine, Arena arena, View x, View labels) {
        Seen look(ChainSpec spec, HostTensor parameters, String layer) {
            NetworkValues values = values(arena, spec, parameters);
            Pass whole = Network.of(engine, spec)
                    .pass(arena, x.dtype(), parameters.shape().dim(0), PIECE, PassKind.INFERENCE);
            int replicas = (int) whole.replicas();
            List<double[]> planes = new ArrayList<>();
            List<double[]> outputs = new ArrayList<>();
            View view = whole.activation(layer);
            for (int from = 0; from < EXAMPLES; from += PIECE) {
                Pass piece = whole.first(Math.min(PIECE, EXAMPLES - from));
                piece.forward(values, x.rows(from, piece.examples()).replicas(0, replicas));
                planes.add(piece.activation(layer).download().toDoubles());
                outputs.add(piece.output().download().toDoubles());
            }
            int channels = (int) view.dim(2);
            int places = (int) (view.dim(3) * view.dim(4));
            return new Seen(nodes(planes, replicas, channels, places), rows(outputs, replicas, OUTPUTS));
        }
    }

    /** [R][C][samples]. */
    private static double[][][] nodes(List<double[]> pieces, int replicas, int channels, int places) {
        double[][][] nodes = new double[replicas][channels][EXAMPLES * places];
        int before = 0;
        for (double[] piece : pieces) {
            int examples = piece.length / (replicas * channels * places);
            for (int i = 0; i < piece.length; i++) {
                int place = i % places;
                int channel = i / places % channels;
                int example = i / (places * channels) % examples;
                nodes[i / (places * channels * examples)][channel][(before + example) * places + place] = piece[i];
            }
            before += examples;
        }
        return nodes;
    }

    /** [R][N K]. */
    private static double[][] rows(List<double[]> pieces, int replicas, int width) {
        double[][] rows = new double[replicas][EXAMPLES * width];
        int before = 0;
        for (double[] piece : pieces) {
            int block = piece.length / replicas;
            for (int r = 0; r < replicas; r++) {
                System.arraycopy(piece, r * block, rows[r], before, block);
            }
            before += block;
        }
        return rows;
    }

    private static NetworkValues values(Arena arena, ChainSpec spec, HostTensor parameters) {
        int replicas = Math.toIntExact(parameters.shape().dim(0));
        return new NetworkValues(
                spec.layout().views(arena.upload(parameters).view()),
                spec.state().size() == 0
                        ? Optional.empty()
                        : Optional.of(spec.state()
                                .views(arena.upload(Initializer.state(spec, replicas))
                                        .view())));
    }

    private static Scene scene(Engine engine, Arena arena, DType type) {
        HostTensor x = HostTensor.zeros(type, Shape.of(1, EXAMPLES, 2 * 7 * 6));
        for (int i = 0; i < x.length(); i++) {
            x.set(i, (float) Math.sin(1 + 7.0 * i));
        }
        int[] labels = {0, 1, 1, 0, 1, 0, 0};
        return new Scene(
                engine,
                arena,
                arena.upload(x).view().seenBy(REPLICAS),
                arena.upload(HostTensor.of(Shape.of(1, EXAMPLES), labels))
                        .view()
                        .seenBy(REPLICAS));
    }

    private ChainEvaluation evaluation(Scene scene, HostTensor teachers, HostTensor students) {
        ChainEvaluation evaluation = new ChainEvaluation(
                scene.engine(),
                scene.arena(),
                Targets.Teacher.of(teacher, teachers)
                        .withState(Initializer.state(
                                teacher, Math.toIntExact(teachers.shape().dim(0)))),
                new HeldOut.Examples(scene.x(), scene.labels()),
                Network.of(scene.engine(), student),
                PAIRS,
                PIECE);
        evaluation.refresh(values(scene.arena(), student, students));
        return evaluation;
    }

    @ParameterizedTest
    @MethodSource("engines")
    void correlationsOfPiecesAreThoseOfAllSamples(EngineSource.Present on) {
        for (DType type : List.of(DType.F64, DType.F32)) {
            try (Arena arena = on.engine().openArena("correlations")) {
                Scene scene = scene(on.engine(), arena, type);
                HostTensor students = Initializer.draw(student, type, streams.child("student"));
                ChainEvaluation evaluation = evaluation(scene, teachers(type), students);
                for (int l = 0; l < PAIRS.size(); l++) {
                    Seen t = scene.look(teacher, teachers(type), PAIRS.get(l).teacher());
                    Seen s = scene.look(student, students, PAIRS.get(l).student());
                    requireAlike(evaluation.correlations(l), t.nodes(), s.nodes());
                }
            }
        }
    }

    private static void requireAlike(List<CorrelationMatrix> found, double[][][] teachers, double[][][] students) {
        for (int r = 0; r < REPLICAS; r++) {
            for (int i = 0; i < teachers[r].length; i++) {
                for (int j = 0; j < students[r].length; j++) {
                    Pair pair = Pair.of(teachers[r][i], students[r][j]);
                    assertThat(found.get(r).at(i, j)).isCloseTo(pair.rho(), within(pair.bound()));
                }
            }
        }
    }

    /** Two nodes: deviations by two passes over all samples. */
    private record Pair(double rho, double bound) {
        static Pair of(double[] a, double[] b) {
            double meanA = mean(a);
            double meanB = mean(b);
            double aa = 1e-10;
            double bb = 1e-10;
            double ab = 0;
            for (int i = 0; i < a.length; i++) {
                aa += (a[i] - meanA) * (a[i] - meanA);
                bb += (b[i] - meanB) * (b[i] - meanB);
                ab += (a[i] - meanA) * (b[i] - meanB);
            }
            double spread =
                    (1 + Math.abs(meanA) / Math.sqrt(aa / a.length)) * (1 + Math.abs(meanB) / Math.sqrt(bb / b.length));
            return new Pair(ab / Math.sqrt(aa * bb), 2 * spread * Bound.gamma(DType.F64, 3L * (a.length + 24)));
        }

        private static double mean(double[] of) {
            double sum = 0;
            for (double value : of) {
                sum += value;
            }
            return sum / of.length;
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void silentTeacherNodesAreConstantAndLossAndAccuracyAreThoseOfTheOutputs(EngineSource.Present on) {
        try (Arena arena = on.engine().openArena("scores")) {
            Scene scene = scene(on.engine(), arena, DType.F64);
            HostTensor students = Initializer.draw(student, DType.F64, streams.child("student"));
            ChainEvaluation evaluation = evaluation(scene, teachers(DType.F64), students);
            assertThat(evaluation.teachers().constantNodes(0)).containsExactly(1, 0, 0);
            assertThat(evaluation.correlations(0).get(0).best(0)).isZero();
            double[][] wanted =
                    scene.look(teacher, teachers(DType.F64), "norm0").outputs();
            double[][] said = scene.look(student, students, "relu0").outputs();
            int[] labels = {0, 1, 1, 0, 1, 0, 0};
            for (int r = 0; r < REPLICAS; r++) {
                double loss = 0;
                double right = 0;
                for (int n = 0; n < EXAMPLES; n++) {
                    for (int k = 0; k < OUTPUTS; k++) {
                        double gap = said[r][n * OUTPUTS + k] - wanted[r][n * OUTPUTS + k];
                        loss += gap * gap / (EXAMPLES * OUTPUTS);
                    }
                    boolean second = said[r][n * OUTPUTS + 1] > said[r][n * OUTPUTS];
                    right += second == (labels[n] == 1) ? 1.0 / EXAMPLES : 0;
                }
                // 14 squares of differences, a division each, summed in pieces
                assertThat(evaluation.loss()[r])
                        .isCloseTo(loss, within(2 * loss * Bound.gamma(DType.F64, EXAMPLES * OUTPUTS + 4)));
                assertThat(evaluation.accuracy()[r]).isCloseTo(right, within(1e-15));
            }
        }
    }

    /** The bits do not depend on whether one teacher is held once for all students or once for each. */
    @ParameterizedTest
    @MethodSource("engines")
    void oneTeacherServesAllStudents(EngineSource.Present on) {
        try (Arena arena = on.engine().openArena("shared teacher")) {
            Scene scene = scene(on.engine(), arena, DType.F64);
            HostTensor one = Initializer.draw(teacher, DType.F64, Streams.single(SeedTree.root(5)));
            HostTensor each = HostTensor.zeros(DType.F64, Shape.of(REPLICAS, one.length()));
            for (int i = 0; i < each.length(); i++) {
                each.set(i, one.get(i % one.length()));
            }
            HostTensor students = Initializer.draw(student, DType.F64, streams.child("student"));
            ChainEvaluation shared = evaluation(scene, one, students);
            ChainEvaluation apart = evaluation(scene, each, students);
            for (int r = 0; r < REPLICAS; r++) {
                assertThat(shared.correlations(1).get(r).at(2, 4))
                        .isEqualTo(apart.correlations(1).get(r).at(2, 4));
            }
            assertThat(shared.loss()).containsExactly(apart.loss());
        }
    }

    /** Channels taken for places, the fault that {@link NodeRows} is there to avoid, would not have passed. */
    @ParameterizedTest
    @MethodSource("engines")
    void channelsTakenForPlacesAreFarOff(EngineSource.Present on) {
        try (Arena arena = on.engine().openArena("fault")) {
            Scene scene = scene(on.engine(), arena, DType.F64);
            HostTensor students = Initializer.draw(student, DType.F64, streams.child("student"));
            CorrelationMatrix found = evaluation(scene, teachers(DType.F64), students)
                    .correlations(1)
                    .get(1);
            double[][] t =
                    misread(scene.look(teacher, teachers(DType.F64), "norm1").nodes()[1]);
            double[][] s = misread(scene.look(student, students, "relu1").nodes()[1]);
            Pair wrong = Pair.of(t[0], s[0]);
            assertThat(Math.abs(found.at(0, 0) - wrong.rho())).isGreaterThan(1e4 * wrong.bound());
        }
    }

    /** Elements of [C, samples] of every example in memory order, dealt to the channels in turn. */
    private static double[][] misread(double[][] nodes) {
        int channels = nodes.length;
        int places = nodes[0].length / EXAMPLES;
        double[][] dealt = new double[channels][nodes[0].length];
        for (int n = 0; n < EXAMPLES; n++) {
            for (int at = 0; at < channels * places; at++) {
                dealt[at % channels][n * places + at / channels] = nodes[at / places][n * places + at % places];
            }
        }
        return dealt;
    }
}
