package dev.rectifier.probe;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import dev.rectifier.train.TrainState;
import java.util.ArrayList;
import java.util.List;

/** Hidden layers of multilayer perceptrons, over all inputs of an {@link Evaluation} at once: R T S N multiply-adds a layer. */
final class MlpComparison implements Comparison {
    private final Evaluation evaluation;
    private final List<View> rho = new ArrayList<>();
    private final TeacherActivity teachers;

    MlpComparison(Evaluation evaluation, Arena arena) {
        this.evaluation = evaluation;
        for (int l = 0; l < evaluation.hiddenLayers(); l++) {
            Shape shape = Shape.of(evaluation.replicas(), evaluation.teacherWidth(l), evaluation.studentWidth(l));
            rho.add(arena.openArena("correlations").allocate(DType.F64, shape).view());
        }
        teachers = TeacherActivity.of(evaluation, arena);
    }

    @Override
    public Engine engine() {
        return evaluation.engine();
    }

    @Override
    public int layers() {
        return evaluation.hiddenLayers();
    }

    @Override
    public int replicas() {
        return evaluation.replicas();
    }

    @Override
    public int teacherWidth(int layer) {
        return evaluation.teacherWidth(layer);
    }

    @Override
    public int studentWidth(int layer) {
        return evaluation.studentWidth(layer);
    }

    @Override
    public void refresh(TrainState state) {
        evaluation.refresh(state);
    }

    @Override
    public List<CorrelationMatrix> correlations(int layer) {
        engine().reduce()
                .correlation(
                        rho.get(layer),
                        evaluation.teacherTape().activation(layer),
                        evaluation.studentTape().activation(layer));
        double[] all = rho.get(layer).download().doubles();
        List<CorrelationMatrix> result = new ArrayList<>();
        for (int r = 0; r < replicas(); r++) {
            result.add(CorrelationMatrix.of(teacherWidth(layer), all, r, replicas()));
        }
        return result;
    }

    @Override
    public TeacherActivity teachers() {
        return teachers;
    }
}
