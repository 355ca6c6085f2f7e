package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.rectifier.model.ChainSpec;
import dev.rectifier.tensor.DType;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A perceptron trained as a chain of layers. */
class ChainTrainingTest {
    private static final int STEPS = 7;

    private final Bench bench = new Bench();

    @AfterEach
    void close() {
        bench.close();
    }

    /** Shuffled epochs with a smaller last batch. */
    private TrainTask perceptron() {
        Bench.Setting setting = new Bench.Setting(DType.F32, 3, STEPS);
        return bench.teacherStudent(setting, bench.epochs(setting));
    }

    private static TrainTask asChain(TrainTask task) {
        ChainSpec chain = task.student().mlp("this test").chain();
        return TrainTask.of(chain, task.initial(), task.data(), task.targets(), task.spec());
    }

    @Test
    void itHasTheBitsOfThePerceptron() {
        TrainTask task = perceptron();
        Targets.Teacher teacher = (Targets.Teacher) task.targets();
        TrainTask layered = asChain(task);
        Targets taught = Targets.Teacher.of(teacher.spec().mlp("this test").chain(), teacher.parameters());
        TrainTask both = TrainTask.of(layered.student(), task.initial(), task.data(), taught, task.spec());
        try (Trainer expected = new Trainer(bench.engine(), task, Way.STEPWISE);
                Trainer chain = new Trainer(bench.engine(), layered);
                Trainer taughtByChain = new Trainer(bench.engine(), both)) {
            for (Trainer trainer : new Trainer[] {expected, chain, taughtByChain}) {
                trainer.advance(STEPS);
            }
            Map<String, ?> tensors = expected.checkpoint().tensors();
            assertThat(chain.checkpoint().tensors().keySet()).isEqualTo(tensors.keySet());
            for (String name : tensors.keySet()) {
                assertThat(chain.checkpoint()
                                .tensor(name)
                                .sameBits(expected.checkpoint().tensor(name)))
                        .as(name)
                        .isTrue();
                assertThat(taughtByChain
                                .checkpoint()
                                .tensor(name)
                                .sameBits(expected.checkpoint().tensor(name)))
                        .as(name)
                        .isTrue();
            }
            assertThat(chain.way()).contains("chain of layers");
        }
    }

    @Test
    void waysThatTrainPerceptronsAloneSaySo() {
        TrainTask chain = asChain(perceptron());
        for (Way way : new Way[] {Way.RESIDENT, Way.STREAMED}) {
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Trainer(bench.engine(), chain, way))
                    .withMessageContaining(way + ": stretches and sweeps train multilayer perceptrons");
        }
        try (Trainer trainer = new Trainer(bench.engine(), chain)) {
            assertThatIllegalStateException()
                    .isThrownBy(trainer::student)
                    .withMessageContaining("the student is a chain of layers: [4] through 3 layers to 2");
        }
    }

    @Test
    void constraintsCountLayersWithParameters() {
        TrainTask task = perceptron();
        TrainSpec constrained = task.spec().withConstraints(new Constraints(List.of(0), List.of(1)));
        TrainTask mlp = TrainTask.of(task.student(), task.initial(), task.data(), task.targets(), constrained);
        try (Trainer expected = new Trainer(bench.engine(), mlp, Way.STEPWISE);
                Trainer chain = new Trainer(bench.engine(), asChain(mlp))) {
            expected.advance(STEPS);
            chain.advance(STEPS);
            assertThat(chain.parameters()
                            .flat()
                            .download()
                            .sameBits(expected.parameters().flat().download()))
                    .isTrue();
        }
        TrainSpec beyond = task.spec().withConstraints(Constraints.unitNorm(2));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Trainer(
                        bench.engine(),
                        asChain(TrainTask.of(task.student(), task.initial(), task.data(), task.targets(), beyond))))
                .withMessageContaining("layers 0 to 1");
    }
}
