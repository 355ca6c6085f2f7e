package dev.rectifier.conformance;

import java.util.stream.Stream;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A test class with all engines present: opened at their first use, closed and checked for leaks after its last test. */
public abstract class OnEveryEngine {
    @RegisterExtension
    protected static final EngineSource SOURCE = new EngineSource();

    /** For {@code @MethodSource("engines")}. */
    protected static Stream<EngineSource.Present> engines() {
        return SOURCE.engines().stream();
    }
}
