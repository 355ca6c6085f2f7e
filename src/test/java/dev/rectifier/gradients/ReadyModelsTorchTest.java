package dev.rectifier.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.Engine;
import dev.rectifier.tensor.DType;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Narrow ready models beside libtorch, in fp64, in training and in evaluation: same weights, same inputs, same outputs, gradients,
 * running moments, Hessian products, as near as {@link Condition} allows.
 */
class ReadyModelsTorchTest extends OnEveryEngine {
    @BeforeAll
    static void open() {
        Torch.assumePresent();
    }

    static Stream<ChainPoint> models() {
        return ReadyModels.few();
    }

    static Stream<ChainPoint> others() {
        return ReadyModels.others();
    }

    @ParameterizedTest
    @MethodSource("models")
    void outputsAndGradientsAreLibtorchs(ChainPoint point) {
        requireSame(point);
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("others")
    void soAreThoseOfTheOthers(ChainPoint point) {
        requireSame(point);
    }

    private static void requireSame(ChainPoint point) {
        Engine reference = SOURCE.reference();
        Condition.Worst worst = Condition.compare(
                point.parts(point.on(reference)),
                point.parts(TorchChain.of(point)),
                point.bounds(reference, DType.F64));
        System.out.printf(
                Locale.ROOT,
                "%s beside libtorch: %.1e of the bound, in %s%n",
                point.name(),
                worst.share(),
                worst.part());
        assertThat(worst.within()).as("%s: %s", point.name(), worst).isTrue();
    }
}
