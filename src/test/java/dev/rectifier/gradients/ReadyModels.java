package dev.rectifier.gradients;

import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.DoubleDescentNets;
import dev.rectifier.model.LeNets;
import dev.rectifier.model.PassKind.Mode;
import dev.rectifier.model.PlainConvNets;
import dev.rectifier.model.Vggs;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;

/** Ready models at narrow widths, in training and in evaluation. */
final class ReadyModels {
    static final Shape IMAGE = PlainConvNets.colours(32);

    private ReadyModels() {}

    private static Stream<ChainPoint> both(String name, ChainSpec spec) {
        return Stream.of(Mode.values()).map(mode -> ChainPoint.draw(name + " " + mode, spec, mode));
    }

    /** One of each kind. */
    static Stream<ChainPoint> few() {
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
                        both("Conv-4", PlainConvNets.ticket(4, 4, IMAGE, 10)),
                        both("Conv-6", PlainConvNets.ticket(6, 4, IMAGE, 10)),
                        both("AlexNet", PlainConvNets.alexNet(4, 10)),
                        both("three layers", PlainConvNets.pooled(List.of(4, 6, 8), IMAGE, 10)),
                        both("five layers", DoubleDescentNets.fiveLayerCnn(4, IMAGE, 10)),
                        both("VGG-19-BN of width 2", Vggs.withBatchNorm(19, 2, IMAGE, 10)),
                        both("VGG-13 of width 2", Vggs.plain(13, 2, IMAGE, 10)))
                .flatMap(s -> s);
    }
}
