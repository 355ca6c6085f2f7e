package dev.rectifier.conformance;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Convolutions of every kernel, stride and padding, and of many channels, on every engine present. */
@Tag("slow")
class ConvSweepTest extends OnEveryEngine {
    @TestFactory
    Stream<DynamicTest> sweep() {
        Examiner examiner = new Examiner();
        return ConvContract.sweep()
                .map(trial -> DynamicTest.dynamicTest(trial.name(), () -> {
                    Judgement judgement = new Judgement(trial);
                    SOURCE.engines().forEach(on -> examiner.examine(on.name(), on.engine(), trial, judgement));
                }));
    }
}
