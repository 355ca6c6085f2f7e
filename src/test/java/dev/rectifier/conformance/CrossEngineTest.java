package dev.rectifier.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.tensor.HostTensor;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What is promised to have the same bits on every engine: random streams, and everything that is exact anyway. */
class CrossEngineTest {
    private static final long LARGE = 5_000;

    @Test
    void randomStreamsHaveTheSameBitsOnEveryEngine() {
        Examiner examiner = new Examiner();
        try (EngineSource source = new EngineSource()) {
            List<Trial> trials = new RandomContract()
                    .trials()
                    .filter(t -> t.elements() <= LARGE)
                    .toList();
            for (Trial trial : trials) {
                HostTensor reference = examiner.run(source.reference(), trial).get(0);
                for (EngineSource.Present present : source.engines()) {
                    HostTensor found = examiner.run(present.engine(), trial).get(0);
                    assertThat(found.sameBits(reference))
                            .as(present.name() + ": " + trial)
                            .isTrue();
                }
            }
        }
    }
}
