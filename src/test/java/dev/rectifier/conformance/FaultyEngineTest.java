package dev.rectifier.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Engine;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** The suite measured: each planted fault must make at least one trial fail, and a sound engine none of the same. */
class FaultyEngineTest extends OnEveryEngine {
    private static final long LARGE = 6_000;

    private static List<Trial> trials;

    @BeforeAll
    static void open() {
        trials = Contract.all()
                .flatMap(Contract::trials)
                .filter(t -> t.elements() <= LARGE)
                .toList();
    }

    @AfterAll
    static void close() {
        trials = new ArrayList<>();
    }

    /** Every fault in every engine present. */
    static Stream<Arguments> plants() {
        return SOURCE.engines().stream()
                .flatMap(present -> Stream.of(
                                LinearFaults.all(),
                                ConvFaults.all(),
                                PoolFaults.all(),
                                StatefulFaults.all(),
                                SweepFaults.all(),
                                NormFaults.all())
                        .flatMap(List::stream)
                        .map(fault -> Arguments.of(present, fault)));
    }

    @ParameterizedTest
    @MethodSource("plants")
    void everyFaultIsCaught(EngineSource.Present present, Fault fault) {
        List<Trial> meant = trials.stream()
                .filter(t -> t.name().startsWith(fault.operation()))
                .toList();
        assertThat(meant).as("trials of " + fault.operation()).isNotEmpty();
        Engine faulty = new FaultyEngine(present.engine(), fault);
        assertThat(meant).as("trials that catch \"" + fault + "\"").anyMatch(trial -> fails(faulty, trial));
    }

    /** True if a promise was seen to be broken; an exception, which a plain mistake would not throw, does not count. */
    static boolean fails(Engine engine, Trial trial) {
        try {
            new Examiner().examine("faulty", engine, trial);
            return false;
        } catch (AssertionError caught) {
            assertThat(caught.getCause()).as(caught.getMessage()).isInstanceOf(Examiner.Broken.class);
            return true;
        }
    }
}
