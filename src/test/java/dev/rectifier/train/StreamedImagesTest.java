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
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Streams;
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
