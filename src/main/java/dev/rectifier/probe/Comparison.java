package dev.rectifier.probe;

import dev.rectifier.engine.Engine;
import dev.rectifier.train.TrainState;
import java.util.List;

/** A fixed set of inputs on which nodes of students are compared with nodes of their teachers, layer by layer. */
interface Comparison {
    Engine engine();

    /** Number of layers that are compared. */
    int layers();

    /** R. */
    int replicas();

    /** T of a layer. */
    int teacherWidth(int layer);

    /** S of a layer. */
    int studentWidth(int layer);

    /** Evaluates the students as they stand, unless that was done at this step already. */
    void refresh(TrainState state);

    /** Per replica the correlations of a layer, for the students as last evaluated. */
    List<CorrelationMatrix> correlations(int layer);

    /** How often the teachers' nodes are active on the inputs. */
    TeacherActivity teachers();
}
