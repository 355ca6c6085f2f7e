package dev.rectifier.conformance;

import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Pooling and weight normalisation under every regime, with 1, 3 and 64 replicas, in both types, on every engine. */
@Tag("slow")
class SweepOfLayersTest extends OnEveryEngine {
    private static void sweep(Stream<Trial> trials) {
        Examiner examiner = new Examiner();
        trials.forEach(trial -> {
            Judgement judgement = new Judgement(trial);
            SOURCE.engines().forEach(present -> examiner.examine(present.name(), present.engine(), trial, judgement));
        });
        System.out.println("sweep: " + examiner.summary());
    }

    @Test
    void poolingKeepsItsContract() {
        sweep(PoolContract.sweep());
    }

    @Test
    void weightNormalisationKeepsItsContract() {
        sweep(WeightNormContract.sweep());
    }
}
