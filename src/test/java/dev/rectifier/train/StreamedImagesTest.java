package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.data.BatchPlan;
import dev.rectifier.data.DataSource;
import dev.rectifier.data.Minibatches;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.StreamedBatches;
import dev.rectifier.data.image.Augmentation;
import dev.rectifier.data.image.ChannelScale;
import dev.rectifier.data.image.ImageExamples;
import dev.rectifier.data.image.ImageSet;
import dev.rectifier.data.image.ImageShape;
import dev.rectifier.data.image.SyntheticImages;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.study.Chunk;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
import java.util.Arrays;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** Training on images that stay on the host. */
class StreamedImagesTest {
    private static final SeedTree SEED = SeedTree.root(5);
    private static final ImageSet SET = SyntheticImages.of(SEED, new ImageShape(1, 12, 12), 50);
    private static final ChannelScale SCALE = ChannelScale.measured(SET);
    private static final BatchPlan PLAN = BatchPlan.shuffled(50, 16);

    /** Three replicas, two epochs with their smaller last batches: the weights of the set on the device, to the bit. */
    @Test
    void weightsAreThoseOfTheSetOnTheDevice() {
        try (Engine engine = Engines.open("cpu", EngineOptions.defaults().withThreads(1))
                        .engine();
                Arena arena = engine.openArena("test")) {
            Streams order = Streams.range(SEED.child("order"), 0, 3);
            Minibatches resident = new Minibatches(
                    engine, arena, SET.onDevice(arena, DType.F32, SCALE, 3), PLAN, order, Sharing.PER_REPLICA);
            ImageExamples examples = new ImageExamples(SET, DType.F32, SCALE, Augmentation.NONE);
            try (StreamedBatches streamed = new StreamedBatches(arena, examples, PLAN, order, Sharing.PER_REPLICA)) {
                HostTensor expected = trained(engine, resident);
                assertThat(trained(engine, streamed).sameBits(expected)).isTrue();
            }
        }
    }

    private static final Augmentation CROPS = new Augmentation(2, true);

    /** Replicas {@code first} and after on crops and flips of images on the host; 3 and a bit epochs of 4 steps. */
    private static TrainTask task(StreamedBatches batches, int first) {
        MlpSpec spec = MlpSpec.of(144, 8, 10);
        int replicas = Math.toIntExact(batches.replicas());
        HostTensor start = Initializer.draw(spec, DType.F32, Streams.range(SEED.child("weights"), first, replicas));
        return TrainTask.of(
                spec,
                start,
                batches,
                new Targets.FromData(),
                TrainSpec.of(Loss.CROSS_ENTROPY, Optimiser.momentum(0.1, 0.9), 14));
    }

    private static StreamedBatches cropped(Arena arena, int first, int replicas, Sharing sharing) {
        Streams order = Streams.range(SEED.child("order"), first, replicas);
        ImageExamples examples = new ImageExamples(SET, DType.F32, SCALE, CROPS);
        return new StreamedBatches(arena, examples, PLAN, order, sharing);
    }

    private static Checkpoint finished(Trainer trainer) {
        try (trainer) {
            trainer.run(Control.of());
            return trainer.checkpoint();
        }
    }

    /** Stopped after each step, in the middle of epochs too; on with a source of its own, whose thread has made no batch. */
    @Test
    void resumedInTheMiddleOfAnEpochTheBitsAreTheSame() {
        try (Engine engine = Engines.open("cpu", EngineOptions.defaults().withThreads(1))
                        .engine();
                Arena arena = engine.openArena("test")) {
            Checkpoint end;
            try (StreamedBatches straight = cropped(arena, 0, 3, Sharing.PER_REPLICA)) {
                end = finished(new Trainer(engine, task(straight, 0)));
            }
            for (int stop = 0; stop < 14; stop++) {
                byte[] saved;
                try (StreamedBatches killed = cropped(arena, 0, 3, Sharing.PER_REPLICA);
                        Trainer trainer = new Trainer(engine, task(killed, 0))) {
                    trainer.advance(stop);
                    saved = trainer.checkpoint().encode();
                    trainer.advance(); // what is made after the checkpoint is lost
                }
                try (StreamedBatches again = cropped(arena, 0, 3, Sharing.PER_REPLICA)) {
                    Trainer trainer = new Trainer(engine, task(again, 0));
                    trainer.restore(Checkpoint.decode(saved));
                    assertThat(finished(trainer).sameBits(end))
                            .as("stopped at %d", stop)
                            .isTrue();
                }
            }
        }
    }

    @Test
    void aReplicaAloneHasTheBitsItHasAmongOthers() {
        try (Engine engine = Engines.open("cpu", EngineOptions.defaults().withThreads(1))
                        .engine();
                Arena arena = engine.openArena("test");
                StreamedBatches many = cropped(arena, 0, 3, Sharing.PER_REPLICA)) {
            double[] all = parameters(finished(new Trainer(engine, task(many, 0))));
            int size = all.length / 3;
            for (int r = 0; r < 3; r++) {
                try (StreamedBatches one = cropped(arena, r, 1, Sharing.PER_REPLICA)) {
                    assertThat(parameters(finished(new Trainer(engine, task(one, r)))))
                            .isEqualTo(Arrays.copyOfRange(all, r * size, (r + 1) * size));
                }
            }
            assertThat(Arrays.copyOf(all, size)).isNotEqualTo(Arrays.copyOfRange(all, size, 2 * size));
        }
    }

    private static double[] parameters(Checkpoint checkpoint) {
        return Objects.requireNonNull(checkpoint.tensors().get(Checkpoint.PARAMETERS))
                .toDoubles();
    }

    /** What all share, crops too, is what the ensemble's first replica draws, however the ensemble is cut. */
    @Test
    void sharedCropsDoNotDependOnTheChunk() {
        try (Engine engine = Engines.open("cpu", EngineOptions.defaults().withThreads(1))
                        .engine();
                Arena arena = engine.openArena("test");
                StreamedBatches whole = cropped(arena, 0, 3, Sharing.SHARED);
                StreamedBatches last = new StreamedBatches(
                        arena,
                        new ImageExamples(SET, DType.F32, SCALE, CROPS),
                        PLAN,
                        new Chunk(1, 2, 3).shared(Streams.range(SEED.child("order"), 0, 3)),
                        Sharing.SHARED)) {
            for (long step : new long[] {0, 1, 3, 4, 9}) {
                int block = PLAN.size(step) * 144;
                assertThat(Arrays.copyOf(last.batch(step).x().download().floats(), block))
                        .isEqualTo(
                                Arrays.copyOf(whole.batch(step).x().download().floats(), block));
            }
        }
    }

    private static HostTensor trained(Engine engine, DataSource source) {
        MlpSpec spec = MlpSpec.of(144, 8, 10);
        HostTensor start = Initializer.draw(spec, DType.F32, Streams.range(SEED.child("weights"), 0, 3));
        TrainSpec training = TrainSpec.of(Loss.CROSS_ENTROPY, Optimiser.sgd(0.1), 8);
        TrainTask task = TrainTask.of(spec, start, source, new Targets.FromData(), training);
        try (Trainer trainer = new Trainer(engine, task)) {
            trainer.run(Control.of());
            return trainer.parameters().flat().download();
        }
    }
}
