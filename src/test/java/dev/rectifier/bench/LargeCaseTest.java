package dev.rectifier.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.BiFunction;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Operands that are verified in stretches. */
class LargeCaseTest {
    private static final long W = 1000;
    private static final long WINDOW = 64;

    private final Engine engine =
            Engines.open("cpu", EngineOptions.defaults().withThreads(1)).engine();

    @AfterEach
    void close() {
        engine.close();
    }

    private Row run(BiFunction<Long, Long, Operation> family) {
        Rig rig = new Rig(engine, Map.of(), engine, () -> 0, List.of(), Path.of("."), false);
        Axes axes = new Axes(Map.of("R", 2L, "W", W));
        Subject subject =
                new Subject("ceilings", "large", axes, "W", family.apply(2L, W).work());
        StoppingRule rule = StoppingRule.of(2, true);
        return new Comparison(rig, rule, row -> {})
                .run(new LargeCase(subject, family, WINDOW))
                .get(0);
    }

    @Test
    void rightOnesPass() {
        for (BiFunction<Long, Long, Operation> family :
                List.<BiFunction<Long, Long, Operation>>of(Streaming::copy, Streaming::fill, Streaming::axpy)) {
            Row row = run(family);
            assertThat(row.status()).as(row.toString()).isEqualTo(Row.Status.NOT_MEASURED);
            assertThat(row.verification().orElseThrow().against()).startsWith("three stretches");
        }
    }

    /** A copy that leaves one element of the second replica out. */
    @ParameterizedTest
    @ValueSource(ints = {3, 500, 999})
    void anElementOfAStretchThatIsLeftOutIsFound(int element) {
        Row row = run((r, w) -> {
            Operation copy = Streaming.copy(r, w);
            return copy.calling((any, v) -> {
                copy.call().on(any, v);
                if (v.get(1).dtype() == DType.F32) {
                    View hole = v.get(1).replicas(1, 1).slice(element, Shape.of(1));
                    any.pointwise().fill(hole, Double.NaN);
                }
            });
        });
        assertThat(row.status()).isEqualTo(Row.Status.WRONG);
    }
}
