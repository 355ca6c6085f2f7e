package dev.rectifier.conformance;

import static org.junit.jupiter.api.Assertions.assertAll;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every trial on every engine present. One trial alone: {@code -Dconformance.only="part of its name"}.
 *
 * <p>With {@code -Drequire.cuda} the engines are the CPU's and the real device's.
 */
class ConformanceTest extends OnEveryEngine {
    private static final Examiner EXAMINER = new Examiner();
    private static final Map<String, Integer> RUN = new LinkedHashMap<>();

    @AfterAll
    static void close() {
        System.out.println("conformance: trials " + RUN + "; " + EXAMINER.summary());
    }

    @TestFactory
    Stream<DynamicNode> contracts() {
        return Contract.all()
                .map(c -> DynamicContainer.dynamicContainer(c.getClass().getSimpleName(), tests(c)));
    }

    private static Stream<DynamicTest> tests(Contract contract) {
        String only = System.getProperty("conformance.only", "");
        return contract.trials()
                .filter(trial -> trial.name().contains(only))
                .map(trial -> DynamicTest.dynamicTest(trial.name(), () -> onEveryEngine(trial)));
    }

    private static void onEveryEngine(Trial trial) {
        Judgement judgement = new Judgement(trial);
        assertAll(SOURCE.engines().stream().map(present -> () -> {
            RUN.merge(present.name(), 1, Integer::sum);
            EXAMINER.examine(present.name(), present.engine(), trial, judgement);
        }));
    }
}
