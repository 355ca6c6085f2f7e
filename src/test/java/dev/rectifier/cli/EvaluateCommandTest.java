package dev.rectifier.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.within;

import dev.rectifier.data.file.Npy;
import dev.rectifier.data.file.Npz;
import dev.rectifier.data.file.SafeTensors;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** f(x) = 2 x_0 - x_1 + 3 on two examples: all answers are known by heart. */
class EvaluateCommandTest {
    @TempDir
    Path folder;

    private final CommandLineSession session = new CommandLineSession();

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("net.yaml"), "input: [2]\nlayers: [dense: {units: 1}]\n");
        save("p", Map.of("0.weight", matrix(1, 2, 2, -1), "0.bias", vector(3)));
        save("v", Map.of("0.weight", matrix(1, 2, 1, 0), "0.bias", vector(1)));
        Npy.write(folder.resolve("x.npy"), matrix(2, 2, 1, 1, 0, 2));
        Npy.write(folder.resolve("y.npy"), vector(2, 3));
    }

    private static HostTensor vector(double... values) {
        return HostTensor.of(Shape.of(values.length), values);
    }

    private static HostTensor matrix(int rows, int columns, double... values) {
        return HostTensor.of(Shape.of(rows, columns), values);
    }

    private void save(String name, Map<String, HostTensor> tensors) {
        SafeTensors.write(folder.resolve(name + ".safetensors"), new SafeTensors.Contents(tensors, Map.of()));
    }

    private String at(String file) {
        return folder.resolve(file).toString();
    }

    /** With the files of {@link #write} for all options that are not given. */
    private int evaluate(String... given) {
        Map<String, String> options = new LinkedHashMap<>();
        options.put("--network", at("net.yaml"));
        options.put("--params", at("p.safetensors"));
        options.put("--inputs", at("x.npy"));
        options.put("--targets", at("y.npy"));
        options.put("--loss", "mse");
        options.put("--engine", "cpu");
        options.put("--out", at("out.safetensors"));
        for (String option : given) {
            int equals = option.indexOf('=');
            options.put(option.substring(0, equals), option.substring(equals + 1));
        }
        List<String> arguments = new ArrayList<>(List.of("evaluate"));
        options.forEach((name, value) -> arguments.add(name + "=" + value));
        return session.run(arguments.toArray(String[]::new));
    }

    private double[] result(String name) {
        HostTensor tensor = SafeTensors.read(folder.resolve("out.safetensors")).tensor(name);
        return tensor.toDoubles();
    }

    /** Outputs 4 and 1, errors 2 and -2; the loss is their mean square. */
    @Test
    void aLineThroughTwoPoints() {
        int code = evaluate("--compute=loss,outputs,gradient,hvp,ggn,fisher", "--vector=" + at("v.safetensors"));
        assertThat(code).as(session.err()).isZero();
        assertThat(result("loss")).containsExactly(4);
        assertThat(result("outputs")).containsExactly(4, 1);
        assertThat(result("gradient.0.weight")).containsExactly(2, -2);
        assertThat(result("gradient.0.bias")).containsExactly(0);
        assertThat(result("hvp.0.weight")).containsExactly(2, 4); // J v = (2, 1)
        assertThat(result("hvp.0.bias")).containsExactly(3);
        assertThat(result("ggn.0.weight")).containsExactly(2, 4);
        assertThat(result("fisher.0.bias")[0]).isCloseTo(0.5 * (4 * 8 - 4 * -4), within(1e-12));
        assertThat(session.out()).contains("loss       4.000000000", "|gradient|");
    }

    @Test
    void theBitsOfPiecesAreThoseOfTheWholeForSumsOfTwo() {
        assertThat(evaluate("--piece=1", "--dtype=f32")).isZero();
        assertThat(result("gradient.0.weight")).containsExactly(2, -2);
        assertThat(SafeTensors.read(folder.resolve("out.safetensors"))
                        .tensor("loss")
                        .toString())
                .contains("F32");
    }

    @Test
    void arraysOutOfAnArchive() {
        Npz.write(folder.resolve("set.npz"), Map.of("y", vector(2, 3), "z", vector(0)));
        assertThat(evaluate("--targets=" + at("set.npz") + ":y")).isZero();
        assertThat(evaluate("--targets=" + at("set.npz"))).isEqualTo(2);
        assertThat(session.err()).contains("the file holds several arrays", "Name one: set.npz:NAME.");
        assertThat(evaluate("--targets=" + at("set.npz") + ":w")).isEqualTo(2);
        assertThat(session.err()).contains("holds no array 'w'");
    }

    @Test
    void classesAreCheckedOnTheHost() {
        Npy.write(folder.resolve("y.npy"), HostTensor.of(Shape.of(2), new long[] {0, 1}));
        assertThat(evaluate("--loss=cross-entropy")).isEqualTo(2);
        assertThat(session.err()).contains("element 1 is 1, but the network has the classes 0 to 0.");
        Npy.write(folder.resolve("y.npy"), vector(0, 0));
        assertThat(evaluate("--loss=cross-entropy")).isEqualTo(2);
        assertThat(session.err())
                .contains("cross-entropy takes a class for each of the 2 examples: save integers [2].");
    }

    private void requireRefused(String message, String... arguments) {
        assertThat(evaluate(arguments)).isEqualTo(2);
        assertThat(session.err()).contains(message).doesNotContain("Exception");
        assertThat(folder.resolve("out.safetensors")).doesNotExist();
    }

    @Test
    void everyMistakeIsNamedAndNothingWritten() throws IOException {
        requireRefused(
                "--compute knows loss, outputs, gradient, hvp, ggn, fisher, not 'hpv'. Did you mean 'hvp'?",
                "--compute=hpv");
        requireRefused("--compute hvp needs a vector", "--compute=hvp");
        requireRefused("the losses are cross-entropy, hinge, logistic, mse, not 'l2'", "--loss=l2");
        requireRefused("the types are f32 and f64, not 'f16'", "--dtype=f16");
        requireRefused("there is no such file", "--targets=" + at("none.npy"));
        requireRefused("only .npy, .npz and .safetensors", "--targets=" + at("y.csv"));
        requireRefused("element 0 is 2.0, but the logistic loss takes -1 and 1", "--loss=logistic");
        save("w", Map.of("0.weight", matrix(1, 2, 1, 0)));
        requireRefused("as a vector: ", "--compute=hvp", "--vector=" + at("w.safetensors"));
        Npy.write(folder.resolve("x.npy"), matrix(2, 3, 1, 1, 0, 2, 0, 0));
        requireRefused("the array has the shape [2, 3], but the network takes [2]");
        Npy.write(folder.resolve("x.npy"), matrix(2, 2, 1, Double.NaN, 0, 2));
        requireRefused("element 1 is NaN");
        save("p", Map.of("0.weight", matrix(1, 3, 2, -1, 0), "0.bias", vector(3)));
        requireRefused("p.safetensors: These tensors are not those of this network");
        Files.writeString(folder.resolve("net.yaml"), "input: [2]\nlayers: [dens: {units: 1}]\n");
        requireRefused("net.yaml:2:10: there is no layer 'dens'. Did you mean 'dense'?");
    }

    @Test
    void noResultIsWrittenWhereThereIsNoFolder() {
        assertThat(evaluate("--out=" + at("no/out.safetensors"))).isEqualTo(2);
        assertThat(session.err()).contains("Cannot write");
    }
}
