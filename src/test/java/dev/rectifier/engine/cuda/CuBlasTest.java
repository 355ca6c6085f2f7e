package dev.rectifier.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Determinism;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.MathMode;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Products through the library's double against our own kernels: transposes, leading dimensions, strides, shared operands. */
class CuBlasTest {
    /** Small whole numbers: every order of summation gives the same exact result. */
    private static final int LARGEST = 8;

    private static final int R = 2;

    @BeforeEach
    void emulated() {
        Emulated.require();
    }

    @AfterEach
    void restore() {
        System.clearProperty("rectifier.cublas");
    }

    private static HostTensor fractions(DType type, Shape shape) {
        SplittableRandom random = new SplittableRandom(shape.size());
        HostTensor values = HostTensor.zeros(type, shape);
        for (int i = 0; i < values.length(); i++) {
            values.set(i, random.nextDouble(-1, 1));
        }
        return values;
    }

    private static HostTensor whole(DType type, Shape shape) {
        SplittableRandom random = new SplittableRandom(shape.size());
        HostTensor values = HostTensor.zeros(type, shape);
        for (int i = 0; i < values.length(); i++) {
            values.set(i, random.nextInt(-LARGEST, LARGEST + 1));
        }
        return values;
    }

    /** All products of one layer; x is shared by the replicas. */
    private static List<HostTensor> products(EngineOptions options, DType type, int n, int k, int d) {
        try (Engine engine = Emulated.open(options);
                Arena arena = engine.openArena("products")) {
            boolean told = System.getProperty("rectifier.cublas", "auto").equals("none");
            assertThat(engine.info().versions().get("cublas")).contains(told ? "none" : "libcublas.so.12");
            View x = View.shared(arena.upload(whole(type, Shape.of(n, d))), R);
            View w = arena.upload(whole(type, Shape.of(R, k, d))).view();
            View b = arena.upload(whole(type, Shape.of(R, k))).view();
            View dy = arena.upload(whole(type, Shape.of(R, n, k))).view();
            View plain = arena.allocate(type, Shape.of(R, n, k)).view();
            View y = arena.allocate(type, Shape.of(R, n, k)).view();
            View dx = arena.allocate(type, Shape.of(R, n, d)).view();
            View dw = arena.allocate(type, Shape.of(R, k, d)).view();
            engine.dense().forward(plain, x, w);
            engine.dense().forward(y, x, w, b);
            engine.dense().inputGradient(dx, dy, w);
            engine.dense().weightGradient(dw, dy, x);
            return List.of(plain.download(), y.download(), dx.download(), dw.download());
        }
    }

    private static void requireSame(EngineOptions options, DType type, int n, int k, int d) {
        System.setProperty("rectifier.cublas", "none");
        List<HostTensor> own = products(options.withMathMode(MathMode.IEEE), type, n, k, d);
        System.clearProperty("rectifier.cublas");
        List<HostTensor> library = products(options, type, n, k, d);
        for (int i = 0; i < own.size(); i++) {
            assertThat(library.get(i).sameBits(own.get(i))).as("product %s", i).isTrue();
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F64"})
    void batchedProductsAgree(DType type) {
        requireSame(EngineOptions.defaults().withDeterminism(Determinism.RUN), type, 64, 66, 68);
    }

    @Test
    void productsOfOneReplicaAtATimeAgree() {
        requireSame(EngineOptions.defaults(), DType.F32, 256, 260, 264);
    }

    @Test
    void tf32TakesNoSmallProducts() {
        EngineOptions tf32 = EngineOptions.defaults().withMathMode(MathMode.TF32);
        assertThat(libraryCalls(tf32, 9)).isZero();
        assertThat(libraryCalls(tf32, 257)).isEqualTo(R);
        assertThat(libraryCalls(tf32.withMathMode(MathMode.TF32X3), 257)).isZero();
    }

    /** Launches beside our own kernel's: one product of n examples, units and inputs. */
    private static long libraryCalls(EngineOptions options, int n) {
        try (Engine engine = Emulated.open(options);
                Arena arena = engine.openArena("calls")) {
            View x = arena.upload(whole(DType.F32, Shape.of(R, n, n))).view();
            View y = arena.allocate(DType.F32, Shape.of(R, n, n)).view();
            long before = engine.metering().launches().orElseThrow();
            engine.dense().forward(y, x, x);
            long launches = engine.metering().launches().orElseThrow() - before;
            return launches == 1 ? 0 : launches;
        }
    }

    @Test
    void tf32OfWholeNumbersIsExact() {
        requireSame(EngineOptions.defaults().withMathMode(MathMode.TF32), DType.F32, 3, 5, 4);
        requireSame(EngineOptions.defaults().withMathMode(MathMode.TF32X3), DType.F32, 33, 65, 41);
    }

    /** x has an odd size, so that one of several would be off the 16-byte boundaries, while a shared one never is. */
    @ParameterizedTest
    @EnumSource(
            value = MathMode.class,
            names = {"IEEE", "TF32"})
    void anOddReplicaAloneHasItsBitsAmongOthers(MathMode mode) {
        int n = 257;
        EngineOptions options = EngineOptions.defaults().withMathMode(mode);
        HostTensor x = fractions(DType.F32, Shape.of(n, n + 2));
        HostTensor w = fractions(DType.F32, Shape.of(3, n + 3, n + 2));
        HostTensor b = fractions(DType.F32, Shape.of(3, n + 3));
        HostTensor together = forward(options, x, w, b);
        for (int r = 0; r < 3; r++) {
            HostTensor alone = forward(options, x, block(w, r), block(b, r));
            assertThat(alone.sameBits(block(together, r))).as("replica %s", r).isTrue();
        }
    }

    private static HostTensor block(HostTensor values, int replica) {
        Shape tail = values.shape().tail();
        int size = Math.toIntExact(tail.size());
        float[] part = Arrays.copyOfRange(values.floats(), replica * size, (replica + 1) * size);
        return HostTensor.of(tail.prepend(1), part);
    }

    /** x shared by as many replicas as w has; a single one has it to itself. */
    private static HostTensor forward(EngineOptions options, HostTensor x, HostTensor w, HostTensor b) {
        long replicas = w.shape().dim(0);
        try (Engine engine = Emulated.open(options);
                Arena arena = engine.openArena("forward")) {
            View input = replicas == 1
                    ? arena.upload(HostTensor.of(x.shape().prepend(1), x.floats()))
                            .view()
                    : View.shared(arena.upload(x), replicas);
            Shape out = Shape.of(replicas, x.shape().dim(0), w.shape().dim(1));
            View y = arena.allocate(DType.F32, out).view();
            engine.dense()
                    .forward(y, input, arena.upload(w).view(), arena.upload(b).view());
            return y.download();
        }
    }

    @Test
    void oddReplicasOneAtATimeAgree() {
        requireSame(EngineOptions.defaults(), DType.F64, 257, 259, 261);
    }

    /** The workspace does not fit the first time: nothing half open stays behind, and the next product succeeds. */
    @Test
    void aHandleThatCannotBeConfiguredIsGivenBack() {
        try (Engine engine = Emulated.open(EngineOptions.defaults().withDeterminism(Determinism.RUN));
                Arena arena = engine.openArena("handle")) {
            View x = arena.upload(whole(DType.F32, Shape.of(1, 64, 64))).view();
            View y = arena.allocate(DType.F32, Shape.of(1, 64, 64)).view();
            long before = EmulatedControl.liveBytes();
            EmulatedControl.failAt(1, CUresult.CUDA_ERROR_OUT_OF_MEMORY);
            assertThatThrownBy(() -> engine.dense().forward(y, x, x))
                    .isInstanceOf(OutOfDeviceMemoryException.class)
                    .hasMessageContaining("cuBLAS workspace");
            assertThat(EmulatedControl.liveBytes()).isEqualTo(before);
            engine.dense().forward(y, x, x);
            assertThat(y.download().get(0)).isNotZero();
        }
    }
}
