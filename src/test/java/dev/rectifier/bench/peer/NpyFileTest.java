package dev.rectifier.bench.peer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.zip.ZipFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** NumPy's files. */
class NpyFileTest {
    @TempDir
    private Path folder;

    private Path written(HostTensor values) throws IOException {
        Path file = folder.resolve("a.npy");
        try (OutputStream out = Files.newOutputStream(file)) {
            NpyFile.write(out, values);
        }
        return file;
    }

    @Test
    void theHeaderIsNumpys() {
        byte[] header = NpyFile.header("<f4", Shape.of(2, 3));
        assertThat(header.length % 64).isZero();
        String text = new String(header, StandardCharsets.ISO_8859_1);
        assertThat(text)
                .startsWith("\u0093NUMPY\u0001\u0000" + (char) (header.length - 10) + "\u0000{'descr': '<f4'")
                .contains("'fortran_order': False, 'shape': (2, 3, ), }")
                .endsWith("\n");
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        HostTensor values = HostTensor.zeros(DType.F32, Shape.of(3, 20_000));
        for (int i = 0; i < values.length(); i++) {
            values.set(i, Math.sin(i));
        }
        assertThat(NpyFile.read(written(values)).sameBits(values)).isTrue();
    }

    @Test
    void otherFilesAreRefused() throws IOException {
        HostTensor values = HostTensor.zeros(DType.F32, Shape.of(2, 3));
        Path file = written(values);
        byte[] bytes = Files.readAllBytes(file);
        Files.write(file, java.util.Arrays.copyOf(bytes, bytes.length - 1));
        assertThatThrownBy(() -> NpyFile.read(file)).isInstanceOf(PeerException.class);
        Files.writeString(file, "weights");
        assertThatThrownBy(() -> NpyFile.read(file)).isInstanceOf(PeerException.class);
        Path integers = written(HostTensor.of(Shape.of(2), new int[] {1, 2}));
        assertThatThrownBy(() -> NpyFile.read(integers)).hasMessageContaining("not float32");
    }

    @Test
    void extentsThatNoArrayHasAreRefused() throws IOException {
        Path file = written(HostTensor.zeros(DType.F32, Shape.of(2, 3)));
        byte[] bytes = Files.readAllBytes(file);
        String text = new String(bytes, StandardCharsets.ISO_8859_1);
        for (String extents : List.of("(99999999999999999999,", "(9999999999, 9999999999,")) {
            int at = text.indexOf("(2, 3, ), }");
            String other = text.substring(0, at) + extents + text.substring(at + extents.length());
            Files.write(file, other.replace(extents + " ", extents + ")").getBytes(StandardCharsets.ISO_8859_1));
            assertThatThrownBy(() -> NpyFile.read(file)).isInstanceOf(PeerException.class);
        }
    }

    @Test
    void anArchiveHoldsEveryArray() throws IOException {
        Path file = folder.resolve("case.npz");
        boolean[] moves = {true, false, true};
        NpzFile.write(
                file,
                Map.of("weights", HostTensor.of(Shape.of(2), new float[] {1, 2})),
                Optional.of(new NpzFile.Bits("mask", 2, moves)));
        try (ZipFile zip = new ZipFile(file.toFile());
                InputStream mask = zip.getInputStream(zip.getEntry("mask.npy"))) {
            byte[] bytes = mask.readAllBytes();
            assertThat(bytes).endsWith(1, 0, 1, 1, 0, 1);
            assertThat(zip.getEntry("weights.npy")).isNotNull();
        }
    }
}
