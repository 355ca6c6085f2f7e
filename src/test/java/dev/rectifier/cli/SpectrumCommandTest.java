package dev.rectifier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.data.file.Npy;
import dev.rectifier.data.file.SafeTensors;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A linear map without bias on four examples c_i e_i: the Hessian of its mean squared error is diagonal, 2 c_i^2 / 4. */
class SpectrumCommandTest {
    private static final double[] VALUES = {8, 2, 0.5, 0.125};

    @TempDir
    Path folder;

    private final CommandLineSession session = new CommandLineSession();

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("net.yaml"), "input: [4]\nlayers: [dense: {units: 1, bias: false}]\n");
        HostTensor w = HostTensor.of(Shape.of(1, 4), new double[] {1, 2, 3, 4});
        SafeTensors.write(folder.resolve("p.safetensors"), new SafeTensors.Contents(Map.of("0.weight", w), Map.of()));
        HostTensor x = HostTensor.of(Shape.of(4, 4), new double[16]);
        for (int i = 0; i < 4; i++) {
            x.set(5 * i, Math.sqrt(2 * VALUES[i]));
        }
        Npy.write(folder.resolve("x.npy"), x);
        Npy.write(folder.resolve("y.npy"), HostTensor.of(Shape.of(4), new double[4]));
    }

    private int spectrum(String... given) {
        List<String> arguments = new ArrayList<>(List.of("spectrum"));
        for (String file : new String[] {"network=net.yaml", "params=p.safetensors", "inputs=x.npy", "targets=y.npy"}) {
            String[] words = file.split("=", -1);
            arguments.add("--" + words[0] + "=" + folder.resolve(words[1]));
        }
        arguments.addAll(List.of("--loss=mse", "--engine=cpu"));
        if (List.of(given).stream().noneMatch(word -> word.startsWith("--out"))) {
            arguments.add("--out=" + folder.resolve("run"));
        }
        arguments.addAll(List.of(given));
        return session.run(arguments.toArray(String[]::new));
    }

    private JsonNode json() throws IOException {
        return json("run");
    }

    private JsonNode json(String run) throws IOException {
        return new ObjectMapper()
                .readTree(folder.resolve(run).resolve("spectrum.json").toFile());
    }

    @Test
    void eigenvaluesVectorsAndDensityOfADiagonal() throws IOException {
        int code = spectrum("--top=2", "--bottom=1", "--density=4x3", "--vectors");
        assertThat(code).as(session.err()).isZero();
        JsonNode found = json();
        assertThat(found.at("/top/0/value").asDouble()).isCloseTo(8, within(1e-12));
        assertThat(found.at("/top/1/value").asDouble()).isCloseTo(2, within(1e-12));
        assertThat(found.at("/bottom/0/value").asDouble()).isCloseTo(0.125, within(1e-12));
        assertThat(found.at("/converged").asBoolean()).isTrue();
        assertThat(found.at("/density")).hasSize(3);
        double[] first = SafeTensors.read(folder.resolve("run/top-1.safetensors"))
                .tensor("0.weight")
                .toDoubles();
        assertThat(Math.abs(first[0])).isCloseTo(1, within(1e-7));
        assertThat(folder.resolve("run/density.svg")).isNotEmptyFile();
        assertThat(folder.resolve("run/density.png")).isNotEmptyFile();
        assertThat(session.out()).contains("top 1", "bottom 1", "trace ", "over 3 random vectors");
        assertThat(session.err()).contains("product 16 of at most 16");
    }

    /** Gauss-Newton is the same for a linear map; the Fisher matrix has the errors (2 c_i w_i)^2 on top. */
    @Test
    void otherMatrices() throws IOException {
        assertThat(spectrum("--matrix=ggn", "--top=1")).isZero();
        assertThat(json().at("/top/0/value").asDouble()).isCloseTo(8, within(1e-12));
        assertThat(spectrum("--matrix=fisher", "--top=4", "--out=" + folder.resolve("fisher")))
                .isZero();
        double largest = 0;
        for (int i = 0; i < 4; i++) {
            double c = 2 * VALUES[i];
            largest = Math.max(largest, 4 * c * c * (i + 1) * (i + 1) / 4);
        }
        assertThat(json("fisher").at("/top/0/value").asDouble()).isCloseTo(largest, within(1e-9));
        assertThat(json("fisher").at("/matrix").asText()).isEqualTo("fisher");
        assertThat(json("fisher").at("/seed").asLong()).isEqualTo(1);
    }

    @Test
    void whatWasNotReachedIsSaid() {
        assertThat(spectrum("--top=1", "--steps=1")).isZero();
        assertThat(session.err()).contains("The tolerance was not met in 1 steps", "--steps");
    }

    @Test
    void mistakesAreNamedAndNothingIsMade() {
        requireRefused("--matrix knows hessian, ggn, fisher, not 'hesian'. Did you mean 'hessian'?", "--matrix=hesian");
        requireRefused("Nothing is asked for", "--top=0");
        requireRefused("such as 100x10, not '100'", "--density=100");
        requireRefused("must not be negative", "--bottom=-1");
    }

    private void requireRefused(String message, String... given) {
        assertThat(spectrum(given)).isEqualTo(2);
        assertThat(session.err()).contains(message).doesNotContain("Exception");
        assertThat(folder.resolve("run")).doesNotExist();
    }

    @Test
    void moreThanThereAreIsRefusedAndTheUsualNumberIsNot() throws IOException {
        requireRefused("--top 5 and --bottom 0 are more eigenvalues than 4", "--top=5");
        requireRefused("--vectors are those of --top and --bottom", "--top=0", "--density=2x2", "--vectors");
        assertThat(spectrum()).isZero();
        assertThat(json().at("/top")).hasSize(4);
        assertThat(spectrum()).isEqualTo(2);
        assertThat(session.err()).contains("holds a spectrum.json already");
    }

    @Test
    void numbersThatAreNotFiniteAreRefused() {
        HostTensor w = HostTensor.of(Shape.of(1, 4), new double[] {1, 1e300, 3, 4});
        SafeTensors.write(folder.resolve("p.safetensors"), new SafeTensors.Contents(Map.of("0.weight", w), Map.of()));
        requireRefused("0.weight holds Infinity in F32", "--dtype=f32");
    }

    @Test
    void oneRandomVectorHasNoError() {
        assertThat(spectrum("--top=0", "--density=4x1")).isZero();
        assertThat(session.out()).contains("by one random vector").doesNotContain("NaN");
    }

    @Test
    void itStopsWhenAsked() {
        session.interruption().receive(ExitCode.INTERRUPTED);
        assertThat(spectrum("--top=1")).isEqualTo(130);
        assertThat(session.err()).contains("stopped after 0 products. Nothing was written.");
    }
}
