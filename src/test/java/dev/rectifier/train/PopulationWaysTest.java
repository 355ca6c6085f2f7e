package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All ways to train on all inputs at once leave the same bits, so that a run may go on by another than it was begun by. */
class PopulationWaysTest extends OnEveryEngine {
    private static final int HALF = 11;

    private static TrainTask task(ResidentTasks tasks, UpdateRule rule, DType type) {
        return tasks.task(ResidentTasks.population(3, "").with(type).with(ResidentTasks.optimiser(rule, 3)));
    }

    /** The ways that an engine has. */
    private static List<Way> ways(Engine engine) {
        List<Way> ways = new ArrayList<>(List.of(Way.STEPWISE, Way.RESIDENT, Way.AUTO));
        if (engine.capture().refusal().isEmpty()) {
            ways.add(Way.CAPTURED);
        }
        return ways;
    }

    private static Checkpoint run(Engine engine, TrainTask task, Way begun, Way ended) {
        Checkpoint half;
        try (Trainer trainer = new Trainer(engine, task, begun)) {
            trainer.advance(HALF);
            half = trainer.checkpoint();
        }
        try (Trainer trainer = new Trainer(engine, task, ended)) {
            trainer.restore(half);
            trainer.run(Control.of());
            return trainer.checkpoint();
        }
    }

    private static Stream<EngineSource.Present> present() {
        return engines();
    }

    @ParameterizedTest
    @MethodSource("present")
    void aRunGoesOnByAnyWay(EngineSource.Present on) {
        Engine engine = on.engine();
        for (DType type : List.of(DType.F32, DType.F64)) {
            for (UpdateRule rule : UpdateRule.values()) {
                try (ResidentTasks tasks = new ResidentTasks(engine)) {
                    TrainTask task = task(tasks, rule, type);
                    Checkpoint stepwise = run(engine, task, Way.STEPWISE, Way.STEPWISE);
                    for (Way way : ways(engine)) {
                        assertThat(run(engine, task, Way.RESIDENT, way).sameBits(stepwise))
                                .as("%s %s, resident, then %s", type, rule, way)
                                .isTrue();
                        assertThat(run(engine, task, way, Way.RESIDENT).sameBits(stepwise))
                                .as("%s %s, %s, then resident", type, rule, way)
                                .isTrue();
                    }
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("present")
    void smallOnesAreResidentByThemselvesAndSayWhy(EngineSource.Present on) {
        try (ResidentTasks tasks = new ResidentTasks(on.engine());
                Trainer trainer = new Trainer(on.engine(), task(tasks, UpdateRule.SGD, DType.F32))) {
            assertThat(trainer.way()).startsWith("resident: expectations in closed form, ");
        }
    }

    private static TrainTask large(ResidentTasks tasks, Engine engine) {
        int width = engine.info().name().equals("cpu") ? 2048 : 200;
        MlpSpec net = MlpSpec.of(width, width, 2).withBias(false);
        return tasks.task(ResidentTasks.population(1, "").with(net));
    }

    /** The CPU's limit is parameters, a device's the shared memory of a block. */
    @ParameterizedTest
    @MethodSource("present")
    void whatIsTooLargeIsRefusedByName(EngineSource.Present on) {
        Engine engine = on.engine();
        String why = engine.info().name().equals("cpu")
                ? "networks of more than 4194304 parameters are not small"
                : "student, teacher and their pairs do not fit a block's shared memory: ";
        try (ResidentTasks tasks = new ResidentTasks(engine)) {
            TrainTask large = large(tasks, engine);
            assertThatIllegalArgumentException()
                    .isThrownBy(() -> new Trainer(engine, large, Way.RESIDENT).close())
                    .withMessageStartingWith("This task cannot be trained resident: " + why);
            try (Trainer trainer = new Trainer(engine, large)) {
                assertThat(trainer.way()).matches("(step by step|captured): \\Q" + why + "\\E.*");
            }
        }
    }
}
