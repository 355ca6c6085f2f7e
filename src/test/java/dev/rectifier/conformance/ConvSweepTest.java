package dev.rectifier.conformance;

import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/** Convolutions: telling shapes every day; every kernel, stride and padding, and many channels, where time is given. */
class ConvSweepTest extends OnEveryEngine {
    @TestFactory
    Stream<DynamicTest> corners() {
        return tests(new ConvContract().trials());
    }

    @Tag("slow")
    @TestFactory
    Stream<DynamicTest> sweep() {
        return tests(ConvContract.sweep());
    }

    private static Stream<DynamicTest> tests(Stream<Trial> trials) {
        Examiner examiner = new Examiner();
        return trials.map(trial -> DynamicTest.dynamicTest(trial.name(), () -> {
            Judgement judgement = new Judgement(trial);
            SOURCE.engines().stream()
                    .filter(on -> on.name().startsWith("cpu"))
                    .forEach(on -> examiner.examine(on.name(), on.engine(), trial, judgement));
        }));
    }
}
