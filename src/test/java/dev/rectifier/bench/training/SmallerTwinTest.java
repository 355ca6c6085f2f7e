package dev.rectifier.bench.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.bench.Axes;
import dev.rectifier.bench.Comparison;
import dev.rectifier.bench.Rig;
import dev.rectifier.bench.Row;
import dev.rectifier.bench.StoppingRule;
import dev.rectifier.bench.Subject;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.train.Optimiser;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Networks too large for fp64 are verified in the training of a smaller one, in the same way. */
class SmallerTwinTest {
    private final Engine engine =
            Engines.open("cpu", EngineOptions.defaults().withThreads(1)).engine();

    @AfterEach
    void close() {
        engine.close();
    }

    private static Ensemble wide(int width) {
        return Ensemble.of(1, 8, 4, width, 1).withOptimiser(Optimiser.sgd(0.1 / width));
    }

    private List<Row> rows(Ensemble large, Ensemble small) {
        Rig rig = new Rig(engine, Map.of(), engine, () -> 0, List.of(), Path.of("."), false);
        Subject subject = new Subject("wide", "4-W-1", new Axes(Map.of("R", 1L)), "", StepWork.of(large));
        return new Comparison(rig, StoppingRule.of(2, true), row -> {}).run(new TrainingCase(subject, large, small));
    }

    @Test
    void eachWayIsVerifiedInTheSmallerNetwork() {
        List<Row> rows = rows(wide(300), wide(200));
        assertThat(rows).hasSizeGreaterThan(1).allSatisfy(row -> {
            assertThat(row.status()).as(row.toString()).isEqualTo(Row.Status.NOT_MEASURED);
            assertThat(row.verification().orElseThrow().against()).endsWith("training 4-200-1");
        });
    }

    @Test
    void aSmallerNetworkThatIsTrainedOtherwiseProvesNothing() {
        Row ours = rows(wide(800_000), wide(8)).get(0);
        assertThat(ours.status()).as(ours.toString()).isEqualTo(Row.Status.REFUSED);
        assertThat(ours.outcome().reason()).contains("the smaller one in whose training it is verified resident");
    }

    @Test
    void theLargeStartIsOneBlockAllOver() {
        Ensemble large = wide(400_000);
        EnsembleArrays arrays = EnsembleArrays.timed(large, EnsembleArrays.of(wide(8)));
        float[] weights = arrays.weights().floats();
        int block = 1 << 20;
        assertThat(weights).hasSize((int) large.parameters());
        assertThat(weights[block + 5]).isEqualTo(weights[5]).isBetween(-0.5f, 0.5f);
        assertThat(weights[6]).isNotEqualTo(weights[5]);
    }
}
