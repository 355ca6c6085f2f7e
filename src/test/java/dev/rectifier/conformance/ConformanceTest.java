package dev.rectifier.conformance;

import static org.junit.jupiter.api.Assertions.assertAll;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.DynamicContainer;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestFactory;

/**
 * Every trial on every engine present; the large ones, which take most of the time, only with the slow tests. One trial alone:
 * {@code -Dconformance.only="part of its name"}.
 *
 * <p>With {@code -Drequire.cuda} the engines are the CPU's and the real device's.
 */
class ConformanceTest extends OnEveryEngine {
    private static final Examiner EXAMINER = new Examiner();
    private static final Map<String, Integer> RUN = new LinkedHashMap<>();
    private static final long LARGE = Long.getLong("conformance.large", 20_000); // elements

    @AfterAll
    static void close() {
        System.out.println("conformance: trials " + RUN + "; " + EXAMINER.summary());
    }

    @TestFactory
    Stream<DynamicNode> contracts() {
        return containers(trial -> trial.elements() < LARGE);
    }

    @TestFactory
    @Tag("slow")
    Stream<DynamicNode> contractsAtLength() {
        return containers(trial -> trial.elements() >= LARGE);
    }

    private static Stream<DynamicNode> containers(Predicate<Trial> chosen) {
        String only = System.getProperty("conformance.only", "");
        return Contract.all()
                .map(contract -> DynamicContainer.dynamicContainer(
                        contract.getClass().getSimpleName(),
                        contract.trials()
                                .filter(chosen)
                                .filter(trial -> trial.name().contains(only))
                                .map(trial -> DynamicTest.dynamicTest(trial.name(), () -> onEveryEngine(trial)))));
    }

    private static void onEveryEngine(Trial trial) {
        Judgement judgement = new Judgement(trial);
        assertAll(SOURCE.engines().stream().map(present -> () -> {
            RUN.merge(present.name(), 1, Integer::sum);
            EXAMINER.examine(present.name(), present.engine(), trial, judgement);
        }));
    }
}
