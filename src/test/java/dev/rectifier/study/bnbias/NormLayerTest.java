package dev.rectifier.study.bnbias;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.within;

import dev.rectifier.record.LineFigure;
import dev.rectifier.record.PanelFigure;
import dev.rectifier.record.Verdict;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class NormLayerTest {
    private static HostTensor vector(double... values) {
        HostTensor tensor = HostTensor.zeros(DType.F32, Shape.of(values.length));
        for (int i = 0; i < values.length; i++) {
            tensor.set(i, values[i]);
        }
        return tensor;
    }

    private static void put(Map<String, HostTensor> state, String name, double[] scale, double[] bias) {
        state.put(name + ".bias", vector(bias));
        state.put(name + ".weight", vector(scale));
        state.put(name + ".running_mean", vector(new double[bias.length]));
    }

    @Test
    void layersAreFoundAndStandInTheOrderOfTheModules() {
        Map<String, HostTensor> state = new LinkedHashMap<>();
        for (String name :
                List.of("features.10", "layer2.0.bn1", "features.9", "bn1", "layer2.0.downsample.1", "features.2")) {
            put(state, name, new double[] {1}, new double[] {0});
        }
        state.put("features.0.weight", HostTensor.zeros(DType.F32, Shape.of(1, 1, 3, 3)));
        state.put("features.0.bias", vector(-1));
        assertThat(NormLayer.of(state).stream().map(NormLayer::name))
                .containsExactly(
                        "bn1", "features.2", "features.9", "features.10", "layer2.0.bn1", "layer2.0.downsample.1");
    }

    @Test
    void aBiasOfZeroCountsAsNegativeAndNaNDoesNot() {
        NormLayer layer =
                new NormLayer("a", Collections.nCopies(5, 1.0), List.of(-0.5, 0.0, -0.0, Double.MIN_VALUE, Double.NaN));
        assertThat(layer.atMostZero()).isEqualTo(3);
        assertThat(layer.share()).isEqualTo(0.6);
    }

    @Test
    void activeProbabilityIsThatOfANormalVariable() {
        NormLayer layer = new NormLayer("a", List.of(2.0, -1.0, 0.0, 0.0), List.of(-2.0, 0.0, 3.0, -3.0));
        assertThat(layer.activeProbability()).isCloseTo((0.158655253931457 + 0.5 + 1 + 0) / 4, within(1e-15));
    }

    @Test
    void aNetworkWithoutBatchNormIsSaidToHaveNone() {
        assertThatThrownBy(() -> NormLayer.of(Map.of("0.weight", vector(1), "0.bias", vector(1))))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no BatchNorm layer")
                .hasMessageContaining("running_mean");
    }

    /** As many negative biases per layer as given. */
    private static BiasShares shares(VggBn vgg, List<Integer> negative) {
        List<NormLayer> layers = new ArrayList<>();
        for (int l = 0; l < negative.size(); l++) {
            int channels = vgg.channels().get(l);
            List<Double> bias = new ArrayList<>(Collections.nCopies(negative.get(l), -0.25));
            bias.addAll(Collections.nCopies(channels - negative.get(l), 0.25));
            layers.add(new NormLayer("features." + l, Collections.nCopies(channels, 1.0), bias));
        }
        return new BiasShares(layers);
    }

    private static List<Integer> paperCounts() {
        List<Integer> counts = new ArrayList<>();
        for (int l = 0; l < VggBn.VGG19_BN.channels().size(); l++) {
            counts.add((int) Math.round(VggBn.VGG19_BN.paperShares().get(l)
                    * VggBn.VGG19_BN.channels().get(l)));
        }
        return counts;
    }

    @Test
    void thePapersOwnCountsPassAndOthersFail() {
        BiasShares paper = shares(VggBn.VGG19_BN, paperCounts());
        assertThat(paper.atMostZero()).isEqualTo(5115);
        assertThat(paper.channels()).isEqualTo(5504);
        assertThat(VggBn.VGG19_BN.judge(paper)).hasSize(3).allMatch(Verdict::pass);
        List<Integer> half = VggBn.VGG19_BN.channels().stream().map(c -> c / 2).toList();
        assertThat(VggBn.VGG19_BN.judge(shares(VggBn.VGG19_BN, half))).noneMatch(Verdict::pass);
        List<Integer> more = paperCounts();
        more.set(0, more.get(0) - 6);
        assertThat(VggBn.VGG19_BN.judge(shares(VggBn.VGG19_BN, more)).stream().map(Verdict::pass))
                .containsExactly(true, false, true);
    }

    @Test
    void anotherNetworksLayersAreRefused() {
        BiasShares paper = shares(VggBn.VGG19_BN, paperCounts());
        assertThatThrownBy(() -> VggBn.VGG11_BN.judge(paper))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("not the weights of vgg11-bn");
    }

    @Test
    void everyBiasIsInOneBin() {
        BiasShares shares = new BiasShares(
                List.of(new NormLayer("a", Collections.nCopies(6, 1.0), List.of(-7.0, -1.0, -0.5, 0.0, 0.5, 2.0))));
        LineFigure panel =
                (LineFigure) ((PanelFigure) shares.histograms("")).panels().get(0);
        double twice = panel.lines().get(0).y().stream().mapToDouble(y -> y).sum();
        assertThat(twice).isEqualTo(2 * 6);
        assertThat(panel.lines().get(0).y().get(0)).isEqualTo(2);
        assertThat(panel.lines().get(0).y().get(99)).isEqualTo(2);
    }

    @Test
    void theUpperThirdIsRoundedUp() {
        List<NormLayer> layers = new ArrayList<>();
        for (int l = 0; l < 8; l++) {
            layers.add(new NormLayer("n" + l, List.of(1.0), List.of(l < 5 ? 1.0 : -1.0)));
        }
        assertThat(new BiasShares(layers).upperShare()).isEqualTo(1);
        assertThat(new BiasShares(layers).share()).isEqualTo(3.0 / 8);
    }
}
