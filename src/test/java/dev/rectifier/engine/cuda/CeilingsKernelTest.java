package dev.rectifier.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The loop of multiply-adds does every one it is counted for, to the last bit. */
class CeilingsKernelTest {
    private static final float FACTOR = 0.75f;
    private static final float TERM = 0.3f;

    private static EmulatedKernels device;
    private static CudaContext context;
    private static Kernels kernels;

    @BeforeAll
    static void open() {
        device = EmulatedKernels.open();
        context = device.context();
        kernels = device.kernels();
    }

    @AfterAll
    static void close() {
        if (device != null) { // null where the driver is not built and the tests are skipped
            device.close();
        }
    }

    private static float expected(long i, int rounds) {
        float sum = 0;
        for (int c = 0; c < CudaMetering.CHAINS; c++) {
            float x = i + c;
            for (int k = 0; k < rounds; k++) {
                x = Math.fma(FACTOR, x, TERM);
            }
            sum = c == 0 ? x : sum + x;
        }
        return sum;
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, 16, 37})
    void everyElementIsItsFormula(int rounds) {
        try (Arena arena = context.memory().openArena("a test")) {
            View y = arena.allocate(DType.F32, Shape.of(2, 300)).view();
            CudaMetering.multiplyAdds(kernels, y, rounds, FACTOR, TERM);
            HostTensor found = y.download();
            for (int i = 0; i < found.length(); i++) {
                assertThat(found.floats()[i]).as("element " + i).isEqualTo(expected(i % 300, rounds));
            }
        }
    }
}
