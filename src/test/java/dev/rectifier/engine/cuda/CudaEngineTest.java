package dev.rectifier.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.MathMode;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.stream.LongStream;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Memory, errors and ends of the CUDA engine, on the emulated driver. */
class CudaEngineTest {
    @BeforeEach
    void emulated() {
        Emulated.require();
    }

    @Test
    void saysThatItIsEmulated() {
        try (Engine engine = Emulated.open()) {
            assertThat(engine.info().name()).isEqualTo("emulated");
            assertThat(engine.info().device()).containsIgnoringCase("emulated");
            assertThat(engine.info().versions()).containsKeys("driver", "kernels", "cublas", "capability");
        }
    }

    @Test
    void everyKernelLoads() {
        try (Engine opened = Emulated.open()) {
            assertThat(opened.info().name()).isEqualTo("emulated"); // the driver is loaded now
            try (CudaContext context = CudaContext.open();
                    Kernels kernels = new Kernels(context, EmulatedEngineProvider::image)) {
                kernels.loadAll();
            }
        }
    }

    /** One run with the error at the n-th call: what came out. */
    private static Optional<DeviceException> failure(long n, int code) {
        EmulatedControl.failAt(n, code);
        try (Engine engine = Emulated.open();
                SmallRun run = new SmallRun(engine)) {
            run.step(0);
            run.weights();
            return Optional.empty();
        } catch (DeviceException e) {
            return Optional.of(e);
        } finally {
            EmulatedControl.failAt(0, 0);
        }
    }

    @Test
    void anErrorAtAnyDriverCallIsReportedAndLeavesNothingBehind() {
        Emulated.open().close(); // loads the driver
        long before = EmulatedControl.calls();
        assertThat(failure(0, 0)).isEmpty();
        long calls = EmulatedControl.calls() - before;
        long reported = 0;
        for (long n = 1; n < calls; n++) { // the last call gives the context back: after its failure nobody can
            long objects = EmulatedControl.liveObjects();
            boolean thrown = failure(n, CUresult.CUDA_ERROR_UNKNOWN)
                    .filter(CudaEngineTest::namesCallAndStatus)
                    .isPresent();
            reported += thrown ? 1 : 0;
            String when = "after call " + n + " of " + calls + " failed";
            assertThat(EmulatedControl.liveBytes()).as("bytes left " + when).isZero();
            assertThat(EmulatedControl.liveAllocations())
                    .as("allocations left " + when)
                    .isZero();
            assertThat(EmulatedControl.liveObjects() - objects)
                    .as("objects left " + when + "; a release that failed leaves its own")
                    .isBetween(0L, thrown ? 0L : 1L);
        }
        assertThat(reported)
                .as("failures reported, the others being logged at close")
                .isGreaterThan(calls / 2);
    }

    private static boolean namesCallAndStatus(DeviceException e) {
        String status = CUresult.stringFor(CUresult.CUDA_ERROR_UNKNOWN);
        assertThat(e).hasMessageContaining(status).hasMessageMatching("(?s).*\\bcu[A-Z]\\w+.*");
        return true;
    }

    @Test
    void fullMemoryIsToldApartWhicheverCallFindsIt() {
        Emulated.open().close(); // loads the driver
        long before = EmulatedControl.calls();
        assertThat(failure(0, 0)).isEmpty();
        long calls = EmulatedControl.calls() - before;
        List<DeviceException> found = LongStream.range(1, calls)
                .mapToObj(n -> failure(n, CUresult.CUDA_ERROR_OUT_OF_MEMORY))
                .flatMap(Optional::stream)
                .toList();
        assertThat(found).hasSizeGreaterThan(Math.toIntExact(calls / 2));
        assertThat(found).hasOnlyElementsOfType(OutOfDeviceMemoryException.class);
        assertThat(found).anySatisfy(e -> assertThat(e).hasMessageStartingWith("cuLaunchKernel of "));
    }

    @Test
    void outOfMemoryNamesWhoAskedAndWhoHolds() {
        try (Engine engine = Emulated.open();
                Arena weights = engine.openArena("student weights");
                Arena more = weights.openArena("activations")) {
            weights.allocate(DType.F32, Shape.of(1 << 20));
            assertThatThrownBy(() -> more.allocate(DType.F64, Shape.of(1L << 40)))
                    .isInstanceOf(OutOfDeviceMemoryException.class)
                    .hasMessageContaining("8.0 TiB")
                    .hasMessageContaining("F64 [1099511627776] in \"activations\"")
                    .hasMessageContaining("\"student weights\" 4.0 MiB")
                    .hasMessageContaining("free of");
            assertThat(engine.bytesInUse()).isEqualTo(4L << 20);
            more.zeros(DType.I32, Shape.of(3));
        }
    }

    @Test
    void anArenaFreesItsChildrenAndNothingElse() {
        try (Engine engine = Emulated.open()) {
            Arena outer = engine.openArena("outer");
            Arena inner = outer.openArena("inner");
            outer.allocate(DType.F32, Shape.of(10));
            inner.allocate(DType.F64, Shape.of(10));
            assertThat(engine.bytesInUse()).isEqualTo(outer.bytes()).isEqualTo(120);
            inner.close();
            inner.close();
            assertThat(engine.bytesInUse()).isEqualTo(40);
            Arena other = engine.openArena("other");
            outer.openArena("second");
            outer.close();
            assertThat(engine.bytesInUse()).isZero();
            assertThatThrownBy(() -> outer.openArena("late"))
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("\"outer\"");
            other.allocate(DType.I32, Shape.of(1));
        }
        assertThat(EmulatedControl.liveAllocations()).isZero();
    }

    @Test
    void aBufferIsUnusableAfterItsArena() {
        try (Engine engine = Emulated.open()) {
            Arena arena = engine.openArena("gone");
            Buffer buffer = arena.allocate(DType.F32, Shape.of(2, 3));
            arena.close();
            HostTensor values = HostTensor.zeros(DType.F32, Shape.of(2, 3));
            assertThatThrownBy(buffer::download)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("gone");
            assertThatThrownBy(() -> buffer.upload(values)).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> engine.pointwise().fill(buffer.view(), 1))
                    .isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void aClosedEngineRefuses() {
        Engine engine = Emulated.open();
        engine.close();
        engine.close();
        assertThatThrownBy(() -> engine.openArena("late"))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
        assertThatThrownBy(engine::synchronize).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void arraysWithoutElementsAreAllowed() {
        try (Engine engine = Emulated.open();
                Arena arena = engine.openArena("empty")) {
            Buffer empty = arena.upload(HostTensor.zeros(DType.F32, Shape.of(2, 0)));
            Buffer zeros = arena.zeros(DType.F64, Shape.of(0));
            engine.pointwise().fill(empty.view(), 1);
            assertThat(empty.download().length()).isZero();
            assertThat(zeros.download().length()).isZero();
        }
    }

    @Test
    void tenThousandStepsLeaveNotAByteMore() {
        Emulated.open().close(); // loads the driver
        long objects = EmulatedControl.liveObjects();
        try (Engine engine = Emulated.open();
                SmallRun run = new SmallRun(engine)) {
            run.step(0);
            double atFirst = run.meanLoss();
            long bytes = EmulatedControl.liveBytes();
            long allocations = EmulatedControl.liveAllocations();
            for (int step = 1; step <= 10_000; step++) {
                run.step(step);
            }
            assertThat(run.meanLoss()).isLessThan(atFirst);
            assertThat(EmulatedControl.liveBytes()).isEqualTo(bytes);
            assertThat(EmulatedControl.liveAllocations()).isEqualTo(allocations);
        }
        assertThat(EmulatedControl.liveBytes()).isZero();
        assertThat(EmulatedControl.liveObjects()).isEqualTo(objects);
    }

    @Test
    void theOrderOfThreadsChangesNoBit() {
        HostTensor[] results = new HostTensor[3];
        for (int seed = 0; seed < results.length; seed++) {
            try (Engine engine = Emulated.open()) {
                EmulatedControl.seed(seed);
                try (SmallRun run = new SmallRun(engine)) {
                    for (int step = 0; step < 20; step++) {
                        run.step(step);
                    }
                    results[seed] = run.weights();
                }
            }
        }
        assertThat(results[1].sameBits(results[0])).isTrue();
        assertThat(results[2].sameBits(results[0])).isTrue();
    }

    @Test
    void arithmeticItDoesNotHaveIsRefused() {
        Emulated.open().close(); // loads the driver
        long objects = EmulatedControl.liveObjects();
        EngineOptions bf16 = EngineOptions.defaults().withMathMode(MathMode.BF16);
        assertThatThrownBy(() -> Emulated.open(bf16))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("BF16");
        assertThat(EmulatedControl.liveObjects()).isEqualTo(objects);
    }

    @ParameterizedTest
    @EnumSource(
            value = MathMode.class,
            names = {"TF32", "TF32X3"})
    void devicesWithoutTf32AreRefused(MathMode mode) {
        assertThatThrownBy(() -> CudaEngine.requireArithmetic("cuda", mode, 75))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage(mode + " products need a device of compute capability 8.0 or later, whose tensor cores know"
                        + " TF32; the cuda engine's is 7.5. Ask for IEEE.");
        CudaEngine.requireArithmetic("cuda", mode, 80);
        CudaEngine.requireArithmetic("cuda", MathMode.IEEE, 75);
    }
}
