package dev.rectifier.cli.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.model.LayerSpec.BatchNorm;
import dev.rectifier.model.LayerSpec.Conv;
import dev.rectifier.model.LayerSpec.Dense;
import dev.rectifier.model.LayerSpec.WeightNormed;
import dev.rectifier.model.NamedLayer;
import dev.rectifier.model.ParameterLayout.Slot;
import dev.rectifier.model.PassKind.Mode;
import dev.rectifier.record.ConfigException;
import dev.rectifier.tensor.Shape;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkFileTest {
    private static NetworkFile read(String text) {
        return NetworkFile.read("net.yaml", text);
    }

    private static NetworkFile layers(String layers) {
        return read("input: [2, 9, 7]\nlayers:\n" + layers);
    }

    @Test
    void layersHaveTheirDefaultsAndTheNamesOfASequential() {
        NetworkFile file = layers("""
                - conv2d: {channels: 4, kernel: 3}
                - batchnorm: {mode: train}
                - relu
                - flatten
                - dense: {units: 3}
                """);
        assertThat(file.spec().input()).isEqualTo(Shape.of(2, 9, 7));
        assertThat(file.spec().layers())
                .contains(
                        new NamedLayer("0", new Conv(4, 3, 1, 0, true)),
                        new NamedLayer("1", new BatchNorm().always(Mode.TRAINING)),
                        new NamedLayer("4", new Dense(3)));
        assertThat(file.spec().layout().slots().stream().map(Slot::name))
                .containsExactly("0.weight", "0.bias", "1.weight", "1.bias", "4.weight", "4.bias");
    }

    @Test
    void settingsAreTaken() {
        NetworkFile file = layers("""
                - conv2d: {channels: 4, kernel: 2, stride: 2, padding: 1, bias: false}
                - batchnorm: {mode: eval, eps: 1.0e-3, momentum: 0.2, affine: false}
                - globalavgpool
                - flatten: {}
                - dropout: {rate: 0.5}
                - dense: {units: 3, weightnorm: true}
                """);
        assertThat(file.spec().layers())
                .contains(
                        new NamedLayer("0", new Conv(4, 2, 2, 1, false)),
                        new NamedLayer("1", new BatchNorm(1e-3, 0.2, false).always(Mode.EVALUATION)),
                        new NamedLayer("5", new WeightNormed(new Dense(3))));
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', quoteCharacter = '"', textBlock = """
                    - convd2: {channels: 4}              | net.yaml:3:3: there is no layer 'convd2'. Did you mean 'conv2d'?
                    - attention                          | net.yaml:3:3: there is no layer 'attention'. Known are: avgpool, batchnorm, conv2d, dense, dropout, flatten, globalavgpool, maxpool, relu, residual.
                    - dense: {unit: 4}                   | net.yaml:3:11: 'unit' is not a setting of 'dense'. Did you mean 'units'?
                    - relu: {slope: 1}                   | net.yaml:3:10: 'slope' is not a setting of 'relu'. It has none.
                    - dense                              | net.yaml:3:3: 'dense' needs 'units', a whole number.
                    - dense: {units: many}               | net.yaml:3:18: 'units' must be a whole number, not 'many'.
                    - dense: {units: 1.5}                | net.yaml:3:18: 'units' must be a whole number, not '1.5'.
                    - dense: {units: 99999999999}        | net.yaml:3:18: 'units' must be a whole number, not '99999999999'.
                    - dense: {units: 3, bias: yes}       | net.yaml:3:27: 'bias' must be true or false, not 'yes'.
                    - batchnorm                          | net.yaml:3:3: 'batchnorm' needs 'mode', train or eval.
                    - batchnorm: {mode: training}        | net.yaml:3:21: 'mode' must be train or eval, not 'training'.
                    - batchnorm: {mode: eval, eps: tiny} | net.yaml:3:32: 'eps' must be a number, not 'tiny'.
                    - conv2d: 4                          | net.yaml:3:11: the settings of 'conv2d' are written {name: value, ...}.
                    - {relu: {}, flatten: {}}            | net.yaml:3:3: a layer is one word, or one word with its settings: '- relu' or '- dense: {units: 3}'.
                    """)
    void whatIsWrongIsNamedWithItsPlace(String layer, String message) {
        assertThatThrownBy(() -> layers(layer))
                .isInstanceOf(ConfigException.class)
                .hasMessageStartingWith(message.strip());
    }

    @Test
    void layersThatDoNotFitAreRefusedWithTheirShapes() {
        assertThatThrownBy(() -> layers("- dense: {units: 3}\n"))
                .isInstanceOf(ConfigException.class)
                .hasMessage("net.yaml:3:3: 'dense', layer 0, takes [features]: put a flatten before it; its input is"
                        + " [2, 9, 7].");
        assertThatThrownBy(() -> layers("- relu\n- flatten\n- maxpool: {size: 2}\n"))
                .hasMessageStartingWith("net.yaml:5:3: 'maxpool', layer 2, ");
        assertThatThrownBy(() -> layers("- dense: {units: 0}\n")).hasMessageContaining("units must be at least 1");
    }

    @Test
    void theWholeFileIsChecked() {
        assertThatThrownBy(() -> read("input: [4]\n")).hasMessageContaining("'a network' needs 'layers'");
        assertThatThrownBy(() -> read("input: 4\nlayers: [relu]\n")).hasMessageContaining("'input' must be a list");
        assertThatThrownBy(() -> read("input: [4, 4]\nlayers: [relu]\n")).hasMessageContaining("has 2 extents");
        assertThatThrownBy(() -> read("input: [0]\nlayers: [relu]\n")).hasMessageContaining("at least 1, not 0");
        assertThatThrownBy(() -> read("inputs: [4]\nlayers: [relu]\n")).hasMessageContaining("Did you mean 'input'?");
        assertThatThrownBy(() -> read("[1, 2]")).hasMessageContaining("not a bare value or a list");
    }

    @Test
    void everyBatchNormHasAModeOfItsOwn() {
        NetworkFile file = layers("""
                - batchnorm: {mode: train}
                - residual: {layers: [batchnorm: {mode: eval}, relu], shortcut: [batchnorm: {mode: train}]}
                - flatten
                """);
        assertThat(file.evaluated()).containsExactly("1.body.0");
    }
}
