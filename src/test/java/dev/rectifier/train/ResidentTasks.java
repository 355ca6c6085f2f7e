package dev.rectifier.train;

import dev.rectifier.data.Batch;
import dev.rectifier.data.BatchPlan;
import dev.rectifier.data.DataSource;
import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.FreshInputs;
import dev.rectifier.data.GaussianPopulation;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Minibatches;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Feed;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.RowOrder;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.ParameterLayout;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.function.UnaryOperator;

/** Small tasks of every kind on an engine, with an arena of their own. */
final class ResidentTasks implements AutoCloseable {
    static final int STEPS = 23;

    private static final SeedTree SEED = SeedTree.root(7);
    private static final int SET = 13;
    private static final int LARGE_SET = 4099; // too large to be shuffled whole

    private final Engine engine;
    private final Arena arena;

    ResidentTasks(Engine engine) {
        this.engine = engine;
        arena = engine.openArena("tasks");
    }

    @Override
    public void close() {
        arena.close();
    }

    /** On all inputs at once. */
    static Setting population(int replicas, String words) {
        return new Setting(replicas, "population " + words, 1)
                .with(MlpSpec.of(5, 7, 3).withBias(false));
    }

    /** A task in words. */
    record Setting(
            DType dtype, int replicas, MlpSpec student, LossKind loss, Optimiser optimiser, String data, int batch) {
        Setting(int replicas, String data, int batch) {
            this(DType.F32, replicas, MlpSpec.of(5, 7, 3), LossKind.SQUARED, Optimiser.sgd(0.05), data, batch);
        }

        Setting with(DType newType) {
            return new Setting(newType, replicas, student, loss, optimiser, data, batch);
        }

        Setting with(MlpSpec newStudent) {
            return new Setting(dtype, replicas, newStudent, loss, optimiser, data, batch);
        }

        Setting with(LossKind newLoss) {
            return new Setting(dtype, replicas, student, newLoss, optimiser, data, batch);
        }

        Setting with(Optimiser newOptimiser) {
            return new Setting(dtype, replicas, student, loss, newOptimiser, data, batch);
        }
    }

    TrainTask task(Setting setting) {
        TrainSpec spec = TrainSpec.of(
                        new Loss(setting.loss(), Loss.Convention.MEAN_OVER_EXAMPLES), setting.optimiser(), STEPS)
                .withSchedule(new Schedule.WarmUp(4, new Schedule.Cosine(STEPS, 0.1)));
        HostTensor initial = Initializer.draw(setting.student(), setting.dtype(), streams(setting, "initial"));
        boolean fromData = setting.data().startsWith("labelled");
        Targets targets = fromData ? new Targets.FromData() : teacher(setting);
        return TrainTask.of(setting.student(), initial, data(setting), targets, spec);
    }

    private static Streams streams(Setting setting, String purpose) {
        return Streams.range(SEED.child(purpose), 0, setting.replicas());
    }

    private static Targets teacher(Setting setting) {
        MlpSpec spec = MlpSpec.of(
                        setting.student().inputs(), 4, setting.student().outputs())
                .withBias(!setting.data().startsWith("population"));
        boolean own = setting.data().contains("own teachers");
        HostTensor parameters = Initializer.draw(
                spec, setting.dtype(), own ? streams(setting, "teachers") : Streams.single(SEED.child("teacher")));
        return new Targets.Teacher(
                spec,
                parameters,
                setting.loss() == LossKind.SOFTMAX_CROSS_ENTROPY
                        ? Targets.Teacher.Answer.LABEL
                        : Targets.Teacher.Answer.OUTPUTS);
    }

    private DataSource data(Setting setting) {
        Sharing sharing = setting.data().contains("shared") ? Sharing.SHARED : Sharing.PER_REPLICA;
        int inputs = setting.student().inputs();
        if (setting.data().startsWith("population")) {
            return new GaussianPopulation(arena, setting.dtype(), inputs, setting.replicas());
        }
        if (setting.data().startsWith("fresh")) {
            StreamSpec stream =
                    setting.data().contains("uniform") ? StreamSpec.uniform(-1, 2) : StreamSpec.normal(0.25, 1.5);
            InputShape shape = new InputShape(setting.dtype(), setting.batch(), inputs);
            return new FreshInputs(engine, arena, stream, shape, streams(setting, "inputs"), sharing);
        }
        int size = size(setting);
        InputShape shape = new InputShape(setting.dtype(), size, inputs);
        FiniteSet set =
                FiniteSet.drawn(engine, arena, StreamSpec.normal(0, 1), shape, streams(setting, "set"), sharing);
        if (setting.data().startsWith("labelled")) {
            set = set.withTargets(arena, targets(setting));
        }
        BatchPlan plan = setting.data().contains("whole")
                ? BatchPlan.full(size)
                : setting.data().contains("replaced")
                        ? BatchPlan.withReplacement(size, setting.batch())
                        : BatchPlan.shuffled(size, setting.batch());
        return new Minibatches(engine, arena, set, plan, streams(setting, "order"), sharing);
    }

    private static int size(Setting setting) {
        if (setting.data().contains("large")) {
            return LARGE_SET;
        }
        return setting.batch() > SET ? 2 * setting.batch() + 5 : SET; // the last batch of an epoch is a smaller one
    }

    private static HostTensor targets(Setting setting) {
        Random random = new Random(3);
        int outputs = setting.student().outputs();
        if (setting.loss() == LossKind.SOFTMAX_CROSS_ENTROPY) {
            HostTensor labels = HostTensor.zeros(DType.I32, Shape.of(1, size(setting)));
            for (int i = 0; i < labels.length(); i++) {
                labels.ints()[i] = random.nextInt(outputs);
            }
            return labels;
        }
        HostTensor values = HostTensor.zeros(setting.dtype(), Shape.of(setting.replicas(), size(setting), outputs));
        for (int i = 0; i < values.length(); i++) {
            values.set(i, random.nextBoolean() ? 1 : -1);
        }
        return values;
    }

    /** Every hyper-parameter different in every replica. */
    static Optimiser optimiser(UpdateRule rule, int replicas) {
        Random random = new Random(11);
        Map<Hyper, List<Double>> values = new EnumMap<>(Hyper.class);
        for (Hyper name : Hyper.values()) {
            values.put(name, random.doubles(replicas, 0.01, 0.3).boxed().toList());
        }
        return new Optimiser(rule, values);
    }

    static TrainTask constrained(TrainTask task, UnaryOperator<TrainSpec> change) {
        return TrainTask.of(task.student(), task.initial(), task.data(), task.targets(), change.apply(task.spec()));
    }

    /** Rows whose order has no rule that a device could follow. */
    private record Unruled(DataSource rows) implements DataSource {
        @Override
        public Optional<Feed> feed(long step) {
            Feed.Rows feed = (Feed.Rows) rows.feed(step).orElseThrow();
            RowOrder order = now -> feed.order().at(now);
            return Optional.of(new Feed.Rows(feed.x(), feed.targets(), order, feed.examples()));
        }

        @Override
        public long replicas() {
            return rows.replicas();
        }

        @Override
        public long inputs() {
            return rows.inputs();
        }

        @Override
        public DType dtype() {
            return rows.dtype();
        }

        @Override
        public long largestBatch() {
            return rows.largestBatch();
        }

        @Override
        public long smallestBatch() {
            return rows.smallestBatch();
        }

        @Override
        public Batch batch(long step) {
            return rows.batch(step);
        }

        @Override
        public long alike(long step, long most) {
            return rows.alike(step, most);
        }

        @Override
        public Map<String, String> describe() {
            return rows.describe();
        }
    }

    static TrainTask unruled(TrainTask task) {
        return TrainTask.of(task.student(), task.initial(), new Unruled(task.data()), task.targets(), task.spec());
    }

    static TrainTask masked(TrainTask task) {
        long words = PointwiseOps.maskWords(ParameterLayout.of(task.student()).size());
        HostTensor mask = HostTensor.zeros(DType.I32, Shape.of(task.replicas(), words));
        Random random = new Random(5);
        for (int i = 0; i < mask.length(); i++) {
            mask.ints()[i] = random.nextInt();
        }
        return new TrainTask(
                task.student(), task.initial(), task.data(), task.targets(), task.spec(), Optional.of(mask));
    }
}
