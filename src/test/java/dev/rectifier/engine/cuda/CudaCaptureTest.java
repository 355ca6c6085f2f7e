package dev.rectifier.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.CaptureOps;
import dev.rectifier.engine.Captured;
import dev.rectifier.engine.Determinism;
import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Optional;
import java.util.function.Consumer;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Recorded work and the driver: what may not be recorded, errors, ownership, the library. */
class CudaCaptureTest {
    @BeforeEach
    void emulated() {
        Emulated.require();
    }

    /** 1 + 8 + 2 steps, recorded but for the first. */
    private static HostTensor recorded(Engine engine) {
        try (SmallRun run = new SmallRun(engine);
                Arena arena = engine.openArena("clock");
                Captured captured = engine.capture().open(arena, run::step)) {
            captured.run(0, 11);
            return run.weights();
        }
    }

    @Test
    void replaysTheStepsOfASmallRun() {
        try (Engine engine = Emulated.open();
                SmallRun single = new SmallRun(engine)) {
            for (int step = 0; step < 11; step++) {
                single.step(step);
            }
            assertThat(recorded(engine).sameBits(single.weights())).isTrue();
        }
    }

    @Test
    void everyStreamReadsTheClock() {
        int steps = 12;
        try (Engine engine = Emulated.open();
                Arena arena = engine.openArena("streams")) {
            View streams = arena.upload(HostTensor.of(Shape.of(1, 2), new long[] {7, 3}))
                    .view();
            View whole = arena.zeros(DType.I32, Shape.of(1, 5)).view();
            View real = arena.zeros(DType.F64, Shape.of(1, 5)).view();
            CaptureOps.Work work = step -> {
                engine.random().integers(whole, streams, step, 1000);
                engine.random().uniform(real, streams, step, 0, 1);
            };
            try (Captured captured = engine.capture().open(arena, work)) {
                captured.run(100, 3);
                captured.run((1L << 40), steps); // a clock that is set anew, beyond 32 bits
            }
            HostTensor replayedWhole = whole.download();
            HostTensor replayedReal = real.download();
            work.ask((1L << 40) + steps - 1);
            assertThat(replayedWhole.sameBits(whole.download())).isTrue();
            assertThat(replayedReal.sameBits(real.download())).isTrue();
            assertThat(replayedWhole.ints()).isNotEqualTo(new int[5]);
        }
    }

    /** One recorded run with the error at the n-th call: what came out. */
    private static Optional<DeviceException> failure(long n, int code) {
        try (Engine engine = Emulated.open()) {
            EmulatedControl.failAt(n, code);
            recorded(engine);
            return Optional.empty();
        } catch (DeviceException e) {
            return Optional.of(e);
        } finally {
            EmulatedControl.failAt(0, 0);
        }
    }

    @Test
    void anErrorAtAnyDriverCallIsReportedAndLeavesNothingBehind() {
        long calls;
        try (Engine engine = Emulated.open()) {
            long before = EmulatedControl.calls();
            recorded(engine);
            calls = EmulatedControl.calls() - before;
        }
        long reported = 0;
        for (long n = 1; n < calls; n++) {
            long objects = EmulatedControl.liveObjects();
            Optional<DeviceException> thrown = failure(n, CUresult.CUDA_ERROR_UNKNOWN);
            String status = CUresult.stringFor(CUresult.CUDA_ERROR_UNKNOWN);
            thrown.ifPresent(
                    e -> assertThat(e).hasMessageContaining(status).hasMessageMatching("(?s).*\\bcu[A-Z]\\w+.*"));
            reported += thrown.isPresent() ? 1 : 0;
            String when = "after call " + n + " of " + calls + " failed";
            assertThat(EmulatedControl.liveBytes()).as("bytes left " + when).isZero();
            assertThat(EmulatedControl.liveObjects() - objects)
                    .as("objects left " + when + "; a release that failed leaves its own")
                    .isBetween(0L, thrown.isPresent() ? 0L : 1L);
        }
        assertThat(reported).isGreaterThan(calls / 2);
    }

    private static String says(DeviceException e) {
        return String.valueOf(e.getMessage());
    }

    @Test
    void errorsOfGraphsAreThoseOfLaunches() {
        boolean full = false;
        boolean lost = false;
        for (long n = 1; !(full && lost); n++) {
            full |= failure(n, CUresult.CUDA_ERROR_OUT_OF_MEMORY)
                    .filter(OutOfDeviceMemoryException.class::isInstance)
                    .filter(e -> says(e).startsWith("cuGraphInstantiate of 8 recorded steps"))
                    .isPresent();
            lost |= failure(n, CUresult.CUDA_ERROR_ILLEGAL_ADDRESS)
                    .filter(e -> says(e).startsWith("cuGraphLaunch of 8 recorded steps"))
                    .filter(e -> says(e).contains("resume from the last checkpoint"))
                    .isPresent();
            assertThat(n).as("calls tried").isLessThan(1000);
        }
    }

    /** Work that does one more thing, which cannot be recorded, is refused; the engine goes on. */
    private static void requireRefused(Consumer<Buffer> deed, String named) {
        try (Engine engine = Emulated.open();
                Arena arena = engine.openArena("victim")) {
            Buffer buffer = arena.zeros(DType.F32, Shape.of(1, 3));
            Captured captured = engine.capture().open(arena, step -> {
                engine.pointwise().fill(buffer.view(), (double) step);
                deed.accept(buffer);
            });
            assertThatThrownBy(() -> captured.run(0, 2))
                    .isInstanceOf(DeviceException.class)
                    .hasMessageContaining(named)
                    .hasMessageContaining("CAPTURE");
            engine.pointwise().fill(buffer.view(), 7);
            assertThat(buffer.download().floats()).containsOnly(7);
            captured.close();
        }
        assertThat(EmulatedControl.liveBytes()).isZero();
    }

    @Test
    void whatMayNotBeRecordedIsRefused() {
        requireRefused(buffer -> buffer.upload(HostTensor.zeros(DType.F32, Shape.of(1, 3))), "cuMemcpyHtoD");
        requireRefused(Buffer::download, "cuStreamSynchronize");
    }

    @Test
    void allocatingIsRefused() {
        try (Engine engine = Emulated.open();
                Arena arena = engine.openArena("victim")) {
            Captured captured = engine.capture().open(arena, step -> arena.allocate(DType.F32, Shape.of(3)));
            assertThatThrownBy(() -> captured.run(0, 2))
                    .isInstanceOf(DeviceException.class)
                    .hasMessageContaining("cuMemAlloc")
                    .hasMessageContaining("CAPTURE_UNSUPPORTED");
        }
        assertThat(EmulatedControl.liveBytes()).isZero();
    }

    @Test
    void theEngineClosesWhatIsStillOpen() {
        long objects = EmulatedControl.liveObjects();
        Engine engine = Emulated.open();
        SmallRun run = new SmallRun(engine);
        Captured captured = engine.capture().open(engine.openArena("clock"), run::step);
        captured.run(0, 10);
        engine.close();
        assertThat(EmulatedControl.liveBytes()).isZero();
        assertThat(EmulatedControl.liveObjects()).isEqualTo(objects);
        captured.close();
        assertThatThrownBy(() -> captured.run(10, 1))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("closed");
    }

    @Test
    void checksWhatItIsGiven() {
        try (Engine engine = Emulated.open();
                Arena arena = engine.openArena("rows")) {
            View y = arena.zeros(DType.F32, Shape.of(2, 3, 4)).view();
            View x = arena.zeros(DType.F32, Shape.of(2, 5, 4)).view();
            View rows = arena.zeros(DType.I32, Shape.of(2, 6, 2)).view();
            assertThatThrownBy(() -> engine.capture().gather(y, x, rows, 0))
                    .hasMessageContaining("capture.gather: rows");
            Captured captured = engine.capture().open(arena, step -> {});
            assertThatThrownBy(() -> captured.run(-1, 1)).hasMessageContaining("steps count from 0");
            assertThatThrownBy(() -> captured.run(0, -1)).hasMessageContaining("-1 steps");
        }
    }

    /** y = x w, then w = y x: each step reads what the last has written. Blocks of w begin at an odd place. */
    private static HostTensor products(Determinism level, int size, boolean replayed) {
        try (Engine engine = Emulated.open(EngineOptions.defaults().withDeterminism(level));
                Arena arena = engine.openArena("products")) {
            long all = (long) size * size;
            Buffer weights = arena.zeros(DType.F32, Shape.of(1, all + 1));
            View w = weights.view().slice(1, Shape.of(size, size));
            View x = arena.zeros(DType.F32, Shape.of(1, size, size)).view();
            View y = arena.zeros(DType.F32, Shape.of(1, size, size)).view();
            View streams = arena.upload(HostTensor.of(Shape.of(1, 2), new long[] {7, 0}))
                    .view();
            engine.random().normal(w, streams, 1000, 0, 0.1);
            CaptureOps.Work work = step -> {
                engine.random().normal(x, streams, step, 0, 0.1);
                engine.dense().forward(y, x, w);
                engine.dense().weightGradient(w, y, x);
            };
            int steps = 3;
            try (Captured captured = engine.capture().open(arena, work)) {
                captured.run(0, replayed ? steps : 0);
                for (int step = 0; !replayed && step < steps; step++) {
                    work.ask(step);
                }
                assertThat(captured.counts().launches()).isEqualTo(replayed ? steps - 1 : 0);
            }
            return weights.download();
        }
    }

    /** The library takes batches from 64 on, and single replicas from 256 on, these through aligned copies. */
    @ParameterizedTest
    @CsvSource({"RUN, 64", "REPLICA, 256"})
    void productsOfTheLibraryAreRecordedToo(Determinism level, int size) {
        HostTensor replayed = products(level, size, true);
        assertThat(replayed.sameBits(products(level, size, false))).isTrue();
        assertThat(replayed.get(5)).isNotZero();
    }
}
