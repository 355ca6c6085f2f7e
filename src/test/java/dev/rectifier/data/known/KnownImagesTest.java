package dev.rectifier.data.known;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.data.RealData;
import dev.rectifier.data.file.DataFileException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KnownImagesTest {
    @TempDir
    Path data;

    @Test
    void sumsAreSumsAndAddressesAreSafe() {
        for (KnownSet set : KnownSet.values()) {
            assertThat(KnownSet.named(set.word())).isEqualTo(set);
            assertThat(set.files()).isNotEmpty().allSatisfy(file -> {
                assertThat(file.sha256()).matches("[0-9a-f]{64}");
                assertThat(file.source().map(s -> s.getScheme()).orElse("https"))
                        .isEqualTo("https");
            });
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> KnownSet.named("imagenet"))
                .withMessageContaining("known are mnist, cifar-10, cifar-100, mnist-10k, cifar10-subset");
    }

    /** A small twin of CIFAR-10's archive: two images a file, the files out of order, other files and folders between. */
    @Test
    void archivesAreReadInPassing() throws IOException {
        ByteArrayOutputStream tar = new ByteArrayOutputStream();
        add(tar, "cifar-10-batches-bin/", '5', new byte[0]);
        add(tar, "cifar-10-batches-bin/test_batch.bin", '0', images(9));
        add(tar, "cifar-10-batches-bin/readme.html", '0', new byte[700]);
        for (int batch = 5; batch >= 1; batch--) {
            add(tar, "cifar-10-batches-bin/data_batch_" + batch + ".bin", '0', images(batch));
        }
        tar.write(new byte[1024]);
        Path archive = Files.createDirectories(data.resolve("cifar-10")).resolve("cifar-10-binary.tar.gz");
        write(archive, tar.toByteArray());
        ImageParts parts = KnownImages.open(data, KnownSet.CIFAR_10);
        assertThat(parts.train().labels().ints()).containsExactly(1, 0, 2, 0, 3, 0, 4, 0, 5, 0);
        assertThat(parts.test().labels().ints()).containsExactly(9, 0);
        byte[] image = new byte[3072];
        parts.train().read(6, image);
        assertThat(image).containsOnly(4);
        byte[] wrong = tar.toByteArray();
        wrong[3]++;
        write(archive, wrong);
        assertThatThrownBy(() -> KnownImages.open(data, KnownSet.CIFAR_10)).hasMessageContaining("sum of a header");
        write(archive, Arrays.copyOf(tar.toByteArray(), 20_000));
        assertThatThrownBy(() -> KnownImages.open(data, KnownSet.CIFAR_10)).isInstanceOf(DataFileException.class);
        write(archive, new byte[1024]);
        assertThatThrownBy(() -> KnownImages.open(data, KnownSet.CIFAR_10))
                .hasMessageContaining("no file 'data_batch_1");
    }

    private static byte[] images(int label) {
        byte[] two = new byte[2 * 3073];
        Arrays.fill(two, 0, 3073, (byte) label);
        return two;
    }

    private static void write(Path file, byte[] tar) throws IOException {
        try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
            out.write(tar);
        }
    }

    private static void add(ByteArrayOutputStream tar, String name, char type, byte[] content) throws IOException {
        byte[] header = new byte[512];
        put(header, 0, name);
        put(header, 124, String.format(Locale.ROOT, "%011o", content.length));
        header[156] = (byte) type;
        put(header, 148, "        ");
        int sum = 0;
        for (byte b : header) {
            sum += b & 255;
        }
        put(header, 148, String.format(Locale.ROOT, "%06o\0 ", sum));
        tar.write(header);
        tar.write(content);
        tar.write(new byte[(512 - content.length % 512) % 512]);
    }

    private static void put(byte[] header, int at, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(bytes, 0, header, at, bytes.length);
    }

    @Test
    void absentSetsAreNamedWithTheCure() {
        assertThat(KnownImages.isIn(data, KnownSet.MNIST)).isFalse();
        assertThatThrownBy(() -> KnownImages.open(data, KnownSet.MNIST))
                .isInstanceOf(DataFileException.class)
                .hasMessageContaining("data fetch mnist --data");
    }

    @Test
    void realSetsOpen() {
        Path real = RealData.folder("");
        ImageParts digits = KnownImages.open(real, KnownSet.MNIST_10K);
        assertThat(digits.train().examples()).isEqualTo(8000);
        assertThat(digits.test().examples()).isEqualTo(2000);
        ImageParts photographs = KnownImages.open(real, KnownSet.CIFAR10_SUBSET);
        assertThat(photographs.train().examples()).isEqualTo(2500);
        assertThat(photographs.test().examples()).isEqualTo(500);
        for (KnownSet set : new KnownSet[] {KnownSet.MNIST_10K, KnownSet.CIFAR10_SUBSET}) {
            assertThat(set.files())
                    .allMatch(file -> file.isAt(real.resolve(set.word()).resolve(file.name())));
        }
    }
}
