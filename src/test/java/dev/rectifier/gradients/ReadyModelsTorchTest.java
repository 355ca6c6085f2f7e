package dev.rectifier.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.DoubleDescentNets;
import dev.rectifier.model.LeNets;
import dev.rectifier.model.PassKind.Mode;
import dev.rectifier.model.PlainConvNets;
import dev.rectifier.model.Vggs;
import dev.rectifier.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Narrow ready models beside libtorch, in fp64, in training and in evaluation: same weights, same inputs, same outputs, gradients
 * and running moments to 1e-10 of the largest. That is what the length of the longest sum allows: with up to 10^6 terms 10^6 2^-53.
 */
class ReadyModelsTorchTest extends OnEveryEngine {
    private static final double RELATIVE = 1e-10;
    private static final Shape IMAGE = PlainConvNets.colours(32);

    @BeforeAll
    static void open() {
        Torch.assumePresent();
    }

    private static Stream<ChainPoint> both(String name, ChainSpec spec) {
        return Stream.of(Mode.values()).map(mode -> ChainPoint.draw(name + " " + mode, spec, mode));
    }

    static Stream<ChainPoint> models() {
        return Stream.of(
                        both("LeNet-5", LeNets.five()),
                        both("ResNet-18 of width 4", DoubleDescentNets.resNet18(4, IMAGE, 10)),
                        both("VGG-11-BN of width 4", Vggs.withBatchNorm(11, 4, IMAGE, 10)))
                .flatMap(s -> s);
    }

    static Stream<ChainPoint> others() {
        return Stream.of(
                        both("LeNet-300-100", LeNets.threeHundredOneHundred()),
                        both("LeNet-5 of Caffe", LeNets.five(LeNets.DIGITS, LeNets.Widths.CAFFE, 0, 10)),
                        both("Conv-2", PlainConvNets.ticket(2, 4, IMAGE, 10)),
                        both("Conv-6", PlainConvNets.ticket(6, 4, IMAGE, 10)),
                        both("AlexNet", PlainConvNets.alexNet(4, 10)),
                        both("three layers", PlainConvNets.pooled(List.of(4, 6, 8), IMAGE, 10)),
                        both("five layers", DoubleDescentNets.fiveLayerCnn(4, IMAGE, 10)),
                        both("VGG-19-BN of width 2", Vggs.withBatchNorm(19, 2, IMAGE, 10)),
                        both("VGG-13 of width 2", Vggs.plain(13, 2, IMAGE, 10)))
                .flatMap(s -> s);
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
        ChainPoint.Passes expected = TorchChain.of(point);
        ChainPoint.Passes found = point.on(SOURCE.reference());
        double worst = Stream.of(
                        share(found.outputs(), expected.outputs()),
                        share(found.losses(), expected.losses()),
                        share(found.gradient(), expected.gradient()),
                        share(found.state(), expected.state()))
                .mapToDouble(d -> d)
                .max()
                .orElseThrow();
        System.out.printf(Locale.ROOT, "%s beside libtorch: %.1e of the largest%n", point.name(), worst);
        assertThat(worst).as(point.name()).isLessThanOrEqualTo(RELATIVE);
    }

    /** Largest difference as a share of the largest number; NaN or infinity stays. */
    private static double share(double[] found, double[] expected) {
        assertThat(found).hasSameSizeAs(expected);
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        double worst = 0;
        for (int i = 0; i < found.length; i++) {
            worst = Math.max(worst, Math.abs(found[i] - expected[i]));
        }
        return worst == 0 ? 0 : worst / largest;
    }
}
