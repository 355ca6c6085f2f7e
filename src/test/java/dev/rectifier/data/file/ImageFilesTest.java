package dev.rectifier.data.file;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.data.RealData;
import dev.rectifier.tensor.Shape;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** IDX and CIFAR binary, plain and gzip. */
class ImageFilesTest {
    private static final int RECORD = 1 + 3072;

    @TempDir
    Path folder;

    @Test
    void idxIsReadPlainAndPacked() throws IOException {
        byte[] plain = hex("00000803 00000002 00000001 00000003 00 01 7f 80 fe ff");
        for (byte[] content : new byte[][] {plain, gzip(plain)}) {
            Path file = write(content);
            ByteTensor read = Idx.readBytes(file);
            assertThat(read.shape()).isEqualTo(Shape.of(2, 1, 3));
            assertThat(read.bytes()).containsExactly(0, 1, 127, -128, -2, -1);
            assertThat(Idx.read(file).toDoubles()).containsExactly(0, 1, 127, 128, 254, 255);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "00000901 00000002 ff 01, -1 1",
        "00000b01 00000002 ff00 0001, -256 1",
        "00000c01 00000002 ffffff00 00000001, -256 1",
        "00000d01 00000002 3f800000 c0000000, 1 -2",
        "00000e01 00000002 3ff0000000000000 c000000000000000, 1 -2",
        "00000d00 40490fdb, 0x1.921fb6p1"
    })
    void idxNumbersAreBigEndian(String content, String values) throws IOException {
        double[] expected = Arrays.stream(values.split(" "))
                .mapToDouble(Double::parseDouble)
                .toArray();
        assertThat(Idx.read(write(hex(content))).toDoubles()).isEqualTo(expected);
    }

    @ParameterizedTest
    @CsvSource({
        "000008, for the type and the number of axes it would need 4 bytes",
        "00010803 00000001, does not begin with two zeros",
        "000008ff 00000001, does not begin with two zeros",
        "00000a01 00000001 00, no element type 10",
        "00000801 00000002 00, it would need 2 bytes",
        "00000801 00000001 00 00, byte 9: it goes on after its last element",
        "00000801 ffffffff 00, Negative extent",
        "00000803 7fffffff 7fffffff 7fffffff 00, cannot be",
        "00000802 7fffffff 7fffffff 00, more than one Java array holds",
        "00000801 7ffffff7 00, but only 1 follow",
        "00000d01 00000001 3f800000, where unsigned bytes are wanted"
    })
    void lyingIdxHeadersAreRefused(String content, String why) throws IOException {
        Path file = write(hex(content));
        assertThatThrownBy(() -> Idx.readBytes(file))
                .isInstanceOf(DataFileException.class)
                .hasMessageContaining(file.toString())
                .hasMessageContaining(why);
    }

    /** A gigabyte of zeros in a megabyte: 65 MiB of it are announced, 64 may come. */
    @Test
    void bombsAreRefusedBeforeTheyUnpack() throws IOException {
        byte[] zeros = new byte[1 << 20];
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(hex("00000801 04100000"));
            for (int i = 0; i < 65; i++) {
                out.write(zeros);
            }
        }
        Path file = write(packed.toByteArray());
        assertThatThrownBy(() -> Idx.readBytes(file))
                .isInstanceOf(DataFileException.class)
                .hasMessageContaining("more than it may unpack to (67108856)");
        assertThatThrownBy(() -> Cifar.read(file, Cifar.Labels.TEN))
                .isInstanceOf(DataFileException.class)
                .hasMessageContaining("goes on");
    }

    @Test
    void cifarIsReadPlainAndPacked() throws IOException {
        byte[] plain = new byte[3 * RECORD];
        for (int i = 0; i < plain.length; i++) {
            plain[i] = (byte) i;
        }
        plain[0] = 9;
        plain[RECORD] = 0;
        plain[2 * RECORD] = 5;
        for (byte[] content : new byte[][] {plain, gzip(plain)}) {
            LabelledBytes read = Cifar.read(write(content), Cifar.Labels.TEN);
            assertThat(read.labels().ints()).containsExactly(9, 0, 5);
            assertThat(read.images().shape()).isEqualTo(Shape.of(3, 3, 32, 32));
            assertThat(Arrays.copyOfRange(read.images().bytes(), 3072, 6144))
                    .isEqualTo(Arrays.copyOfRange(plain, RECORD + 1, 2 * RECORD));
        }
    }

    @Test
    void cifarHundredHasTwoLabels() throws IOException {
        byte[] plain = new byte[2 * (RECORD + 1)];
        plain[0] = 19;
        plain[1] = 99;
        plain[RECORD + 1] = 3;
        plain[RECORD + 2] = 7;
        Path file = write(plain);
        assertThat(Cifar.read(file, Cifar.Labels.FINE).labels().ints()).containsExactly(99, 7);
        assertThat(Cifar.read(file, Cifar.Labels.COARSE).labels().ints()).containsExactly(19, 3);
    }

    @Test
    void wrongCifarFilesAreRefused() throws IOException {
        byte[] wrong = new byte[2 * RECORD];
        wrong[RECORD] = 10;
        assertThatThrownBy(() -> Cifar.read(write(wrong), Cifar.Labels.TEN))
                .hasMessageContaining("byte 3073: an image's label is 10, not below 10");
        assertThatThrownBy(() -> Cifar.read(write(new byte[RECORD - 1]), Cifar.Labels.TEN))
                .hasMessageContaining("not a multiple of 3073");
        assertThatThrownBy(() -> Cifar.read(write(new byte[0]), Cifar.Labels.TEN))
                .hasMessageContaining("it has 0 bytes");
        assertThatThrownBy(() -> Cifar.read(write(new byte[RECORD]), Cifar.Labels.FINE))
                .hasMessageContaining("not a multiple of 3074");
    }

    /** Of a file of 3 GB, which is all hole, nothing is read: neither as many images as it may hold, nor as many as it may not. */
    @Test
    void filesLargerThanAnArrayAreRefusedUnread() throws IOException {
        Path file = folder.resolve("large");
        for (long length : new long[] {1_000_000L * RECORD, 3L << 30}) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
                channel.write(ByteBuffer.wrap(new byte[] {0}), length - 1);
            }
            assertThatThrownBy(() -> Cifar.read(file, Cifar.Labels.TEN))
                    .isInstanceOf(DataFileException.class)
                    .hasMessageContaining(length % RECORD == 0 ? "more than one Java array holds" : "not a multiple");
        }
    }

    @Test
    void changedFilesAreReadOrRefused() throws IOException {
        byte[] idx = hex("00000803 00000002 00000002 00000003 000102030405060708090a0b");
        Mutated asIdx = new Mutated(folder, Idx::readBytes, 1 << 20);
        assertThat(asIdx.readBeginnings(idx)).isEqualTo(idx.length);
        assertThat(asIdx.readBeginnings(gzip(idx))).isEqualTo(gzip(idx).length);
        assertThat(asIdx.read(idx, 1, 300)).isGreaterThan(150);
        assertThat(asIdx.read(gzip(idx), 2, 300)).isGreaterThan(150);
        byte[] cifar = gzip(new byte[RECORD]);
        assertThat(new Mutated(folder, file -> Cifar.read(file, Cifar.Labels.TEN), 1 << 20).read(cifar, 3, 200))
                .isGreaterThan(100);
    }

    @Test
    void realFilesAreRead() {
        Path mnist = RealData.folder("mnist-10k");
        assertThat(Idx.readBytes(mnist.resolve("t10k-images-idx3-ubyte.gz")).shape())
                .isEqualTo(Shape.of(10_000, 28, 28));
        assertThat(Idx.read(mnist.resolve("t10k-labels-idx1-ubyte.gz")).ints()).startsWith(7, 2, 1, 0, 4);
        Path cifar = RealData.folder("cifar10-subset").resolve("test_batch.bin.gz");
        int[] perClass = new int[10];
        for (int label : Cifar.read(cifar, Cifar.Labels.TEN).labels().ints()) {
            perClass[label]++;
        }
        assertThat(perClass).containsOnly(50);
    }

    private Path write(byte[] content) throws IOException {
        return Files.write(folder.resolve("file"), content);
    }

    private static byte[] hex(String text) {
        return HexFormat.of().parseHex(text.replace(" ", ""));
    }

    static byte[] gzip(byte[] content) throws IOException {
        ByteArrayOutputStream packed = new ByteArrayOutputStream();
        try (OutputStream out = new GZIPOutputStream(packed)) {
            out.write(content);
        }
        return packed.toByteArray();
    }
}
