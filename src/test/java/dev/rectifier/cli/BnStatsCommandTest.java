package dev.rectifier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.data.file.SafeTensors;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class BnStatsCommandTest {
    @TempDir
    Path folder;

    private final CommandLineSession session = new CommandLineSession();
    private Path file = Path.of("");

    /** Three layers of VGG's shape; in layer l the first l + 1 of 4 biases are negative. */
    @BeforeEach
    void write() {
        file = folder.resolve("net.safetensors");
        Map<String, HostTensor> state = new LinkedHashMap<>();
        for (int l = 0; l < 3; l++) {
            String name = "features." + (4 * l + 1);
            HostTensor bias = HostTensor.zeros(DType.F32, Shape.of(4));
            for (int c = 0; c < 4; c++) {
                bias.set(c, c <= l ? -1 : 1);
            }
            state.put(name + ".bias", bias);
            state.put(name + ".weight", bias);
            state.put(name + ".running_mean", HostTensor.zeros(DType.F32, Shape.of(4)));
            state.put("features." + 4 * l + ".weight", HostTensor.zeros(DType.F32, Shape.of(4, 3, 3, 3)));
        }
        SafeTensors.write(file, new SafeTensors.Contents(state, Map.of()));
    }

    @Test
    void theTableHasEveryLayerAndAll() {
        assertThat(session.run("bn-stats", file.toString())).isZero();
        assertThat(session.out().lines().map(line -> line.replaceAll(" +", " ")))
                .contains(
                        "features.1 1 4 25.00 0.671",
                        "features.5 2 4 50.00 0.500",
                        "features.9 3 4 75.00 0.329",
                        "all 6 12 50.00 0.500");
    }

    @Test
    void jsonHasTheSameAndPicturesAreWritten() throws IOException {
        Path out = folder.resolve("pictures");
        assertThat(session.run("bn-stats", file.toString(), "--json", "--out", out.toString()))
                .isZero();
        assertThat(session.out()).contains("\"at_most_zero\" : 6").contains("\"share\" : 0.75");
        try (var files = Files.list(out)) {
            assertThat(files.map(path -> path.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "bn-bias-shares.png",
                            "bn-bias-shares.svg",
                            "bn-bias-histograms.png",
                            "bn-bias-histograms.svg");
        }
    }

    @Test
    void aPlaceThatCannotBeWrittenIsSaidBeforeAnythingElse() {
        assertThat(session.run(
                        "bn-stats", file.toString(), "--out", file.resolve("in").toString()))
                .isEqualTo(2);
        assertThat(session.err())
                .contains("Cannot write pictures to " + file.resolve("in"))
                .contains("Give --out");
        assertThat(session.out()).isEmpty();
    }

    @Test
    void whatIsWrongIsSaidInOneLine() throws IOException {
        assertThat(session.run("bn-stats", file.toString(), "--as", "vgg19-bn")).isEqualTo(2);
        assertThat(session.err()).contains("not the weights of vgg19-bn");
        assertThat(session.run("bn-stats", file.toString(), "--as", "vgg20")).isEqualTo(2);
        assertThat(session.err()).contains("vgg16-bn, vgg19-bn, not 'vgg20'");
        assertThat(session.run("bn-stats", file.toString(), "--as", "vgg16bn")).isEqualTo(2);
        assertThat(session.err()).contains("Did you mean 'vgg16-bn'?");
        assertThat(session.run("bn-stats", folder.resolve("none").toString())).isEqualTo(2);
        assertThat(session.err()).contains("there is no such file");
        Path text = Files.writeString(folder.resolve("text"), "no tensors at all");
        assertThat(session.run("bn-stats", text.toString())).isEqualTo(2);
        assertThat(session.err()).contains("byte 0").doesNotContain("Exception");
        assertThat(session.out()).isEmpty();
    }
}
