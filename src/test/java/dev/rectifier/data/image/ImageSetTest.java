package dev.rectifier.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rectifier.data.RealData;
import dev.rectifier.data.file.ByteTensor;
import dev.rectifier.data.file.Cifar;
import dev.rectifier.data.file.Idx;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.assertj.core.data.Percentage;
import org.junit.jupiter.api.Test;

class ImageSetTest {
    private static final SeedTree SEED = SeedTree.root(4);

    /** Twelve images of 2 channels, 1 x 3 pixels, numbered through; classes 0, 1, 2, 0, 1, 2 ... */
    private static ImageSet numbered() {
        byte[] pixels = new byte[12 * 6];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (3 * i);
        }
        int[] labels = IntStream.range(0, 12).map(i -> i % 3).toArray();
        return ImageSet.of(ByteTensor.of(Shape.of(12, 2, 1, 3), pixels), HostTensor.of(Shape.of(12), labels), 3);
    }

    private static int firstPixel(ImageSet set, int example) {
        byte[] image = new byte[set.shape().inputs()];
        set.read(example, image);
        return image[0] & 255;
    }

    @Test
    void partsKeepPixelsAndLabelsTogether() {
        ImageSet part = numbered().from(4).chosen(7, 0, 3);
        assertThat(IntStream.range(0, 3).map(i -> firstPixel(part, i))).containsExactly(11 * 18, 4 * 18, 7 * 18);
        assertThat(part.labels().ints()).containsExactly(2, 1, 1);
        assertThat(numbered().first(5).examples()).isEqualTo(5);
        assertThatIllegalArgumentException().isThrownBy(() -> numbered().first(0));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> numbered().relabelled(HostTensor.of(Shape.of(1), new int[] {1})));
        assertThatIllegalArgumentException()
                .isThrownBy(() -> numbered()
                        .relabelled(HostTensor.of(Shape.of(12), new int[] {3, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0})))
                .withMessageContaining("outside 0 to 2");
    }

    @Test
    void drawsAreFunctionsOfTheSeed() {
        ImageSet drawn = numbered().drawn(5, SEED);
        assertThat(drawn.digest()).isEqualTo(numbered().drawn(5, SEED).digest());
        assertThat(drawn.digest())
                .isNotEqualTo(numbered().drawn(5, SEED.child(1)).digest());
        assertThat(IntStream.range(0, 5).map(i -> firstPixel(drawn, i)).distinct())
                .hasSize(5)
                .isSorted();
        ImageSet balanced = numbered().drawnPerClass(2, SEED);
        assertThat(Arrays.stream(balanced.labels().ints()).sorted()).containsExactly(0, 0, 1, 1, 2, 2);
        assertThatIllegalArgumentException().isThrownBy(() -> numbered().drawnPerClass(5, SEED));
    }

    /** Every image is drawn about equally often: the count of each is binomial (400, 1/4), kept within 5 deviations. */
    @Test
    void drawsAreUniform() {
        int[] drawn = new int[12];
        for (int seed = 0; seed < 400; seed++) {
            ImageSet part = numbered().drawn(3, SEED.child(seed));
            IntStream.range(0, 3).forEach(i -> drawn[firstPixel(part, i) / 18]++);
        }
        double deviation = Math.sqrt(400 * 0.25 * 0.75);
        assertThat(Arrays.stream(drawn)).allMatch(n -> Math.abs(n - 100) < 5 * deviation);
    }

    @Test
    void measuredScalesGiveMeanZeroAndDeviationOne() {
        ImageSet set = numbered();
        double[] x = set.numbers(DType.F64, ChannelScale.measured(set)).doubles();
        for (int c = 0; c < 2; c++) {
            int channel = c;
            double[] values = IntStream.range(0, x.length)
                    .filter(i -> i / 3 % 2 == channel)
                    .mapToDouble(i -> x[i])
                    .toArray();
            // 36 values of size below 2, each some ulps off
            assertThat(Arrays.stream(values).sum()).isBetween(-36 * 0x1p-49, 36 * 0x1p-49);
            assertThat(Arrays.stream(values).map(v -> v * v).sum() / 36).isBetween(1 - 0x1p-46, 1 + 0x1p-46);
        }
    }

    /** 77 of the 255 levels, whose squares round in fp64 where there are enough of them: no contrast, so 0 everywhere. */
    @Test
    void aConstantChannelBecomesZero() {
        for (int level : new int[] {0, 1, 77, 254, 255}) {
            int examples = 1009;
            byte[] pixels = new byte[examples * 3 * 7 * 7];
            Arrays.fill(pixels, (byte) level);
            pixels[0] = (byte) (level ^ 1); // the first channel has one other pixel
            ImageSet set = ImageSet.of(
                    ByteTensor.of(Shape.of(examples, 3, 7, 7), pixels),
                    HostTensor.of(Shape.of(examples), new int[examples]),
                    1);
            ChannelScale scale = ChannelScale.measured(set);
            assertThat(scale.deviation().subList(1, 3)).containsExactly(1.0, 1.0);
            double[] x = set.numbers(DType.F64, scale).doubles();
            assertThat(Arrays.stream(x, 49, 147)).containsOnly(0.0);
            double count = examples * 49.0;
            double deviation = Math.sqrt((count - 1) / (count * count)) / 255;
            assertThat(scale.deviation().get(0)).isCloseTo(deviation, Percentage.withPercentage(1e-12));
        }
    }

    @Test
    void numbersAreRoundedOnce() {
        ChannelScale scale = new ChannelScale(List.of(0.25, 0.5), List.of(0.125, 3.0));
        float[] x = numbered().numbers(DType.F32, scale).floats();
        assertThat(x[7]).isEqualTo((float) ((21 / 255.0 - 0.25) / 0.125));
        assertThat(x[11]).isEqualTo((float) ((33 / 255.0 - 0.5) / 3.0));
        assertThat(numbered().numbers(DType.F64, ChannelScale.unit(2)).doubles()[2])
                .isEqualTo(6 / 255.0);
        assertThatIllegalArgumentException().isThrownBy(() -> numbered().numbers(DType.F32, ChannelScale.unit(3)));
        assertThatIllegalArgumentException().isThrownBy(() -> new ChannelScale(List.of(0.0), List.of(0.0)));
    }

    /** Wrong labels are wrong, as many as asked for within 5 deviations, and belong to (replica, place) alone. */
    @Test
    void noiseIsAFunctionOfReplicaAndPlace() {
        ImageSet set = SyntheticImages.of(SEED, new ImageShape(1, 12, 12), 2000);
        Streams streams = Streams.range(SEED.child("noise"), 0, 3);
        int[] noisy = new LabelNoise(0.2).labels(set, streams).ints();
        for (int r = 0; r < 3; r++) {
            int first = r * 2000;
            long wrong = IntStream.range(0, 2000)
                    .filter(i -> noisy[first + i] != set.label(i))
                    .count();
            double deviation = Math.sqrt(2000 * 0.2 * 0.8);
            assertThat((double) wrong).isBetween(400 - 5 * deviation, 400 + 5 * deviation);
        }
        int[] others = new int[10];
        IntStream.range(0, 6000).forEach(i -> others[Math.floorMod(noisy[i] - set.label(i % 2000), 10)]++);
        double each = 6000 * 0.2 / 9;
        assertThat(Arrays.stream(others, 1, 10)).allMatch(n -> Math.abs(n - each) < 5 * Math.sqrt(each));
        int[] part = new LabelNoise(0.2).labels(set.first(70), streams.only(2)).ints();
        assertThat(part).isEqualTo(Arrays.copyOfRange(noisy, 4000, 4070));
        assertThat(new LabelNoise(0.2).applied(set, streams.node()).labels().ints())
                .isEqualTo(Arrays.copyOf(noisy, 2000));
        assertThat(new LabelNoise(0).applied(set, streams.node()).labels().ints())
                .isEqualTo(set.labels().ints());
        int[] all = new LabelNoise(1).applied(set, streams.node()).labels().ints();
        assertThat(IntStream.range(0, 2000)).noneMatch(i -> all[i] == set.label(i));
    }

    @Test
    void realSetsMakeImages() {
        Path mnist = RealData.folder("mnist-10k");
        ImageSet digits = ImageSet.of(
                Idx.readBytes(mnist.resolve("t10k-images-idx3-ubyte.gz")),
                Idx.read(mnist.resolve("t10k-labels-idx1-ubyte.gz")),
                10);
        assertThat(digits.first(8000).examples()).isEqualTo(8000);
        assertThat(digits.from(8000).examples()).isEqualTo(2000);
        // the mean and deviation of MNIST that everybody uses are 0.1307 and 0.3081, of the training set
        ChannelScale scale = ChannelScale.measured(digits);
        assertThat(scale.mean().get(0)).isBetween(0.130, 0.135);
        assertThat(scale.deviation().get(0)).isBetween(0.305, 0.315);
        Path cifar = RealData.folder("cifar10-subset").resolve("data_batch_1.bin.gz");
        assertThat(ImageSet.of(Cifar.read(cifar, Cifar.Labels.TEN), 10)
                        .drawnPerClass(250, SEED)
                        .examples())
                .isEqualTo(2500);
    }
}
