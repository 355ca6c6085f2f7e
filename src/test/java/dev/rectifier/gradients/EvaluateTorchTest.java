package dev.rectifier.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.cli.CommandLineSession;
import dev.rectifier.data.file.Npy;
import dev.rectifier.data.file.SafeTensors;
import dev.rectifier.engine.LossKind;
import dev.rectifier.model.ChainSpec;
import dev.rectifier.model.LayerSpec.AvgPool;
import dev.rectifier.model.LayerSpec.BatchNorm;
import dev.rectifier.model.LayerSpec.Conv;
import dev.rectifier.model.LayerSpec.Dense;
import dev.rectifier.model.LayerSpec.Flatten;
import dev.rectifier.model.LayerSpec.MaxPool;
import dev.rectifier.model.LayerSpec.Relu;
import dev.rectifier.model.LayerSpec.Residual;
import dev.rectifier.model.ParameterLayout.Slot;
import dev.rectifier.model.PassKind.Mode;
import dev.rectifier.model.StateDict;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.bytedeco.pytorch.Tensor;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** {@code rectifier evaluate} from files to file, beside libtorch's autograd, twice for the Hessian. */
class EvaluateTorchTest {
    private static final double UNIT = 0x1p-53;

    private static String text(String mode) {
        return """
            input: [2, 9, 7]
            layers:
              - conv2d: {channels: 4, kernel: 3, padding: 1}
              - batchnorm: {mode: MODE, eps: 1.0e-3}
              - relu
              - residual:
                  layers: [conv2d: {channels: 3, kernel: 3, stride: 2, padding: 1}, relu]
                  shortcut: [conv2d: {channels: 3, kernel: 1, stride: 2, bias: false}]
              - maxpool: {size: 2}
              - avgpool: {size: 2, stride: 1}
              - flatten
              - dense: {units: 3}
            """.replace("MODE", mode);
    }

    /** The same network as a value. */
    private static ChainSpec network() {
        return ChainSpec.of(
                Shape.of(2, 9, 7),
                new Conv(4, 3, 1, 1, true),
                new BatchNorm(1e-3, 0.1, true),
                new Relu(),
                Residual.of(List.of(new Conv(3, 3, 2, 1, true), new Relu()), List.of(new Conv(3, 1, 2, 0, false))),
                new MaxPool(2),
                new AvgPool(2, 1),
                new Flatten(),
                new Dense(3));
    }

    @TempDir
    Path folder;

    static Stream<Arguments> cases() {
        return Stream.of(Mode.values())
                .flatMap(mode -> Stream.of(LossKind.values()).map(loss -> Arguments.of(mode, loss)));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void itIsAsInLibtorch(Mode mode, LossKind loss) throws IOException {
        Torch.assumePresent();
        ChainPoint point = ChainPoint.draw("evaluated", network(), mode);
        double[] targets = targets(loss, point);
        write(point, mode, loss, targets);
        Map<String, HostTensor> found = evaluate(loss);
        double[][] expected = TorchChain.of(point, output -> Torch.loss(loss, output, tensor(loss, targets)));
        double bound = 2 * point.terms() * UNIT; // both sides round, in sums of at most so many terms
        requireClose("loss", tensor(found, "loss").toDoubles(), expected[0], bound);
        requireClose("outputs", tensor(found, "outputs").toDoubles(), expected[1], bound);
        requireClose("gradient", joined(found, "gradient."), expected[2], bound);
        requireClose("hvp", joined(found, "hvp."), expected[3], bound);
        assertThat(tensor(found, "outputs").shape()).isEqualTo(Shape.of(ChainPoint.EXAMPLES, 3));
        assertThat(tensor(found, "hvp.3.shortcut.0.weight").shape()).isEqualTo(Shape.of(3, 4, 1, 1));
    }

    private static double[] targets(LossKind loss, ChainPoint point) {
        double[] targets = Arrays.copyOf(
                point.targets().toDoubles(), ChainPoint.EXAMPLES * point.spec().outputs());
        return switch (loss) {
            case SQUARED -> targets;
            case SOFTMAX_CROSS_ENTROPY -> new double[] {2, 0, 1, 1, 0};
            case LOGISTIC, HINGE -> Arrays.stream(targets).map(Math::signum).toArray();
        };
    }

    private static Tensor tensor(LossKind loss, double[] targets) {
        return loss == LossKind.SOFTMAX_CROSS_ENTROPY
                ? Tensor.create(Arrays.stream(targets).mapToLong(t -> (long) t).toArray())
                : Torch.tensor(targets, Shape.of(ChainPoint.EXAMPLES, 3));
    }

    private void write(ChainPoint point, Mode mode, LossKind loss, double[] targets) throws IOException {
        String word = mode == Mode.TRAINING ? "train" : "eval";
        Files.writeString(folder.resolve("net.yaml"), text(word));
        StateDict names = StateDict.of(point.spec());
        Optional<HostTensor> state = Optional.of(point.state());
        save("p", names.named(point.parameters(), state, 0));
        Map<String, HostTensor> vector = new LinkedHashMap<>(names.named(point.direction(), state, 0));
        vector.keySet().removeIf(name -> name.contains("running"));
        save("v", vector);
        HostTensor x = HostTensor.zeros(DType.F64, point.spec().input().prepend(ChainPoint.EXAMPLES));
        System.arraycopy(point.x().array(), 0, x.array(), 0, x.length());
        Npy.write(folder.resolve("x.npy"), x);
        Npy.write(
                folder.resolve("y.npy"),
                loss == LossKind.SOFTMAX_CROSS_ENTROPY
                        ? HostTensor.of(
                                Shape.of(ChainPoint.EXAMPLES),
                                Arrays.stream(targets).mapToLong(t -> (long) t).toArray())
                        : HostTensor.of(Shape.of(ChainPoint.EXAMPLES, 3), targets));
    }

    private void save(String name, Map<String, HostTensor> tensors) {
        SafeTensors.write(folder.resolve(name + ".safetensors"), new SafeTensors.Contents(tensors, Map.of()));
    }

    private Map<String, HostTensor> evaluate(LossKind loss) {
        String word = switch (loss) {
            case SQUARED -> "mse";
            case SOFTMAX_CROSS_ENTROPY -> "cross-entropy";
            case LOGISTIC -> "logistic";
            case HINGE -> "hinge";
        };
        Path out = folder.resolve("result.safetensors");
        CommandLineSession session = new CommandLineSession();
        int code = session.run(
                "-q",
                "evaluate",
                "--network=" + folder.resolve("net.yaml"),
                "--params=" + folder.resolve("p.safetensors"),
                "--inputs=" + folder.resolve("x.npy"),
                "--targets=" + folder.resolve("y.npy"),
                "--loss=" + word,
                "--compute=loss,outputs,gradient,hvp,ggn",
                "--vector=" + folder.resolve("v.safetensors"),
                "--engine=cpu",
                "--out=" + out);
        assertThat(code).as(session.err()).isZero();
        return SafeTensors.read(out).tensors();
    }

    private static HostTensor tensor(Map<String, HostTensor> found, String name) {
        return Optional.ofNullable(found.get(name)).orElseThrow(() -> new AssertionError("no " + name));
    }

    /** All parameters' tensors in the order of the layout. */
    private static double[] joined(Map<String, HostTensor> found, String prefix) {
        return network().layout().slots().stream()
                .map(Slot::name)
                .flatMapToDouble(
                        name -> Arrays.stream(tensor(found, prefix + name).toDoubles()))
                .toArray();
    }

    private static void requireClose(String what, double[] found, double[] expected, double relative) {
        assertThat(found).as(what).hasSameSizeAs(expected);
        double largest = Arrays.stream(expected).map(Math::abs).max().orElse(0);
        for (int i = 0; i < found.length; i++) {
            assertThat(Math.abs(found[i] - expected[i]))
                    .as("%s %d: %s and %s", what, i, found[i], expected[i])
                    .isLessThanOrEqualTo(relative * largest);
        }
    }
}
