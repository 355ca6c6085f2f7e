package dev.rectifier.data.image;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.data.Batch;
import dev.rectifier.data.BatchPlan;
import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.Minibatches;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamedBatches;
import dev.rectifier.data.file.ByteRecords;
import dev.rectifier.data.file.ByteTensor;
import dev.rectifier.data.file.DataFileException;
import dev.rectifier.data.file.Npy;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.DraftEngine;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class StreamedBatchesTest {
    private static final SeedTree SEED = SeedTree.root(21);
    private static final ImageShape SHAPE = new ImageShape(2, 12, 13);
    private static final ImageSet SET = SyntheticImages.of(SEED, SHAPE, 22);
    private static final ChannelScale SCALE = ChannelScale.measured(SET);

    @SuppressWarnings("NullAway.Init")
    private static Engine engine;

    @SuppressWarnings("NullAway.Init")
    private static Arena arena;

    @TempDir
    Path folder;

    @BeforeAll
    static void open() {
        engine = Engines.open("cpu", EngineOptions.defaults().withThreads(1)).engine();
        arena = engine.openArena("test");
    }

    @AfterAll
    static void close() {
        arena.close();
        engine.close();
    }

    private static Streams orders(int first, int count) {
        return Streams.range(SEED.child("order"), first, count);
    }

    private static StreamedBatches streamed(Augmentation augmentation, BatchPlan plan, Streams order, Sharing sharing) {
        return new StreamedBatches(arena, new ImageExamples(SET, DType.F32, SCALE, augmentation), plan, order, sharing);
    }

    /** Steps out of order and twice, batches of both sizes, against the set on the device. */
    @ParameterizedTest
    @EnumSource(Sharing.class)
    void batchesAreThoseOfTheSetOnTheDevice(Sharing sharing) {
        for (BatchPlan plan : new BatchPlan[] {BatchPlan.shuffled(22, 5), BatchPlan.withReplacement(22, 7)}) {
            FiniteSet set = SET.onDevice(arena, DType.F32, SCALE, 3);
            Minibatches resident = new Minibatches(engine, arena, set, plan, orders(4, 3), sharing);
            try (StreamedBatches source = streamed(Augmentation.NONE, plan, orders(4, 3), sharing)) {
                for (long step : new long[] {0, 1, 2, 3, 4, 5, 9, 9, 3, 4, 14}) {
                    assertSame(source.batch(step), resident.batch(step));
                }
                assertThat(source.batch(0)).isSameAs(source.batch(1));
                assertThat(source.alike(2, 100)).isEqualTo(resident.alike(2, 100));
                assertThat(source.describe()).containsKeys("data.set", "data.source", "data.order");
            }
        }
    }

    private static void assertSame(Batch streamed, Batch resident) {
        assertThat(streamed.x().isShared()).isEqualTo(resident.x().isShared());
        assertThat(streamed.x().download().sameBits(resident.x().download())).isTrue();
        HostTensor labels = streamed.targets().orElseThrow().download();
        assertThat(labels.ints())
                .isEqualTo(resident.targets().orElseThrow().download().ints());
    }

    /** Replica 5 alone, replica 5 among others, step 7 first or last: the same crops, which are no plain images. */
    @Test
    void cropsBelongToReplicaAndStep() {
        BatchPlan plan = BatchPlan.shuffled(22, 8);
        int block = 8 * SHAPE.inputs();
        try (StreamedBatches many = streamed(Augmentation.CROP_AND_FLIP, plan, orders(4, 3), Sharing.PER_REPLICA);
                StreamedBatches alone = streamed(Augmentation.CROP_AND_FLIP, plan, orders(5, 1), Sharing.PER_REPLICA);
                StreamedBatches plain = streamed(Augmentation.NONE, plan, orders(5, 1), Sharing.PER_REPLICA)) {
            float[] late = alone.batch(7).x().download().floats();
            many.batch(0);
            float[] among = many.batch(7).x().download().floats();
            assertThat(Arrays.copyOfRange(among, block, 2 * block)).isEqualTo(late);
            assertThat(plain.batch(7).x().download().floats()).isNotEqualTo(late);
            assertThat(alone.batch(10).x().download().floats()).isNotEqualTo(late);
        }
    }

    @Test
    void replicasMayHaveLabelsOfTheirOwn() {
        HostTensor noisy = new LabelNoise(0.5).labels(SET, orders(0, 2));
        ImageExamples examples = new ImageExamples(SET, DType.F64, SCALE, Augmentation.NONE).withLabels(noisy);
        BatchPlan plan = new BatchPlan(22, 5, BatchPlan.Order.SEQUENTIAL);
        try (StreamedBatches source = new StreamedBatches(arena, examples, plan, orders(0, 2), Sharing.SHARED)) {
            Batch batch = source.batch(1);
            int[] shown = batch.targets().orElseThrow().download().ints();
            assertThat(batch.x().isShared()).isTrue();
            assertThat(Arrays.copyOf(shown, 5)).isEqualTo(Arrays.copyOfRange(noisy.ints(), 5, 10));
            assertThat(Arrays.copyOfRange(shown, 5, 10)).isEqualTo(Arrays.copyOfRange(noisy.ints(), 27, 32));
        }
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new StreamedBatches(arena, examples, plan, orders(0, 3), Sharing.SHARED));
    }

    /** A set in a file gives the same batches; when the file is cut off meanwhile, the training thread is told. */
    @Test
    void filesAreStreamedAndTheirErrorsSurface() throws IOException {
        Path file = folder.resolve("images.npy");
        byte[] all = new byte[22 * SHAPE.inputs()];
        byte[] one = new byte[SHAPE.inputs()];
        for (int i = 0; i < 22; i++) {
            SET.read(i, one);
            System.arraycopy(one, 0, all, i * one.length, one.length);
        }
        Npy.write(file, ByteTensor.of(Shape.of(22, 2, 12, 13), all));
        BatchPlan plan = new BatchPlan(22, 5, BatchPlan.Order.SEQUENTIAL);
        try (ByteRecords records = Npy.records(file)) {
            ImageSet onDisk = ImageSet.of(records::read, SHAPE, SET.labels(), 10);
            assertThat(onDisk.digest()).isEqualTo(SET.digest());
            ImageExamples examples = new ImageExamples(onDisk, DType.F32, SCALE, Augmentation.NONE);
            try (StreamedBatches source = new StreamedBatches(arena, examples, plan, orders(0, 1), Sharing.SHARED)) {
                source.batch(0);
                Files.write(file, new byte[100]);
                assertThatThrownBy(() -> source.batch(3))
                        .isInstanceOf(DataFileException.class)
                        .hasMessageContaining("became shorter");
                Npy.write(file, ByteTensor.of(Shape.of(22, 2, 12, 13), all));
            }
        }
    }

    /** Two arrays of 5 and two of the 2 left over, of each replica; labels for all. */
    @Test
    void whatItHoldsOnTheHostIsKnown() {
        try (StreamedBatches own =
                        streamed(Augmentation.NONE, BatchPlan.shuffled(22, 5), orders(0, 3), Sharing.PER_REPLICA);
                StreamedBatches shared =
                        streamed(Augmentation.NONE, BatchPlan.full(22), orders(0, 3), Sharing.SHARED)) {
            assertThat(bytes(own)).isEqualTo(2L * 3 * (5 + 2) * 4 * (SHAPE.inputs() + 1));
            assertThat(bytes(shared)).isEqualTo(2L * 22 * 4 * (SHAPE.inputs() + 1));
        }
    }

    private static long bytes(StreamedBatches source) {
        return source.host().stream().mapToLong(DraftEngine.Entry::bytes).sum();
    }

    @Test
    void aClosedSourceSaysSo() {
        StreamedBatches source = streamed(Augmentation.NONE, BatchPlan.full(22), orders(0, 1), Sharing.SHARED);
        source.batch(0);
        source.close();
        assertThatThrownBy(() -> source.batch(1)).hasMessageContaining("is closed");
    }
}
