package dev.rectifier.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.Fault;
import dev.rectifier.conformance.FaultyEngine;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.NormOps;
import dev.rectifier.model.PassKind.Mode;
import dev.rectifier.model.Vggs;
import dev.rectifier.tensor.DType;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Outputs, gradients, Hessian products and running moments of narrow ready models: on every engine those of the CPU's. */
class ReadyModelsEnginesTest extends OnEveryEngine {
    static Stream<ChainPoint> models() {
        return ReadyModels.few();
    }

    static Stream<ChainPoint> others() {
        return ReadyModels.others();
    }

    @ParameterizedTest
    @MethodSource("models")
    void allEnginesAgree(ChainPoint point) {
        requireAgreement(point);
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("others")
    void soTheyDoOnTheOthers(ChainPoint point) {
        requireAgreement(point);
    }

    private static void requireAgreement(ChainPoint point) {
        for (DType type : List.of(DType.F64, DType.F32)) {
            Map<String, Double> bounds = point.bounds(SOURCE.reference(), type);
            for (EngineSource.Present present : SOURCE.engines()) {
                Condition.Worst worst = compared(point, type, present.engine(), bounds);
                System.out.printf(
                        Locale.ROOT,
                        "%s in %s on %s: %.1e of the bound, in %s%n",
                        point.name(),
                        type,
                        present,
                        worst.share(),
                        worst.part());
                assertThat(worst.within())
                        .as("%s in %s on %s: %s", point.name(), type, present, worst)
                        .isTrue();
            }
        }
    }

    private static Condition.Worst compared(ChainPoint point, DType type, Engine engine, Map<String, Double> bounds) {
        return Condition.compare(
                point.parts(point.on(engine, type)), point.parts(point.on(SOURCE.reference(), type)), bounds);
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                Arguments.of(
                        DType.F32,
                        new Fault("one tap of one kernel left out", "", "forward", ReadyModelsEnginesTest::tapMissed)),
                Arguments.of(
                        DType.F32,
                        new Fault("one weight's gradient off by 1 of 8", "", "weightGradient", c -> scaled(c, 1.125))),
                Arguments.of(
                        DType.F64,
                        new Fault(
                                "one weight's gradient off by 2^-24",
                                "",
                                "weightGradient",
                                c -> scaled(c, 1 + 0x1p-24))),
                Arguments.of(
                        DType.F32,
                        new Fault(
                                "moments taken as constants",
                                "",
                                "backward",
                                c -> c.engine()
                                        .norm()
                                        .normaliseBackward(
                                                c.view(0),
                                                c.argument(1, NormOps.Affine.class),
                                                c.view(2),
                                                c.argument(3, NormOps.Normed.class)))),
                Arguments.of(
                        DType.F32, new Fault("variance left biased", "", "track", c -> c.proceedWith(3, 1L << 40))));
    }

    private static void scaled(Fault.Call call, double factor) {
        call.proceed();
        Fault.mapAt(call.view(0), 7, v -> v * factor);
    }

    private static void tapMissed(Fault.Call call) {
        if (call.count() == 5) { // of a convolution with biases
            Fault.mapAt(call.view(2), 4, v -> 0);
        }
        call.proceed();
    }

    @ParameterizedTest
    @MethodSource("faults")
    void mistakesAreSeen(DType type, Fault fault) {
        ChainPoint point = ChainPoint.draw("VGG", Vggs.withBatchNorm(11, 4, ReadyModels.IMAGE, 10), Mode.TRAINING);
        Engine faulty = new FaultyEngine(SOURCE.reference(), fault);
        Condition.Worst worst = compared(point, type, faulty, point.bounds(SOURCE.reference(), type));
        System.out.printf(Locale.ROOT, "%s: %.1e of the bound, in %s%n", fault, worst.share(), worst.part());
        assertThat(worst.within()).as(fault.toString()).isFalse();
    }
}
