package dev.rectifier.data.file;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Each reader against many more changed files than every build has time for. */
@Tag("slow")
class ManyChangedFilesTest {
    private static final int COUNT = 20_000;
    private static final Map<String, HostTensor> ARRAYS =
            Map.of("a", HostTensor.of(Shape.of(2), new float[] {1, 2}), "b", HostTensor.of(Shape.of(), new long[] {3}));

    @TempDir
    Path folder;

    @Test
    void safeTensors() throws IOException {
        check(file -> SafeTensors.write(file, new SafeTensors.Contents(ARRAYS, Map.of("a", "b"))), SafeTensors::read);
    }

    @Test
    void npy() throws IOException {
        check(file -> Npy.write(file, ByteTensor.of(Shape.of(2), new byte[2])), Npy::read);
    }

    @Test
    void npz() throws IOException {
        check(file -> Npz.write(file, ARRAYS), Npz::read);
    }

    private void check(Consumer<Path> writer, Consumer<Path> reader) throws IOException {
        Path good = folder.resolve("good");
        writer.accept(good);
        int refused = new Mutated(folder, reader, 1 << 20).read(Files.readAllBytes(good), 99, COUNT);
        assertThat(refused).isBetween(COUNT / 3, COUNT);
    }
}
