package dev.rectifier.probe;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.View;
import dev.rectifier.model.Network;
import dev.rectifier.model.NetworkValues;
import dev.rectifier.model.Pass;
import dev.rectifier.model.PassKind;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainState;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * A fixed set of labelled examples on which students are compared with their teachers, both networks of any kind in evaluation
 * (BatchNorm by its running moments), shared by the probes of a run. Examples pass piece by piece, so buffers do not grow with
 * the set. Of convolutions the channels are the nodes, and every place of every example is a sample.
 *
 * <p>Cost of a look: a forward pass of both sides, and per layer R T S multiply-adds a sample. Correlations of pieces are merged
 * on the host in fp64.
 */
public final class ChainEvaluation implements Comparison {
    private final Engine engine;
    private final HeldOut.Examples set;
    private final Pass teacherPass;
    private final NetworkValues teacherValues;
    private final Pass studentPass;
    private final List<PairedNodes> layers = new ArrayList<>();
    private final TeacherActivity activity;
    private final View losses;
    private final View counts;
    private double[] loss = {};
    private double[] right = {};
    private long seen = -1;

    /**
     * Evaluates the teachers once, to see which of their nodes vary.
     *
     * @param teacher parameters [R, P], or [1, P] for one teacher of all replicas, who then share the examples too
     * @param set [R, M, D] with labels I32 [R, M]
     * @param student as trained
     * @param pairs layers that are compared, bottom first
     * @param piece examples evaluated at a time
     */
    public ChainEvaluation(
            Engine engine,
            Arena arena,
            Targets.Teacher teacher,
            HeldOut.Examples set,
            Network student,
            List<LayerPair> pairs,
            long piece) {
        this.engine = engine;
        this.set = set;
        DType dtype = set.x().dtype();
        long replicas = set.x().replicas();
        long examples = Math.max(1, Math.min(piece, set.count()));
        Arena ofTeacher = arena.openArena("evaluated teacher");
        Network network = Network.of(engine, teacher.spec());
        long teachers = teacher.parameters().shape().dim(0);
        teacherPass = network.pass(ofTeacher, dtype, teachers, examples, PassKind.INFERENCE);
        teacherValues = values(ofTeacher, teacher);
        studentPass = student.pass(arena.openArena("evaluated student"), dtype, replicas, examples, PassKind.INFERENCE);
        for (LayerPair pair : pairs) {
            layers.add(new PairedNodes(engine, arena, pair, teacherPass, studentPass));
        }
        losses = arena.zeros(DType.F64, Shape.of(replicas)).view();
        counts = arena.zeros(DType.I32, Shape.of(replicas)).view();
        activity = activity(arena);
    }

    private static NetworkValues values(Arena arena, Targets.Teacher teacher) {
        HostTensor parameters = teacher.parameters();
        return new NetworkValues(
                teacher.spec().layout().views(arena.upload(parameters).view()),
                teacher.state()
                        .map(state ->
                                teacher.spec().state().views(arena.upload(state).view())));
    }

    /** What is done with the passes over one piece. */
    private interface Piece {
        void take(Pass teacher, long from, long count);
    }

    private void pieces(Piece todo) {
        for (long from = 0; from < set.count(); from += teacherPass.examples()) {
            long count = Math.min(teacherPass.examples(), set.count() - from);
            Pass teacher = teacherPass.first(count);
            teacher.forward(teacherValues, set.x().rows(from, count).replicas(0, teacher.replicas()));
            todo.take(teacher, from, count);
        }
    }

    private TeacherActivity activity(Arena arena) {
        List<double[][]> ratios = new ArrayList<>();
        for (PairedNodes layer : layers) {
            ratios.add(new double[replicas()][layer.teacherWidth()]);
        }
        pieces((teacher, from, count) -> {
            for (int l = 0; l < layers.size(); l++) {
                int[][] active = layers.get(l).active(arena, teacher);
                double samples = (double) set.count() * layers.get(l).places();
                addShares(ratios.get(l), active, samples);
            }
        });
        return new TeacherActivity(ratios);
    }

    private static void addShares(double[][] ratios, int[][] active, double samples) {
        for (int r = 0; r < ratios.length; r++) {
            for (int i = 0; i < ratios[r].length; i++) {
                ratios[r][i] += active[r][i] / samples;
            }
        }
    }

    @Override
    public void refresh(TrainState state) {
        if (state.step() != seen) {
            refresh(state.values());
            seen = state.step();
        }
    }

    /** Evaluates students of these numbers. */
    void refresh(NetworkValues values) {
        layers.forEach(PairedNodes::clear);
        loss = new double[replicas()];
        right = new double[replicas()];
        pieces((teacher, from, count) -> compare(values, teacher, from, count));
    }

    private void compare(NetworkValues values, Pass teacher, long from, long count) {
        Pass student = studentPass.first(count);
        student.forward(values, set.x().rows(from, count));
        layers.forEach(layer -> layer.add(teacher, student));
        View outputs = student.output();
        View wanted = teacher.output().seenBy(replicas());
        double scale = Loss.MEAN_SQUARED.scale(set.count(), outputs.dim(-1));
        engine.losses().value(LossKind.SQUARED, losses, outputs, wanted, scale);
        engine.reduce().correct(counts, outputs, set.targets().rows(from, count));
        double[] part = losses.download().doubles();
        int[] more = counts.download().ints();
        Arrays.setAll(loss, r -> loss[r] + part[r]);
        Arrays.setAll(right, r -> right[r] + more[r]);
    }

    /** Mean squared difference to the teacher's outputs over examples and outputs, per replica, as last evaluated. */
    double[] loss() {
        return loss.clone();
    }

    /** Share of examples whose largest output is that of the label, per replica, as last evaluated. */
    double[] accuracy() {
        return Arrays.stream(right).map(count -> count / set.count()).toArray();
    }

    @Override
    public Engine engine() {
        return engine;
    }

    @Override
    public int layers() {
        return layers.size();
    }

    @Override
    public int replicas() {
        return Math.toIntExact(set.x().replicas());
    }

    @Override
    public int teacherWidth(int layer) {
        return layers.get(layer).teacherWidth();
    }

    @Override
    public int studentWidth(int layer) {
        return layers.get(layer).studentWidth();
    }

    @Override
    public List<CorrelationMatrix> correlations(int layer) {
        return layers.get(layer).matrices();
    }

    @Override
    public TeacherActivity teachers() {
        return activity;
    }
}
