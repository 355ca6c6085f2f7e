package dev.rectifier.conformance;

import dev.rectifier.engine.Determinism;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.cuda.Emulated;
import dev.rectifier.engine.cuda.LtDouble;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The trials of products with what is joined to them, with every one of them through cublasLt's double. */
class LtConformanceTest {
    @BeforeEach
    void force() {
        Emulated.require();
        LtDouble.force();
    }

    @AfterEach
    void restore() {
        LtDouble.restore();
    }

    private static Engine open(Determinism level) {
        return Engines.open("emulated", EngineOptions.defaults().withDeterminism(level))
                .engine();
    }

    @Test
    void joinedProductsKeepTheContract() {
        Examiner examiner = new Examiner();
        try (Engine replica = open(Determinism.REPLICA);
                Engine run = open(Determinism.RUN)) {
            new DenseContract()
                    .trials()
                    .filter(trial -> trial.name().matches("dense\\.(forwardBias|forwardReluBias|weightAndBias).*"))
                    .forEach(trial -> {
                        Judgement judgement = new Judgement(trial);
                        examiner.examine("cublasLt, one by one", replica, trial, judgement);
                        examiner.examine("cublasLt, all at once", run, trial, judgement);
                    });
        }
        System.out.println("cublasLt: " + examiner.summary());
    }
}
