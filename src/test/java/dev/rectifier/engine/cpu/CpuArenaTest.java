package dev.rectifier.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.MathMode;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import dev.rectifier.engine.ShapeException;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import org.junit.jupiter.api.Test;

class CpuArenaTest {
    private static final EngineOptions ONE_THREAD = EngineOptions.defaults().withThreads(1);

    @Test
    void nestedArenasAreAccountedAndFreedTogether() {
        try (Engine engine = new CpuEngine(ONE_THREAD, 1000)) {
            Arena outer = engine.openArena("outer");
            outer.allocate(DType.F32, Shape.of(10));
            Arena inner = outer.openArena("inner");
            inner.allocate(DType.F64, Shape.of(5, 2));
            assertThat(inner.bytes()).isEqualTo(80);
            assertThat(outer.bytes()).isEqualTo(120);
            assertThat(engine.bytesInUse()).isEqualTo(120);
            inner.close();
            inner.close();
            assertThat(engine.bytesInUse()).isEqualTo(40);
            outer.openArena("again").allocate(DType.I32, Shape.of(1));
            outer.close();
            assertThat(engine.bytesInUse()).isZero();
        }
    }

    @Test
    void useAfterCloseNamesTheArena() {
        try (Engine engine = new CpuEngine(ONE_THREAD, 1000)) {
            Arena arena = engine.openArena("batch");
            Arena child = arena.openArena("child");
            Buffer buffer = child.allocate(DType.F32, Shape.of(1, 2));
            arena.close();
            assertThatThrownBy(buffer::download)
                    .isInstanceOf(IllegalStateException.class)
                    .hasMessageContaining("child");
            assertThatThrownBy(() -> engine.pointwise().fill(buffer.view(), 1))
                    .isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> arena.openArena("x")).isInstanceOf(IllegalStateException.class);
            assertThatThrownBy(() -> arena.allocate(DType.F32, Shape.of(1))).isInstanceOf(IllegalStateException.class);
        }
    }

    @Test
    void engineClosesWhatIsOpen() {
        Engine engine = new CpuEngine(ONE_THREAD, 1000);
        Buffer buffer = engine.openArena("left open").allocate(DType.F32, Shape.of(3));
        engine.close();
        assertThatThrownBy(buffer::download).isInstanceOf(IllegalStateException.class);
    }

    @Test
    void limitRefusesWithTheNumbers() {
        try (Engine engine = new CpuEngine(ONE_THREAD, 100)) {
            Arena arena = engine.openArena("weights");
            arena.allocate(DType.F32, Shape.of(20));
            assertThatThrownBy(() -> arena.allocate(DType.F64, Shape.of(3, 1)))
                    .isInstanceOf(OutOfDeviceMemoryException.class)
                    .hasMessageContainingAll("F64 [3, 1]", "24 bytes", "weights", "80", "100");
            assertThat(engine.bytesInUse()).isEqualTo(80);
        }
    }

    @Test
    void hugeBuffersAreRefusedClearly() {
        try (Engine engine = new CpuEngine(ONE_THREAD, Long.MAX_VALUE)) {
            assertThatThrownBy(() -> engine.openArena("big").allocate(DType.F32, Shape.of(1L << 20, 1L << 12)))
                    .isInstanceOf(ShapeException.class)
                    .hasMessageContaining("4294967296");
        }
    }

    @Test
    void uploadsMustFit() {
        try (Engine engine = new CpuEngine(ONE_THREAD, 1000)) {
            Buffer buffer = engine.openArena("a").zeros(DType.F32, Shape.of(2, 2));
            assertThatThrownBy(() -> buffer.upload(HostTensor.zeros(DType.F64, Shape.of(2, 2))))
                    .isInstanceOf(ShapeException.class);
            assertThatThrownBy(() -> buffer.upload(HostTensor.zeros(DType.F32, Shape.of(5))))
                    .isInstanceOf(ShapeException.class);
            buffer.upload(HostTensor.of(Shape.of(4), new float[] {1, 2, 3, 4}));
            assertThat(buffer.download().toDoubles()).containsExactly(1, 2, 3, 4);
        }
    }

    @Test
    void theProviderIsFoundAndRefusesOtherArithmetic() {
        try (Engine engine = Engines.open("cpu", ONE_THREAD).engine()) {
            assertThat(engine.info().name()).isEqualTo("cpu");
        }
        assertThatThrownBy(() -> Engines.open("cpu", ONE_THREAD.withMathMode(MathMode.BF16)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("BF16");
    }
}
