package dev.rectifier.bench.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.bench.Verification;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.train.Optimiser;
import dev.rectifier.train.Way;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Errors that the verification of training must find. */
class TrainingCheckTest {
    private static final Ensemble ENSEMBLE = Ensemble.of(20, 8, 6, 12, 2);

    private final Engine engine =
            Engines.open("cpu", EngineOptions.defaults().withThreads(1)).engine();
    private final EnsembleArrays arrays = EnsembleArrays.of(ENSEMBLE);
    private final TrainingCheck check = new TrainingCheck(engine, ENSEMBLE, arrays);

    @AfterEach
    void close() {
        engine.close();
    }

    private HostTensor trained(Ensemble ensemble, int steps) {
        try (EnsembleTraining training = new EnsembleTraining(engine, DType.F32, ensemble, arrays, Way.STEPWISE)) {
            training.advance(steps);
            return training.parameters();
        }
    }

    @Test
    void fp32TrainingPasses() {
        Verification found = check.verify(trained(ENSEMBLE, TrainingCheck.STEPS));
        assertThat(found.passes()).as(found.toString()).isTrue();
    }

    @Test
    void oneReplicaThatDidNotTrainIsFound() {
        HostTensor weights = trained(ENSEMBLE, TrainingCheck.STEPS);
        int p = (int) ENSEMBLE.parameters();
        System.arraycopy(arrays.weights().floats(), 13 * p, weights.floats(), 13 * p, p);
        assertThat(check.verify(weights).passes()).isFalse();
    }

    @Test
    void aStepTooFewOrAnotherRateIsFound() {
        assertThat(check.verify(trained(ENSEMBLE, TrainingCheck.STEPS - 1)).passes())
                .isFalse();
        Ensemble faster = ENSEMBLE.withOptimiser(Optimiser.sgd(0.0101));
        assertThat(check.verify(trained(faster, TrainingCheck.STEPS)).passes()).isFalse();
    }

    @Test
    void nanNeverPasses() {
        HostTensor weights = trained(ENSEMBLE, TrainingCheck.STEPS);
        weights.set(5, Double.NaN);
        assertThat(check.verify(weights).error()).isInfinite();
    }

    @Test
    void maskedWeightsStayAndTheRestMoves() {
        Ensemble masked = ENSEMBLE.withKept(0.3);
        EnsembleArrays own = EnsembleArrays.of(masked);
        boolean[] moves = own.moves().orElseThrow();
        try (EnsembleTraining training = new EnsembleTraining(engine, DType.F32, masked, own, Way.AUTO)) {
            training.advance(3);
            HostTensor after = training.parameters();
            for (int i = 0; i < moves.length; i++) {
                assertThat(moves[i] || after.get(i) == own.weights().get(i)).isTrue();
            }
        }
    }
}
