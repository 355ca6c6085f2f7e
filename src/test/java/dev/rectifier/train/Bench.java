package dev.rectifier.train;

import dev.rectifier.data.BatchPlan;
import dev.rectifier.data.DataSource;
import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.FreshInputs;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Minibatches;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.MathMode;
import dev.rectifier.model.InitSchemes;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;

/** An engine with an arena, and small tasks on it. */
final class Bench implements AutoCloseable {
    static final double SLOPE = 1.75;

    private static final SeedTree SEED = SeedTree.root(2026);

    private final Engine engine;
    private final Arena arena;

    Bench() {
        this(MathMode.IEEE);
    }

    Bench(MathMode mode) {
        EngineOptions options = EngineOptions.defaults().withThreads(1).withMathMode(mode);
        engine = Engines.open("cpu", options).engine();
        arena = engine.openArena("bench");
    }

    Engine engine() {
        return engine;
    }

    @Override
    public void close() {
        arena.close();
        engine.close();
    }

    /** What a teacher-student task of the tests is made of. */
    record Setting(DType dtype, MlpSpec student, int firstReplica, int replicas, TrainSpec spec) {
        Setting(DType dtype, int replicas, long steps) {
            this(
                    dtype,
                    MlpSpec.of(4, 6, 2),
                    0,
                    replicas,
                    TrainSpec.of(Loss.MEAN_SQUARED, Optimiser.momentum(0.05, 0.9), steps));
        }

        Setting withStudent(MlpSpec newStudent) {
            return new Setting(dtype, newStudent, firstReplica, replicas, spec);
        }

        Setting withSpec(TrainSpec newSpec) {
            return new Setting(dtype, student, firstReplica, replicas, newSpec);
        }

        Setting only(int replica) {
            return new Setting(dtype, student, firstReplica + replica, 1, spec);
        }

        Streams streams(String purpose) {
            return Streams.range(SEED.child(purpose), firstReplica, replicas);
        }
    }

    TrainTask task(int replicas, long steps) {
        return teacherStudent(new Setting(DType.F32, replicas, steps));
    }

    /** Fresh Gaussian inputs per replica, batches of 8, one separated teacher for all. */
    TrainTask teacherStudent(Setting setting) {
        InputShape shape = new InputShape(setting.dtype(), 8, setting.student().inputs());
        DataSource data = new FreshInputs(
                engine, arena, StreamSpec.normal(0, 1), shape, setting.streams("inputs"), Sharing.PER_REPLICA);
        return teacherStudent(setting, data);
    }

    TrainTask teacherStudent(Setting setting, DataSource data) {
        MlpSpec student = setting.student();
        MlpSpec teacher = MlpSpec.of(student.inputs(), 6, student.outputs()).withInit(InitSchemes.SEPARATED_TEACHER);
        HostTensor answers = Initializer.draw(teacher, setting.dtype(), Streams.single(SEED.child("teacher")));
        HostTensor initial = Initializer.draw(student, setting.dtype(), setting.streams("initial weights"));
        return TrainTask.of(student, initial, data, Targets.Teacher.of(teacher, answers), setting.spec());
    }

    /** Shuffled epochs of 20 examples in batches of 8, 8 and 4, an order per replica. */
    DataSource epochs(Setting setting) {
        InputShape shape = new InputShape(setting.dtype(), 20, setting.student().inputs());
        FiniteSet set =
                FiniteSet.drawn(engine, arena, StreamSpec.normal(0, 1), shape, setting.streams("set"), Sharing.SHARED);
        return new Minibatches(
                engine, arena, set, BatchPlan.shuffled(20, 8), setting.streams("order"), Sharing.PER_REPLICA);
    }

    /** One weight, no bias, targets slope x, all examples at once, the mean of squares. */
    TrainTask regression(double[] x, double slope, Optimiser optimiser, long steps) {
        return regression(x, slope, new BatchPlan(x.length, x.length, BatchPlan.Order.SEQUENTIAL), optimiser, steps);
    }

    TrainTask regressionInBatches(double[] x, int batch, Optimiser optimiser, long steps) {
        return regression(x, SLOPE, new BatchPlan(x.length, batch, BatchPlan.Order.SEQUENTIAL), optimiser, steps);
    }

    private TrainTask regression(double[] x, double slope, BatchPlan plan, Optimiser optimiser, long steps) {
        Shape shape = Shape.of(1, x.length, 1);
        double[] y = Arrays.stream(x).map(v -> slope * v).toArray();
        FiniteSet set =
                FiniteSet.of(arena, HostTensor.of(shape, x.clone()), 1).withTargets(arena, HostTensor.of(shape, y));
        DataSource data =
                new Minibatches(engine, arena, set, plan, Streams.single(SEED.child("order")), Sharing.SHARED);
        MlpSpec line = MlpSpec.of(1, 1).withBias(false);
        HostTensor initial = Initializer.draw(line, DType.F64, Streams.single(SEED));
        return TrainTask.of(
                line, initial, data, new Targets.FromData(), TrainSpec.of(Loss.MEAN_SQUARED, optimiser, steps));
    }
}
