package dev.rectifier.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What resident training refuses, and in which words. */
class CheckedResidentTest {
    private static final int R = 3;
    private static final ResidentNet NET = new ResidentNet(List.of(4, 5, 2), true, true);

    private final Engine engine =
            Engines.open("cpu", EngineOptions.defaults().withThreads(3)).engine();
    private final Arena arena = engine.openArena("test");

    @AfterEach
    void close() {
        arena.close();
        engine.close();
    }

    private View zeros(DType dtype, long... extents) {
        return arena.zeros(dtype, Shape.of(extents)).view();
    }

    private ResidentTask.State state(View gradient) {
        View weights = zeros(DType.F32, R, NET.parameters());
        Parameters parameters = new Parameters(weights, gradient, zeros(DType.F32, R, 0), Optional.empty());
        Health health = new Health(zeros(DType.I32, R), zeros(DType.I64, R));
        return new ResidentTask.State(parameters, zeros(DType.F64, R, Hyper.count()), health, zeros(DType.F64, R));
    }

    private ResidentTask task(Optional<ResidentTask.Teacher> teacher, LossKind loss, List<Integer> unitNorm) {
        View gradient = zeros(DType.F32, R, NET.parameters());
        return new ResidentTask(NET, teacher, loss, UpdateRule.SGD, state(gradient), unitNorm);
    }

    private static Stretch oneStep(long first) {
        return new Stretch(first, new double[] {1}, 1);
    }

    private Feed rows(Optional<View> targets) {
        return new Feed.Rows(zeros(DType.F32, R, 7, 4), targets, step -> (rows, at, replica) -> rows[at] = 0, 1);
    }

    @Test
    void parametersLieInOrderWithoutGaps() {
        assertThat(NET.weightAt(0)).isZero();
        assertThat(NET.biasAt(0)).isEqualTo(20);
        assertThat(NET.weightAt(1)).isEqualTo(25);
        assertThat(NET.biasAt(1)).isEqualTo(35);
        assertThat(NET.parameters()).isEqualTo(37);
        assertThat(new ResidentNet(List.of(4, 5, 2), false, true).parameters()).isEqualTo(30);
    }

    @Test
    void buffersOfAnotherShape() {
        View shorter = zeros(DType.F32, R, NET.parameters() - 1);
        ResidentTask task =
                new ResidentTask(NET, Optional.empty(), LossKind.SQUARED, UpdateRule.SGD, state(shorter), List.of());
        assertThatThrownBy(() -> engine.resident().open(task))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("resident.open: gradient is F32 [3, 36]");
    }

    @Test
    void aTeacherThatCannotTeachThis() {
        ResidentNet other = new ResidentNet(List.of(4, 3, 1), true, true);
        View parameters = zeros(DType.F32, R, other.parameters());
        Optional<ResidentTask.Teacher> teacher = Optional.of(new ResidentTask.Teacher(other, parameters, false));
        assertThatThrownBy(() -> engine.resident().open(task(teacher, LossKind.SQUARED, List.of())))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("cannot teach");
    }

    @Test
    void aLayerThatIsNotThere() {
        assertThatThrownBy(() -> engine.resident().refusal(task(Optional.empty(), LossKind.HINGE, List.of(2)), 1))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("no layer 2");
    }

    @Test
    void targetsThatAreMissingOrOfAnotherKind() {
        Resident resident = engine.resident().open(task(Optional.empty(), LossKind.SQUARED, List.of()));
        assertThatThrownBy(() -> resident.train(rows(Optional.empty()), oneStep(0)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("neither a teacher nor the set");
        View labels = zeros(DType.I32, R, 7);
        assertThatThrownBy(() -> resident.train(rows(Optional.of(labels)), oneStep(0)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("targets is I32 [3, 7]");
        Feed stream = new Feed.Stream(zeros(DType.I64, R, 2), true, 0, 1, 1);
        assertThatThrownBy(() -> resident.train(stream, oneStep(0)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("a teacher that says the targets");
    }

    private ResidentTask ofAllInputs(boolean bias, LossKind loss) {
        ResidentNet student = new ResidentNet(List.of(4, 5, 2), bias, true);
        ResidentNet who = new ResidentNet(List.of(4, 3, 2), false, true);
        long p = student.parameters();
        Parameters parameters = new Parameters(
                zeros(DType.F32, R, p), zeros(DType.F32, R, p), zeros(DType.F32, R, 0), Optional.empty());
        ResidentTask.State state = new ResidentTask.State(
                parameters,
                zeros(DType.F64, R, Hyper.count()),
                new Health(zeros(DType.I32, R), zeros(DType.I64, R)),
                zeros(DType.F64, R));
        ResidentTask.Teacher teacher = new ResidentTask.Teacher(who, zeros(DType.F32, R, who.parameters()), false);
        return new ResidentTask(student, Optional.of(teacher), loss, UpdateRule.SGD, state, List.of())
                .seeing(ResidentTask.Inputs.POPULATION);
    }

    @Test
    void expectationsWithoutAClosedForm() {
        assertThatThrownBy(() -> engine.resident().open(ofAllInputs(true, LossKind.SQUARED)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("not for the loss SQUARED of ResidentNet[widths=[4, 5, 2], bias=true");
        assertThatThrownBy(() -> engine.resident().refusal(ofAllInputs(false, LossKind.HINGE), 1))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("not for the loss HINGE");
        ResidentTask untaught =
                task(Optional.empty(), LossKind.SQUARED, List.of()).seeing(ResidentTask.Inputs.POPULATION);
        assertThatThrownBy(() -> engine.resident().open(untaught))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("without a teacher");
    }

    @Test
    void inputsThatTheTaskDoesNotSee() {
        ResidentTask task = ofAllInputs(false, LossKind.SQUARED);
        Feed stream = new Feed.Stream(zeros(DType.I64, R, 2), true, 0, 1, 1);
        assertThatThrownBy(() -> engine.resident().open(task).train(stream, oneStep(0)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("a task that sees POPULATION cannot be fed Stream");
        Resident byExamples = engine.resident().open(task.seeing(ResidentTask.Inputs.EXAMPLES));
        assertThatThrownBy(() -> byExamples.train(new Feed.Population(), oneStep(0)))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("a task that sees EXAMPLES cannot be fed Population");
    }

    @Test
    void aStepBeforeTheFirst() {
        Resident resident = engine.resident().open(task(Optional.empty(), LossKind.SQUARED, List.of()));
        Feed feed = rows(Optional.of(zeros(DType.F32, R, 7, 2)));
        assertThatThrownBy(() -> resident.train(feed, oneStep(-1)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("step -1 is negative");
    }

    @Test
    void everyEngineSaysWhyNot() {
        assertThat(ResidentOps.NONE.refusal(task(Optional.empty(), LossKind.SQUARED, List.of()), 1))
                .contains("this engine has no resident kernels");
        ResidentNet wide = new ResidentNet(List.of(64, 64, 64), false, true);
        Parameters parameters = new Parameters(
                zeros(DType.F32, 2, wide.parameters()),
                zeros(DType.F32, 2, wide.parameters()),
                zeros(DType.F32, 2, 0),
                Optional.empty());
        ResidentTask.State state = new ResidentTask.State(
                parameters,
                zeros(DType.F64, 2, Hyper.count()),
                new Health(zeros(DType.I32, 2), zeros(DType.I64, 2)),
                zeros(DType.F64, 2));
        ResidentTask task =
                new ResidentTask(wide, Optional.empty(), LossKind.SQUARED, UpdateRule.SGD, state, List.of());
        assertThat(engine.resident().disadvantage(task, 1024)).contains("2 replicas do not keep 3 threads busy");
    }

    /** P of a wide network is beyond an int; what decides must not wrap around. */
    @Test
    void aNetworkOfBillionsIsNotSmall() {
        ResidentNet wide = new ResidentNet(List.of(70_000, 70_000, 1), false, true);
        assertThat(wide.parameters()).isEqualTo(4_900_070_000L);
        ResidentTask small = task(Optional.empty(), LossKind.SQUARED, List.of());
        ResidentTask task =
                new ResidentTask(wide, Optional.empty(), LossKind.SQUARED, UpdateRule.SGD, small.state(), List.of());
        assertThatThrownBy(() -> engine.resident().refusal(task, 1))
                .isInstanceOf(ShapeException.class)
                .hasMessageContaining("4900070000");
    }
}
