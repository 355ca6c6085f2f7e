package dev.rectifier.train;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.data.BatchPlan;
import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.Minibatches;
import dev.rectifier.data.RealData;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.file.Idx;
import dev.rectifier.data.image.ChannelScale;
import dev.rectifier.data.image.ImageSet;
import dev.rectifier.data.image.ImageShape;
import dev.rectifier.data.image.SyntheticImages;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.LayerSpec.Conv;
import dev.rectifier.model.LayerSpec.Dense;
import dev.rectifier.model.LayerSpec.Flatten;
import dev.rectifier.model.LayerSpec.MaxPool;
import dev.rectifier.model.LayerSpec.Relu;
import dev.rectifier.model.Network;
import dev.rectifier.probe.HeldOut;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** LeNet-5 with ReLU and max-pooling learns digits: on MNIST where the machine has it, on drawn shapes everywhere. */
class LeNetTest {
    private static final SeedTree SEEDS = SeedTree.root(5);
    private static final int BATCH = 32;
    private static final int PIECE = 250;

    /** Accuracy to be reached by a run of this length, and what it starts from. */
    private record Course(ImageSet train, ImageSet test, int epochs, double rate) {}

    private static ChainSpec leNet5(ImageShape image) {
        return ChainSpec.of(
                Shape.of(image.channels(), image.height(), image.width()),
                new Conv(6, 5, 1, 2, true),
                new Relu(),
                new MaxPool(2),
                new Conv(16, 5, 1, 0, true),
                new Relu(),
                new MaxPool(2),
                new Flatten(),
                new Dense(120),
                new Relu(),
                new Dense(84),
                new Relu(),
                new Dense(10));
    }

    private static double accuracy(Course course) {
        try (Engine engine = Engines.open("cpu", EngineOptions.defaults()).engine();
                Arena arena = engine.openArena("images")) {
            ChannelScale scale = ChannelScale.measured(course.train());
            FiniteSet train = course.train().onDevice(arena, DType.F32, scale, 1);
            BatchPlan plan = BatchPlan.shuffled(course.train().examples(), BATCH);
            Minibatches data = new Minibatches(
                    engine, arena, train, plan, Streams.single(SEEDS.child("order")), Sharing.PER_REPLICA);
            ChainSpec student = leNet5(course.train().shape());
            TrainSpec spec = TrainSpec.of(
                    Loss.CROSS_ENTROPY, Optimiser.momentum(course.rate(), 0.9), plan.stepsPerEpoch() * course.epochs());
            TrainTask task = TrainTask.of(
                    student,
                    Initializer.draw(student, DType.F32, Streams.single(SEEDS.child("student"))),
                    data,
                    new Targets.FromData(),
                    spec);
            try (Trainer trainer = new Trainer(engine, task)) {
                trainer.run(Control.of());
                FiniteSet test = course.test().onDevice(arena, DType.F32, scale, 1);
                HeldOut.Examples examples =
                        new HeldOut.Examples(test.x(), test.targets().orElseThrow());
                return new HeldOut(engine, arena, Network.of(engine, student), examples, Loss.CROSS_ENTROPY, PIECE)
                        .judge(trainer.values())
                        .accuracy()[0];
            }
        }
    }

    @Test
    void itLearnsDrawnShapes() {
        ImageShape shape = new ImageShape(1, 28, 28);
        ImageSet train = SyntheticImages.of(SEEDS.child("train"), shape, 640);
        ImageSet test = SyntheticImages.of(SEEDS.child("test"), shape, 200);
        // ten classes: by chance 0.1, with a standard error of 0.02 on 200 images
        assertThat(accuracy(new Course(train, test, 12, 0.02))).isGreaterThan(0.1 + 5 * 0.0212);
    }

    /** The first 8,000 images of MNIST's test set to train on, the last 2,000 to judge by. */
    @Test
    @Tag("slow")
    @Timeout(300) // the seconds it may take on two cores
    void itReadsNinetySevenOfAHundredDigits() {
        Path folder = RealData.folder("mnist-10k");
        ImageSet all = ImageSet.of(
                Idx.readBytes(folder.resolve("t10k-images-idx3-ubyte.gz")),
                Idx.read(folder.resolve("t10k-labels-idx1-ubyte.gz")),
                10);
        assertThat(accuracy(new Course(all.first(8_000), all.from(8_000), 6, 0.02)))
                .isGreaterThanOrEqualTo(0.97);
    }
}
