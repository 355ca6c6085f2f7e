package dev.rectifier.data.file;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Readers of files under a fuzzer that is led by coverage: whatever it makes up is read or refused by a
 * {@link DataFileException}. The tests of every build change good files blindly instead, see {@code Mutated}.
 */
class ReadersFuzzTest {
    @TempDir
    static Path folder = Path.of("");

    private static final Map<String, HostTensor> ARRAYS = Map.of(
            "a", HostTensor.of(Shape.of(2), new float[] {1, 2}), "b", HostTensor.of(Shape.of(), new long[] {3}));

    static Stream<byte[]> safeTensors() {
        return seed(file -> SafeTensors.write(file, new SafeTensors.Contents(ARRAYS, Map.of("format", "pt"))));
    }

    static Stream<byte[]> npy() {
        return seed(file -> Npy.write(file, ByteTensor.of(Shape.of(2), new byte[2])));
    }

    static Stream<byte[]> npz() {
        return seed(file -> Npz.write(file, ARRAYS));
    }

    static Stream<byte[]> idx() {
        return Stream.of(new byte[] {0, 0, 8, 1, 0, 0, 0, 2, 5, 6});
    }

    @MethodSource("safeTensors")
    @FuzzTest(maxDuration = "10m")
    void safeTensors(byte[] content) {
        read(content, SafeTensors::read);
    }

    @MethodSource("npy")
    @FuzzTest(maxDuration = "10m")
    void npy(byte[] content) {
        read(content, Npy::read);
    }

    @MethodSource("npz")
    @FuzzTest(maxDuration = "10m")
    void npz(byte[] content) {
        read(content, Npz::read);
    }

    @MethodSource("idx")
    @FuzzTest(maxDuration = "10m")
    void idx(byte[] content) {
        read(content, Idx::read);
    }

    @MethodSource("idx")
    @FuzzTest(maxDuration = "10m")
    void archive(byte[] content) {
        read(content, file -> Cifar.readArchive(file, Cifar.Labels.TEN, List.of("a")));
    }

    private static Stream<byte[]> seed(Consumer<Path> writer) {
        try {
            Path file = Files.createTempFile("seed", "");
            writer.accept(file);
            byte[] content = Files.readAllBytes(file);
            Files.delete(file);
            return Stream.of(content);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void read(byte[] content, Consumer<Path> reader) {
        try {
            reader.accept(Files.write(folder.resolve("fuzzed"), content));
        } catch (DataFileException refused) {
            // what a reader says of a file that is none
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
