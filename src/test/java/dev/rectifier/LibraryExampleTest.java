package dev.rectifier;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.data.FreshInputs;
import dev.rectifier.data.InputShape;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamSpec;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import dev.rectifier.train.Cadence;
import dev.rectifier.train.Control;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Optimiser;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainSpec;
import dev.rectifier.train.TrainTask;
import dev.rectifier.train.Trainer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** The library example of the README, word for word; {@link ReadmeTest} compares. */
class LibraryExampleTest {
    @Test
    void studentsLearnTheirTeacher() {
        List<HostTensor> losses = new ArrayList<>();
        // README: from here
        SeedTree seeds = SeedTree.root(1);
        MlpSpec teacher = MlpSpec.of(10, 5, 3);
        MlpSpec student = teacher.widened(4);
        HostTensor taught = Initializer.draw(teacher, DType.F32, Streams.single(seeds.child("teacher")));
        HostTensor start = Initializer.draw(student, DType.F32, Streams.range(seeds.child("students"), 0, 64));
        try (Engine engine = Engines.open("auto", EngineOptions.defaults()).engine();
                var arena = engine.openArena("inputs")) {
            var inputs = new FreshInputs(
                    engine,
                    arena,
                    StreamSpec.normal(0, 1),
                    new InputShape(DType.F32, 32, 10),
                    Streams.range(seeds.child("inputs"), 0, 64),
                    Sharing.PER_REPLICA);
            TrainSpec training = TrainSpec.of(Loss.MEAN_SQUARED, Optimiser.sgd(0.1), 500);
            TrainTask task = TrainTask.of(student, start, inputs, Targets.Teacher.of(teacher, taught), training);
            try (Trainer trainer = new Trainer(engine, task)) {
                trainer.run(Control.of(Cadence.at(1L, 500L)
                        .calling(state -> losses.add(state.loss().download()))));
            }
        }
        // README: to here
        assertThat(losses).hasSize(2);
        assertThat(mean(losses.get(1))).isLessThan(mean(losses.get(0)) / 2);
    }

    private static double mean(HostTensor values) {
        double sum = 0;
        for (int i = 0; i < values.shape().size(); i++) {
            sum += values.get(i);
        }
        return sum / values.shape().size();
    }
}
