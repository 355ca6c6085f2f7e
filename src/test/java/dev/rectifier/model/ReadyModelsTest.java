package dev.rectifier.model;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Parameter counts against those that papers, torchvision and public code state; names against theirs. */
class ReadyModelsTest {
    private static final Shape CIFAR = PlainConvNets.colours(32);

    static Stream<Arguments> counts() {
        return Stream.of(
                // 266 K (Frankle and Carbin 2019, figure 2)
                Arguments.of("LeNet-300-100", LeNets.threeHundredOneHundred(), 266_610),
                // the sum of table 1 in LeCun and others 1998, with dense C3 and without trained pooling
                Arguments.of("LeNet-5", LeNets.five(), 61_706),
                // 431 K (Caffe's example; Han and others 2015)
                Arguments.of("LeNet-5 of Caffe", LeNets.five(LeNets.DIGITS, LeNets.Widths.CAFFE, 0, 10), 431_080),
                // 4.3 M and 2.4 M (Frankle and Carbin 2019, figure 2); Conv-6: 1,145,408 of convolutions, as there
                Arguments.of("Conv-2", PlainConvNets.ticket(2, 64, CIFAR, 10), 4_301_642),
                Arguments.of("Conv-4", PlainConvNets.ticket(4, 64, CIFAR, 10), 2_425_930),
                Arguments.of("Conv-6", PlainConvNets.ticket(6, 64, CIFAR, 10), 1_145_408 + 1_117_194),
                // 1.56 M and 11.17 M (Nakkiran and others 2020)
                Arguments.of("five-layer CNN", DoubleDescentNets.fiveLayerCnn(64, CIFAR, 10), 1_558_026),
                Arguments.of("ResNet-18", DoubleDescentNets.resNet18(64, CIFAR, 10), 11_171_146),
                Arguments.of("AlexNet", PlainConvNets.alexNet(64, 10), 2_472_266),
                Arguments.of("three layers", PlainConvNets.pooled(List.of(16, 32, 64), CIFAR, 10), 33_834),
                Arguments.of("VGG-11-BN", vgg(11), torchvision(132_868_840)),
                Arguments.of("VGG-13-BN", vgg(13), torchvision(133_053_736)),
                Arguments.of("VGG-16-BN", vgg(16), torchvision(138_365_992)),
                Arguments.of("VGG-19-BN", vgg(19), torchvision(143_678_248)));
    }

    private static ChainSpec vgg(int depth) {
        return Vggs.withBatchNorm(depth, 64, CIFAR, 10);
    }

    /** torchvision's total without its three dense layers, with ours of 512 to 10. */
    private static int torchvision(int total) {
        int head = (25_088 + 1) * 4096 + (4096 + 1) * 4096 + (4096 + 1) * 1000;
        return total - head + 5130;
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("counts")
    void parametersAreAsManyAsPublished(String name, ChainSpec spec, int parameters) {
        assertThat(spec.layout().size()).as(name).isEqualTo(parameters);
        assertThat(spec.outputs()).isEqualTo(10);
    }

    @Test
    void shapesOfVgg16AreTorchvisions() {
        ChainSpec spec = vgg(16);
        assertThat(spec.layout().slot("features.0.weight").shape()).isEqualTo(Shape.of(64, 3, 3, 3));
        assertThat(spec.layout().slot("features.1.bias").shape()).isEqualTo(Shape.of(64));
        assertThat(spec.state().slot("features.1.running_mean").shape()).isEqualTo(Shape.of(64));
        assertThat(spec.layout().slot("features.40.weight").shape()).isEqualTo(Shape.of(512, 512, 3, 3));
        assertThat(spec.state().slot("features.41.running_var").shape()).isEqualTo(Shape.of(512));
        assertThat(spec.layout().slot("classifier.weight").shape()).isEqualTo(Shape.of(10, 512));
        List<String> plain = names(Vggs.plain(11, 64, CIFAR, 10));
        assertThat(plain).startsWith("features.0.weight", "features.0.bias", "features.3.weight");
        assertThat(plain).endsWith("features.18.weight", "features.18.bias", "classifier.weight", "classifier.bias");
    }

    private static final Shape PHOTOGRAPH = PlainConvNets.colours(224);

    @ParameterizedTest
    @CsvSource({
        "11, true, 132868840",
        "13, true, 133053736",
        "16, true, 138365992",
        "19, true, 143678248",
        "11, false, 132863336",
        "13, false, 133047848",
        "16, false, 138357544",
        "19, false, 143667240"
    })
    void wholeVggsHaveTorchvisionsParameters(int depth, boolean batchNorm, long parameters) {
        ChainSpec spec = Vggs.torchvision(depth, batchNorm, PHOTOGRAPH, 1000);
        assertThat(spec.layout().size()).isEqualTo(parameters);
        assertThat(spec.layout().slot("classifier.0.weight").shape()).isEqualTo(Shape.of(4096, 25_088));
        assertThat(spec.layout().slot("classifier.3.weight").shape()).isEqualTo(Shape.of(4096, 4096));
        assertThat(spec.layout().slot("classifier.6.weight").shape()).isEqualTo(Shape.of(1000, 4096));
        assertThat(spec.layout().slot("classifier.6.bias").shape()).isEqualTo(Shape.of(1000));
        assertThat(spec.isNoisy()).isTrue();
    }

    /** The keys of torchvision's vgg11_bn().state_dict(), in their order. */
    @Test
    void aWholeVgg11HasTorchvisionsKeys() {
        List<String> keys = new ArrayList<>();
        for (int convolution : new int[] {0, 4, 8, 11, 15, 18, 22, 25}) {
            keys.add("features." + convolution + ".weight");
            keys.add("features." + convolution + ".bias");
            for (String part : List.of("weight", "bias", "running_mean", "running_var")) {
                keys.add("features." + (convolution + 1) + "." + part);
            }
        }
        for (int dense : new int[] {0, 3, 6}) {
            keys.add("classifier." + dense + ".weight");
            keys.add("classifier." + dense + ".bias");
        }
        ChainSpec narrow = Vggs.whole(11, true, new Vggs.Widths(2, 6), PHOTOGRAPH, 5);
        HostTensor drawn = Initializer.draw(narrow, DType.F32, Streams.single(SeedTree.root(1)));
        Map<String, HostTensor> named = StateDict.of(narrow).named(drawn, Optional.of(Initializer.state(narrow, 1)), 0);
        assertThat(named.keySet()).containsExactlyElementsOf(keys);
        named.put("features.1.num_batches_tracked", HostTensor.of(Shape.of(), new long[] {9}));
        assertThat(StateDict.of(narrow).flat(named, DType.F32).parameters().sameBits(drawn))
                .isTrue();
        assertThat(names(Vggs.torchvision(11, true, PHOTOGRAPH, 1000))).isEqualTo(names(narrow));
    }

    @Test
    void wholeVggsTakePhotographs() {
        assertThat(Vggs.torchvision(11, true, PlainConvNets.colours(255), 1000)
                        .layout()
                        .size())
                .isEqualTo(132_868_840);
        for (int side : new int[] {32, 223, 256}) {
            assertThatThrownBy(() -> Vggs.torchvision(11, true, PlainConvNets.colours(side), 1000))
                    .hasMessageContaining("224 to 255 pixels");
        }
    }

    private static List<String> names(ChainSpec spec) {
        return spec.layout().slots().stream().map(ParameterLayout.Slot::name).toList();
    }

    @Test
    void namesOfResNetAreThoseOfItsCode() {
        ChainSpec spec = DoubleDescentNets.resNet18(4, CIFAR, 10);
        assertThat(names(spec))
                .startsWith(
                        "conv1.weight",
                        "layer1.0.bn1.weight",
                        "layer1.0.bn1.bias",
                        "layer1.0.conv1.weight",
                        "layer1.0.bn2.weight",
                        "layer1.0.bn2.bias",
                        "layer1.0.conv2.weight",
                        "layer1.1.bn1.weight")
                .containsSubsequence(
                        "layer2.0.bn1.weight",
                        "layer2.0.conv1.weight",
                        "layer2.0.conv2.weight",
                        "layer2.0.shortcut.0.weight")
                .endsWith("layer4.1.conv2.weight", "linear.weight", "linear.bias");
        assertThat(spec.layout().slot("layer4.0.shortcut.0.weight").shape()).isEqualTo(Shape.of(32, 16, 1, 1));
    }

    @Test
    void theCnnOfDoubleDescentIsASequence() {
        assertThat(names(DoubleDescentNets.fiveLayerCnn(2, CIFAR, 10)))
                .contains("0.weight", "1.bias", "3.weight", "7.weight", "11.weight", "12.weight")
                .endsWith("17.weight", "17.bias");
    }

    @Test
    void unknownDepthsAreRefused() {
        assertThatThrownBy(() -> vgg(12))
                .hasMessageContaining("11, 13, 16 or 19")
                .hasMessageContaining("12");
        assertThatThrownBy(() -> PlainConvNets.ticket(3, 64, CIFAR, 10)).hasMessageContaining("2, 4 or 6");
        assertThatThrownBy(() -> Vggs.plain(11, 64, LeNets.DIGITS, 10)).hasMessageContaining("MaxPool");
    }
}
