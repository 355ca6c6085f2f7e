package dev.rectifier.probe;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.View;
import dev.rectifier.model.Pass;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;

/** The nodes of one {@link LayerPair} over examples that come piece by piece. */
final class PairedNodes {
    private final Engine engine;
    private final LayerPair names;
    private final int replicas;
    private final NodeRows teacher;
    private final NodeRows student;
    private final Moments ofTeacher;
    private final Moments ofStudent;
    private final View rho;
    private List<PooledCorrelation> pooled = List.of();

    /** Means and sums of squared deviations on the device, each F64 [R, W]. */
    private record Moments(View mean, View squares) {
        static Moments of(Arena arena, long replicas, long nodes) {
            Shape shape = Shape.of(replicas, nodes);
            return new Moments(
                    arena.allocate(DType.F64, shape).view(),
                    arena.allocate(DType.F64, shape).view());
        }

        PooledCorrelation.Side of(int replica) {
            return new PooledCorrelation.Side(row(mean, replica), row(squares, replica));
        }

        private static double[] row(View view, int replica) {
            return view.replicas(replica, 1).download().doubles();
        }
    }

    /** For passes of at most these examples; {@code replicas} students, whose teachers may be one. */
    PairedNodes(Engine engine, Arena arena, LayerPair names, Pass teacherPass, Pass studentPass) {
        this.engine = engine;
        this.names = names;
        replicas = Math.toIntExact(studentPass.replicas());
        teacher = new NodeRows(engine, arena, teacherPass.activation(names.teacher()));
        student = new NodeRows(engine, arena, studentPass.activation(names.student()));
        if (teacher.places() != student.places()) {
            throw new IllegalArgumentException("The layers " + names + " cannot be compared: the teacher's has "
                    + teacher.places() + " places per example, the student's " + student.places() + ".");
        }
        Arena moments = arena.openArena("correlations");
        ofTeacher = Moments.of(moments, replicas, teacher.nodes());
        ofStudent = Moments.of(moments, replicas, student.nodes());
        rho = moments.allocate(DType.F64, Shape.of(replicas, teacher.nodes(), student.nodes()))
                .view();
    }

    int teacherWidth() {
        return Math.toIntExact(teacher.nodes());
    }

    int studentWidth() {
        return Math.toIntExact(student.nodes());
    }

    /** Forgets all pieces. */
    void clear() {
        pooled = IntStream.range(0, replicas)
                .mapToObj(r -> new PooledCorrelation(teacherWidth(), studentWidth()))
                .toList();
    }

    /** One more piece: both passes after their forward pass on the same examples. */
    void add(Pass teacherPass, Pass studentPass) {
        View t = teacher.of(teacherPass.activation(names.teacher())).seenBy(replicas);
        View s = student.of(studentPass.activation(names.student()));
        engine.reduce().moments(ofTeacher.mean(), ofTeacher.squares(), t);
        engine.reduce().moments(ofStudent.mean(), ofStudent.squares(), s);
        engine.reduce().correlation(rho, t, s);
        double[] all = rho.download().doubles();
        int block = all.length / replicas;
        for (int r = 0; r < replicas; r++) {
            double[] own = Arrays.copyOfRange(all, r * block, (r + 1) * block);
            pooled.get(r).add(t.dim(1), ofTeacher.of(r), ofStudent.of(r), own);
        }
    }

    /** Per replica, over all pieces since {@link #clear}. */
    List<CorrelationMatrix> matrices() {
        return pooled.stream().map(PooledCorrelation::matrix).toList();
    }

    /** Number of samples of a piece for which each node of each teacher is active: [R][T], the same row for a shared teacher. */
    int[][] active(Arena arena, Pass teacherPass) {
        View rows = teacher.of(teacherPass.activation(names.gate()));
        Shape words = Shape.of(rows.replicas(), PointwiseOps.maskWords(rows.blockSize()));
        try (Arena scratch = arena.openArena("gates")) {
            View mask = scratch.allocate(DType.I32, words).view();
            View counts = scratch.allocate(DType.I32, Shape.of(rows.replicas(), teacher.nodes()))
                    .view();
            engine.pointwise().relu(rows, mask, rows);
            engine.pointwise().activeCounts(counts, mask, rows.dim(1));
            int[] all = counts.seenBy(replicas).download().ints();
            int[][] result = new int[replicas][];
            Arrays.setAll(result, r -> Arrays.copyOfRange(all, r * teacherWidth(), (r + 1) * teacherWidth()));
            return result;
        }
    }

    long places() {
        return teacher.places();
    }
}
