package dev.rectifier.cli;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.rectifier.data.BatchPlan;
import dev.rectifier.data.FiniteSet;
import dev.rectifier.data.Minibatches;
import dev.rectifier.data.RealData;
import dev.rectifier.data.Sharing;
import dev.rectifier.data.file.Idx;
import dev.rectifier.data.file.Npy;
import dev.rectifier.data.file.SafeTensors;
import dev.rectifier.data.image.ChannelScale;
import dev.rectifier.data.image.ImageSet;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.model.Initializer;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.model.StateDict;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.SeedTree;
import dev.rectifier.tensor.Shape;
import dev.rectifier.tensor.Streams;
import dev.rectifier.train.Control;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Optimiser;
import dev.rectifier.train.Targets;
import dev.rectifier.train.TrainSpec;
import dev.rectifier.train.TrainTask;
import dev.rectifier.train.Trainer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A perceptron of 1.5 million weights learns the digits of {@code mnist-10k}, and {@code spectrum} is asked for its Hessian over 512 of
 * them. {@code -Ddigits.folder=FOLDER} keeps the files.
 */
@Tag("slow")
class DigitsSpectrumTest {
    private static final SeedTree SEEDS = SeedTree.root(11);
    private static final int BATCH = 64;
    private static final int EPOCHS = 3;
    private static final int ASKED = 512;

    private static final String NETWORK = """
            input: [784]
            layers:
              - dense: {units: 1024}
              - relu
              - dense: {units: 512}
              - relu
              - dense: {units: 256}
              - relu
              - dense: {units: 128}
              - relu
              - dense: {units: 64}
              - relu
              - dense: {units: 10}
            """;

    @TempDir
    Path temporary;

    @Test
    void theLargestEigenvaluesAreKnownUpToTheirBounds() throws IOException {
        String kept = System.getProperty("digits.folder", "");
        Path folder = kept.isEmpty() ? temporary : Files.createDirectories(Path.of(kept));
        write(folder);
        CommandLineSession session = new CommandLineSession();
        int code = session.run(
                "-q",
                "spectrum",
                "--network=" + folder.resolve("net.yaml"),
                "--params=" + folder.resolve("p.safetensors"),
                "--inputs=" + folder.resolve("x.npy"),
                "--targets=" + folder.resolve("y.npy"),
                "--loss=cross-entropy",
                "--dtype=f32",
                "--engine=cpu",
                "--top=20",
                "--tolerance=1e-4",
                "--steps=200",
                "--out=" + folder.resolve("run"));
        assertThat(code).as(session.err()).isZero();
        System.out.println(session.out());
        JsonNode found =
                new ObjectMapper().readTree(folder.resolve("run/spectrum.json").toFile());
        assertThat(found.at("/converged").asBoolean()).isTrue();
        assertThat(found.at("/top")).hasSize(20);
        double largest = found.at("/top/0/value").asDouble();
        double before = Double.MAX_VALUE;
        for (JsonNode pair : found.at("/top")) {
            assertThat(pair.get("value").asDouble()).isPositive().isLessThanOrEqualTo(before);
            assertThat(pair.get("error").asDouble()).isLessThanOrEqualTo(1e-4 * largest);
            before = pair.get("value").asDouble();
        }
    }

    private static void write(Path folder) throws IOException {
        Path data = RealData.folder("mnist-10k");
        ImageSet train = ImageSet.of(
                        Idx.readBytes(data.resolve("t10k-images-idx3-ubyte.gz")),
                        Idx.read(data.resolve("t10k-labels-idx1-ubyte.gz")),
                        10)
                .first(8_000);
        ChannelScale scale = ChannelScale.measured(train);
        MlpSpec spec = MlpSpec.of(784, 1024, 512, 256, 128, 64, 10);
        Files.writeString(folder.resolve("net.yaml"), NETWORK);
        try (Engine engine = Engines.open("cpu", EngineOptions.defaults()).engine();
                Arena arena = engine.openArena("digits")) {
            HostTensor trained = trained(engine, arena, train.onDevice(arena, DType.F32, scale, 1), spec);
            SafeTensors.write(
                    folder.resolve("p.safetensors"),
                    new SafeTensors.Contents(StateDict.of(spec).named(trained, Optional.empty(), 0), Map.of()));
            FiniteSet asked = train.first(ASKED).onDevice(arena, DType.F32, scale, 1);
            HostTensor x = asked.x().download();
            Npy.write(folder.resolve("x.npy"), HostTensor.of(Shape.of(ASKED, 784), x.floats()));
            HostTensor labels = asked.targets().orElseThrow().download();
            Npy.write(folder.resolve("y.npy"), HostTensor.of(Shape.of(ASKED), labels.ints()));
        }
    }

    private static HostTensor trained(Engine engine, Arena arena, FiniteSet set, MlpSpec spec) {
        BatchPlan plan = BatchPlan.shuffled(set.examples(), BATCH);
        Minibatches data =
                new Minibatches(engine, arena, set, plan, Streams.single(SEEDS.child("order")), Sharing.PER_REPLICA);
        TrainSpec how = TrainSpec.of(Loss.CROSS_ENTROPY, Optimiser.momentum(0.02, 0.9), plan.stepsPerEpoch() * EPOCHS);
        HostTensor start = Initializer.draw(spec, DType.F32, Streams.single(SEEDS.child("student")));
        TrainTask task = TrainTask.of(spec, start, data, new Targets.FromData(), how);
        try (Trainer trainer = new Trainer(engine, task)) {
            trainer.run(Control.of());
            return trainer.values().parameters().flat().download();
        }
    }
}
