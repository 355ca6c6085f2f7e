package dev.rectifier.bench.training;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.bench.Case;
import dev.rectifier.bench.CeilingSuite;
import dev.rectifier.bench.Comparison;
import dev.rectifier.bench.Extent;
import dev.rectifier.bench.KernelSuite;
import dev.rectifier.bench.Rig;
import dev.rectifier.bench.Row;
import dev.rectifier.bench.StoppingRule;
import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Stopwatch;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Every case of every suite, tiny, gives the numbers of fp64 on every engine. */
class SuitesOnEnginesTest extends OnEveryEngine {
    private static List<Case> all(Extent extent, boolean accelerator) {
        List<Case> cases = new ArrayList<>(KernelSuite.cases(extent, accelerator));
        cases.addAll(CeilingSuite.cases(extent, accelerator));
        cases.addAll(TrainingSuites.cpu(extent));
        cases.addAll(TrainingSuites.ensembles(extent, accelerator));
        cases.addAll(TrainingSuites.wide(extent, accelerator));
        cases.addAll(TrainingSuites.studies(extent, accelerator));
        return cases;
    }

    @ParameterizedTest
    @MethodSource("engines")
    void everyCaseIsRight(EngineSource.Present present) {
        Rig rig = new Rig(present.engine(), Map.of(), SOURCE.reference(), () -> 0, List.of(), Path.of("."), false);
        Comparison comparison = new Comparison(rig, StoppingRule.of(2, true), row -> {});
        for (Case one : all(Extent.TINY, rig.isAccelerator())) {
            for (Row row : comparison.run(one)) {
                assertThat(row.status())
                        .as(row.subject().id() + ", " + row.contender() + ": " + row.verification() + row.outcome())
                        .isIn(Row.Status.NOT_MEASURED, Row.Status.REFUSED);
                assertThat(row.baseline() && row.status() == Row.Status.REFUSED)
                        .as(row.subject().id())
                        .isFalse();
            }
        }
    }

    @Test
    void namesAreUnique() {
        for (Extent extent : Extent.values()) {
            for (boolean accelerator : new boolean[] {false, true}) {
                Set<String> names = new HashSet<>();
                for (Case one : all(extent, accelerator)) {
                    assertThat(names.add(one.subject().id()))
                            .as(extent + ": " + one.subject().id())
                            .isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void anEngineThatHasAStopwatchCountsItsLaunches(EngineSource.Present present) {
        Engine engine = present.engine();
        Optional<Stopwatch> stopwatch = engine.metering().stopwatch();
        assertThat(stopwatch.isPresent()).isEqualTo(!engine.info().name().equals("cpu"));
        stopwatch.ifPresent(watch -> {
            long before = engine.metering().launches().orElseThrow();
            watch.start();
            try (var arena = engine.openArena("a fill")) {
                engine.pointwise()
                        .fill(
                                arena.allocate(dev.rectifier.tensor.DType.F32, dev.rectifier.tensor.Shape.of(1, 64))
                                        .view(),
                                1);
                watch.stop();
                assertThat(watch.seconds()).isNotNegative();
            }
            assertThat(engine.metering().launches().orElseThrow()).isEqualTo(before + 1);
            watch.close();
        });
    }
}
