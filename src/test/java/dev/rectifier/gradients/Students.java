package dev.rectifier.gradients;

import dev.rectifier.data.DataSource;
import dev.rectifier.data.FreshInputs;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Hyper;
import dev.rectifier.model.InitSchemes;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import dev.rectifier.train.Control;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Optimiser;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainSpec;
import dev.rectifier.train.TrainTask;
import dev.rectifier.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import java.util.stream.IntStream;

/**
 * An ensemble of small students of one teacher, every replica with its own inputs, start and learning rate.
 *
 * @param first number of the first replica, which names its streams
 * @param replicas R
 * @param steps of Adam
 */
record Students(int first, int replicas, long steps) {
    private static final SeedTree SEED = SeedTree.root(7);
    private static final MlpSpec STUDENT = MlpSpec.of(5, 9, 3);
    private static final MlpSpec TEACHER = MlpSpec.of(5, 4, 3).withInit(InitSchemes.SEPARATED_TEACHER);

    Students only(int replica) {
        return new Students(first + replica, 1, steps);
    }

    private Streams streams(String purpose) {
        return Streams.range(SEED.child(purpose), first, replicas);
    }

    /** The task, with its starting weights changed by {@code tamper}. */
    TrainTask task(Engine engine, Arena arena, UnaryOperator<HostTensor> tamper) {
        DataSource data = new FreshInputs(
                engine,
                arena,
                StreamSpec.normal(0, 1),
                new InputShape(DType.F32, 6, STUDENT.inputs()),
                streams("inputs"),
                Sharing.PER_REPLICA);
        HostTensor answers = Initializer.draw(TEACHER, DType.F32, Streams.single(SEED.child("teacher")));
        HostTensor initial = Initializer.draw(STUDENT, DType.F32, streams("weights"));
        List<Double> rates = IntStream.range(first, first + replicas)
                .mapToObj(r -> 0.002 * (1 + r % 7))
                .toList();
        Optimiser optimiser = Optimiser.adam(0.01).with(Hyper.LEARNING_RATE, rates);
        TrainSpec spec = TrainSpec.of(Loss.MEAN_SQUARED, optimiser, steps);
        return TrainTask.of(STUDENT, tamper.apply(initial), data, Targets.Teacher.of(TEACHER, answers), spec);
    }

    /**
     * What training left.
     *
     * @param parameters [R, P]
     * @param losses F64 [R] seen before every step and after the last
     */
    record Trace(HostTensor parameters, List<HostTensor> losses) {
        /** The part of one replica. */
        Trace only(int r) {
            return new Trace(
                    row(parameters, r), losses.stream().map(l -> row(l, r)).toList());
        }

        boolean sameBits(Trace other) {
            return parameters.sameBits(other.parameters)
                    && losses.size() == other.losses.size()
                    && IntStream.range(0, losses.size())
                            .allMatch(i -> losses.get(i).sameBits(other.losses.get(i)));
        }
    }

    /** Block {@code r} of an array [R, ...], as [1, ...]. */
    static HostTensor row(HostTensor values, int r) {
        HostTensor row = HostTensor.zeros(values.dtype(), values.shape().tail().prepend(1));
        System.arraycopy(values.array(), r * row.length(), row.array(), 0, row.length());
        return row;
    }

    Trace train(Engine engine) {
        try (Arena arena = engine.openArena("students");
                Trainer trainer = new Trainer(engine, task(engine, arena, w -> w))) {
            List<HostTensor> losses = new ArrayList<>();
            trainer.run(Control.of(state -> losses.add(state.loss().download())));
            return new Trace(trainer.parameters().flat().download(), losses);
        }
    }
}
