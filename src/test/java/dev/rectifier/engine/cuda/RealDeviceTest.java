package dev.rectifier.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What only a GPU can show; all else that is asked of one is the common suite under -Drequire.cuda. */
@Tag("cuda")
class RealDeviceTest {
    private static final int STEPS = 10_000;

    @BeforeEach
    void wanted() {
        assumeTrue(Emulated.realWanted(), "Skipped: needs a GPU and -Drequire.cuda=true.");
    }

    @Test
    void itNamesItsDeviceAndIsNotEmulated() {
        try (Engine engine = Emulated.openAny()) {
            assertThat(engine.info().name()).isEqualTo("cuda");
            assertThat(engine.info().device()).isNotBlank().doesNotContainIgnoringCase("emulated");
            assertThat(engine.info().versions()).containsKeys("driver", "kernels", "capability");
        }
    }

    @Test
    void tenThousandStepsTwiceAreTheSameBitsAndLeaveNothing() {
        try (Engine engine = Emulated.openAny()) {
            assertThat(weightsAfterAll(engine).sameBits(weightsAfterAll(engine)))
                    .isTrue();
            assertThat(engine.bytesInUse()).isZero();
        }
    }

    /** Through cuBLAS, or through cublasLt where it is; widths with the library's own mask and without. */
    @ParameterizedTest
    @CsvSource({"F32, 256", "F32, 384", "F32, 260", "F64, 256"})
    void aLargeLayerHasTheBitsOfItsParts(DType type, int width) {
        try (Engine engine = Emulated.openAny();
                Arena arena = engine.openArena("layer")) {
            LtLayer layer = new LtLayer(engine, arena, new LtLayer.Case(type, 3, 300, width, 270, false));
            List<HostTensor> joined = layer.joined();
            List<HostTensor> parts = layer.parts();
            for (int i = 0; i < parts.size(); i++) {
                assertThat(joined.get(i).sameBits(parts.get(i)))
                        .as("output %s", i)
                        .isTrue();
            }
        }
    }

    private static HostTensor weightsAfterAll(Engine engine) {
        try (SmallRun run = new SmallRun(engine)) {
            run.step(0);
            double atFirst = run.meanLoss();
            long bytes = engine.bytesInUse();
            for (int step = 1; step < STEPS; step++) {
                run.step(step);
            }
            assertThat(run.meanLoss()).isLessThan(atFirst);
            assertThat(engine.bytesInUse()).isEqualTo(bytes);
            return run.weights();
        }
    }
}
