package dev.rectifier.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.cuda.CuDnnDouble;
import dev.rectifier.engine.cuda.Emulated;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The trials of convolutions with every one of them through cuDNN's double. */
class CuDnnConformanceTest {
    @BeforeEach
    void force() {
        Emulated.require();
        CuDnnDouble.force();
    }

    @AfterEach
    void restore() {
        CuDnnDouble.restore();
    }

    private static void examine(Stream<Trial> trials) {
        Examiner examiner = new Examiner();
        try (Engine engine = Engines.open("emulated", EngineOptions.defaults()).engine()) {
            trials.filter(trial -> !trial.name().startsWith("conv.biasGradient"))
                    .forEach(trial -> {
                        long before = CuDnnDouble.convolutions();
                        examiner.examine("cuDNN", engine, trial);
                        assertThat(CuDnnDouble.convolutions()).as(trial.name()).isGreaterThan(before);
                    });
        }
        System.out.println("cuDNN: " + examiner.summary());
    }

    @Test
    void convolutionsKeepTheContract() {
        examine(new ConvContract().trials());
    }

    @Test
    @Tag("slow")
    void ofEveryKernelStrideAndPadding() {
        examine(ConvContract.sweep());
    }
}
