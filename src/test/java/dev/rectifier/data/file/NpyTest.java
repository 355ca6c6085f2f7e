package dev.rectifier.data.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** npy and npz. */
class NpyTest {
    private static final String GOOD = "{'descr': '<f4', 'fortran_order': False, 'shape': (2,), }";

    @TempDir
    Path folder;

    private static Map<String, HostTensor> examples() {
        Map<String, HostTensor> arrays = new LinkedHashMap<>();
        arrays.put("floats", HostTensor.of(Shape.of(2, 3), new float[] {1, -0f, Float.NaN, 4, 0x1p-149f, 6}));
        arrays.put("conv1.weight", HostTensor.of(Shape.of(2), new double[] {Math.PI, Double.NEGATIVE_INFINITY}));
        arrays.put("labels", HostTensor.of(Shape.of(3, 1, 1), new int[] {1, Integer.MIN_VALUE, 3}));
        arrays.put("scalar", HostTensor.of(Shape.of(), new long[] {Long.MAX_VALUE}));
        arrays.put("none", HostTensor.of(Shape.of(0, 7), new float[0]));
        return arrays;
    }

    @Test
    void whatIsWrittenIsRead() throws IOException {
        Path file = folder.resolve("a.npy");
        for (HostTensor array : examples().values()) {
            Npy.write(file, array);
            assertThat(Npy.read(file).sameBits(array)).isTrue();
            assertThat((Files.size(file) - (long) array.length() * array.dtype().bytes()) % 64)
                    .isZero();
        }
        Npy.write(file, ByteTensor.of(Shape.of(2, 2), new byte[] {0, 1, -1, -128}));
        assertThat(Npy.readBytes(file).bytes()).containsExactly(0, 1, -1, -128);
        assertThat(Npy.read(file).toDoubles()).containsExactly(0, 1, 255, 128);
    }

    /** The first 128 bytes that numpy.save writes for a (2, 3) array of float32. */
    @Test
    void headersAreThoseOfNumpy() throws IOException {
        Path file = folder.resolve("a.npy");
        Npy.write(file, HostTensor.of(Shape.of(2, 3), new float[6]));
        String text = "\u0093NUMPY\1\0v\0{'descr': '<f4', 'fortran_order': False, 'shape': (2, 3), }";
        String padded = text + " ".repeat(127 - text.length()) + "\n";
        assertThat(Arrays.copyOf(Files.readAllBytes(file), 128))
                .isEqualTo(padded.getBytes(StandardCharsets.ISO_8859_1));
    }

    @Test
    void allVersionsAreRead() throws IOException {
        for (int version = 1; version <= 3; version++) {
            byte[] content = npy(version, GOOD, new byte[] {0, 0, -128, 63, 0, 0, 0, 64});
            assertThat(Npy.read(write(content)).toDoubles()).containsExactly(1, 2);
            assertThat(Npy.read(write(ImageFilesTest.gzip(content))).toDoubles())
                    .containsExactly(1, 2);
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            quoteCharacter = '"',
            value = {
                "{'descr': '<f4', 'fortran_order': True, 'shape': (2,), } ; ascontiguousarray",
                "{'descr': '>f4', 'fortran_order': False, 'shape': (2,), } ; big-endian",
                "{'descr': '|O', 'fortran_order': False, 'shape': (2,), } ; type '|O' is not among",
                "{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (2,), } ; types with fields",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), } ; it would need 12 bytes, but only 8 follow",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), } ; goes on after its last element",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1073741824,), } ; more than one Java array",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (4294967296, 4294967296), } ; more elements than a 64-bit number can count. Write",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (99999999999999999999,), } ; at most 18 digits",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), } ; no whole number",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (1+1,), } ; a ) is missing",
                "{'descr': '<f4', 'fortran_order': False, 'shape': (2,)} x ; nothing after them",
                "{'descr': '<f4', 'fortran_order': False, } ; needs descr, fortran_order and shape",
                "{'descr': '<f4', 'fortran_order': 1, 'shape': (2,)} ; neither True nor False",
                "{'code': '<f4', 'fortran_order': False, 'shape': (2,)} ; key 'code' is unknown",
                "[2] ; a { is missing",
            })
    void lyingHeadersAreRefused(String header, String why) throws IOException {
        Path file = write(npy(1, header.strip(), new byte[8]));
        assertThatThrownBy(() -> Npy.read(file))
                .isInstanceOf(DataFileException.class)
                .hasMessageContaining(why.strip());
    }

    @Test
    void lengthsOfHeadersAreChecked() throws IOException {
        byte[] content = npy(2, GOOD, new byte[8]);
        for (int length : new int[] {-1, 1 << 16 | 1, 1 << 16}) {
            ByteBuffer.wrap(content).order(ByteOrder.LITTLE_ENDIAN).putInt(8, length);
            Path file = write(content);
            assertThatThrownBy(() -> Npy.read(file)).isInstanceOf(DataFileException.class);
        }
        assertThatThrownBy(() -> Npy.read(write(npy(4, GOOD, new byte[8])))).hasMessageContaining("version 1 to 3");
    }

    @Test
    void archivesAreReadAsWritten() throws IOException {
        Path file = folder.resolve("a.npz");
        Npz.write(file, examples());
        Map<String, HostTensor> read = Npz.read(file);
        assertThat(read).containsOnlyKeys(examples().keySet());
        read.forEach((name, array) -> assertThat(array.sameBits(examples().getOrDefault(name, array)))
                .as(name)
                .isTrue());
        assertThat(Npz.read(file, "scalar"::equals)).containsOnlyKeys("scalar");
        byte[] first = Files.readAllBytes(file);
        Npz.write(file, examples());
        assertThat(Files.readAllBytes(file)).isEqualTo(first);
        assertThatThrownBy(() -> Npz.readBytes(file, "labels")).hasMessageContaining("unsigned bytes are wanted");
        assertThatThrownBy(() -> Npz.readBytes(file, "absent")).hasMessageContaining("no array 'absent'");
        assertThatThrownBy(() -> Npz.write(file, Map.of("../up", HostTensor.of(Shape.of(), new int[1]))))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({"../up.npy", "/etc/a.npy", "a/b.npy", ".hidden.npy", "readme.txt", ".npy", "a\\b.npy"})
    void entriesHavePlainNames(String name) throws IOException {
        Path file = write(zip(name, npy(1, GOOD, new byte[8])));
        assertThatThrownBy(() -> Npz.read(file))
                .isInstanceOf(DataFileException.class)
                .hasMessageContaining("not NAME.npy with a plain name");
    }

    /** Found by the fuzzer of src/fuzz. */
    @Test
    void namesAreText() throws IOException {
        byte[] content = zip("a.npy", npy(1, GOOD, new byte[8]));
        for (int i = 0; i + 4 < content.length; i++) {
            if (content[i] == 'a' && content[i + 1] == '.' && content[i + 2] == 'n') {
                content[i] = (byte) 0xff;
            }
        }
        Path file = write(content);
        assertThatThrownBy(() -> Npz.read(file)).isInstanceOf(DataFileException.class);
    }

    /** 65 MiB of zeros in 64 KiB. */
    @Test
    void bombsAreRefused() throws IOException {
        String header = "{'descr': '|u1', 'fortran_order': False, 'shape': (68157440,), }";
        Path file = write(zip("a.npy", npy(1, header, new byte[68157440])));
        assertThatThrownBy(() -> Npz.read(file))
                .isInstanceOf(DataFileException.class)
                .hasMessageContaining("more than it may unpack to");
    }

    @Test
    void sumsAreChecked() throws IOException {
        byte[] array = npy(1, GOOD, new byte[8]);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            ZipEntry entry = new ZipEntry("a.npy");
            entry.setMethod(ZipEntry.STORED);
            entry.setSize(array.length);
            CRC32 sum = new CRC32();
            sum.update(array);
            entry.setCrc(sum.getValue());
            zip.putNextEntry(entry);
            zip.write(array);
        }
        byte[] content = bytes.toByteArray();
        assertThat(Npz.read(write(content))).containsOnlyKeys("a");
        content[30 + "a.npy".length() + array.length - 1] ^= 1;
        assertThatThrownBy(() -> Npz.read(write(content))).hasMessageContaining("its sum is not");
    }

    @Test
    void changedFilesAreReadOrRefused() throws IOException {
        byte[] npy = npy(1, GOOD, new byte[8]);
        Mutated asNpy = new Mutated(folder, Npy::read, 1 << 20);
        assertThat(asNpy.readBeginnings(npy)).isEqualTo(npy.length);
        assertThat(asNpy.read(npy, 1, 400)).isGreaterThan(200);
        Path file = folder.resolve("a.npz");
        Npz.write(file, examples());
        Mutated asNpz = new Mutated(folder, Npz::read, 1 << 20);
        byte[] npz = Files.readAllBytes(file);
        assertThat(asNpz.readBeginnings(npz)).isEqualTo(npz.length);
        assertThat(asNpz.read(npz, 2, 300)).isGreaterThan(150);
    }

    private Path write(byte[] content) throws IOException {
        return Files.write(folder.resolve("file"), content);
    }

    private static byte[] zip(String name, byte[] content) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.putNextEntry(new ZipEntry(name));
            zip.write(content);
        }
        return bytes.toByteArray();
    }

    private static byte[] npy(int version, String header, byte[] data) {
        byte[] text = header.getBytes(StandardCharsets.US_ASCII);
        int width = version == 1 ? 2 : 4;
        ByteBuffer out =
                ByteBuffer.allocate(8 + width + text.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        out.put(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', (byte) version, 0});
        if (width == 2) {
            out.putShort((short) text.length);
        } else {
            out.putInt(text.length);
        }
        return out.put(text).put(data).array();
    }
}
