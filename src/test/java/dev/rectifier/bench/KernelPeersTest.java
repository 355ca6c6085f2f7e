package dev.rectifier.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernels that a peer is asked for are those that it is compared with. */
class KernelPeersTest {
    private final Engine engine =
            Engines.open("cpu", EngineOptions.defaults().withThreads(1)).engine();

    @TempDir
    private Path folder;

    @AfterEach
    void close() {
        engine.close();
    }

    private List<Row> rowsOf(FakeKernels peer) {
        Rig rig = new Rig(engine, Map.of(), engine, () -> 0, List.of(peer), folder, false);
        Comparison comparison = new Comparison(rig, StoppingRule.of(2, true), row -> {});
        List<Row> rows = new ArrayList<>();
        KernelSuite.cases(Extent.TINY, false).forEach(one -> rows.addAll(comparison.run(one)));
        return rows.stream().filter(row -> row.contender().equals("fake eager")).toList();
    }

    @Test
    void aTextbookPeerIsRight() {
        FakeKernels peer = new FakeKernels(0);
        assertThat(rowsOf(peer))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.status())
                        .as(row.subject().id() + ": " + row.verification() + row.outcome())
                        .isEqualTo(Row.Status.NOT_MEASURED));
        assertThat(peer.asked)
                .containsExactly(
                        "adam",
                        "batchnorm-backward",
                        "batchnorm-forward",
                        "batchnorm-relu-backward",
                        "batchnorm-relu-forward",
                        "column-sum",
                        "convolution-forward",
                        "convolution-input-gradient",
                        "convolution-weight-gradient",
                        "copy",
                        "matmul",
                        "momentum",
                        "randn",
                        "relu-backward",
                        "relu-forward",
                        "sgd");
    }

    @Test
    void oneWrongNumberOfAnyKernelIsFound() {
        assertThat(rowsOf(new FakeKernels(0.1)))
                .filteredOn(row -> !row.subject().family().equals("normals"))
                .isNotEmpty()
                .allSatisfy(row -> assertThat(row.status())
                        .as(row.subject().id() + ": " + row.verification())
                        .isEqualTo(Row.Status.WRONG));
    }

    @Test
    void aSampleThatIsNotNormalIsFound() {
        Shape shape = Shape.of(1000);
        HostTensor wide = HostTensor.zeros(DType.F32, shape);
        for (int i = 0; i < wide.length(); i++) {
            wide.set(i, i % 2 == 0 ? 1.3 : -1.3);
        }
        assertThat(PeerKernelTrial.sampled(wide).passes()).isFalse();
        assertThat(PeerKernelTrial.sampled(HostTensor.zeros(DType.F32, shape)).passes())
                .isFalse();
    }
}
