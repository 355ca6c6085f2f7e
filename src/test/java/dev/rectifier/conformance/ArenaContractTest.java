package dev.rectifier.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.Engine;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** {@link Arena}, {@link Buffer} and the accounts of memory, on every engine present. */
class ArenaContractTest extends OnEveryEngine {
    private static final Shape SHAPE = Shape.of(3, 33);

    private static HostTensor ramp(DType type) {
        HostTensor tensor = HostTensor.zeros(type, SHAPE);
        for (int i = 0; i < tensor.length(); i++) {
            tensor.set(i, i - 7);
        }
        return tensor;
    }

    @ParameterizedTest
    @MethodSource("engines")
    void whatIsUploadedComesBackBitForBit(EngineSource.Present present) {
        try (Arena arena = present.engine().openArena("round trip")) {
            for (DType type : DType.values()) {
                Buffer buffer = arena.upload(ramp(type));
                assertThat(buffer.dtype()).isEqualTo(type);
                assertThat(buffer.shape()).isEqualTo(SHAPE);
                assertThat(buffer.download().sameBits(ramp(type)))
                        .as(type.name())
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void zerosAreZeroEvenWhereOldValuesLay(EngineSource.Present present) {
        for (int turn = 0; turn < 2; turn++) {
            try (Arena arena = present.engine().openArena("zeros")) {
                Buffer buffer = arena.zeros(DType.F64, SHAPE);
                assertThat(buffer.download().sameBits(HostTensor.zeros(DType.F64, SHAPE)))
                        .isTrue();
                buffer.upload(ramp(DType.F64));
            }
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void anUploadIsACopyAndADownloadToo(EngineSource.Present present) {
        try (Arena arena = present.engine().openArena("copies")) {
            HostTensor given = ramp(DType.F32);
            Buffer buffer = arena.upload(given);
            given.set(0, 1e9);
            assertThat(buffer.download().get(0)).isEqualTo(-7);
            buffer.download().set(0, 1e9);
            assertThat(buffer.download().get(0)).isEqualTo(-7);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void anUploadOfAnotherTypeOrLengthIsRefused(EngineSource.Present present) {
        try (Arena arena = present.engine().openArena("refusals")) {
            Buffer buffer = arena.allocate(DType.F32, SHAPE);
            assertThatThrownBy(() -> buffer.upload(ramp(DType.F64))).isInstanceOf(IllegalArgumentException.class);
            HostTensor shorter = HostTensor.zeros(DType.F32, Shape.of(3, 32));
            assertThatThrownBy(() -> buffer.upload(shorter)).isInstanceOf(IllegalArgumentException.class);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aBufferEndsWithItsArena(EngineSource.Present present) {
        Arena arena = present.engine().openArena("closing");
        Buffer buffer = arena.zeros(DType.F32, SHAPE);
        arena.close();
        assertThatThrownBy(buffer::download).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> buffer.upload(ramp(DType.F32))).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> arena.zeros(DType.F32, SHAPE)).isInstanceOf(IllegalStateException.class);
        assertThatThrownBy(() -> present.engine().pointwise().fill(buffer.view(), 1))
                .isInstanceOf(IllegalStateException.class);
        arena.close();
    }

    @ParameterizedTest
    @MethodSource("engines")
    void anArenaClosesItsChildren(EngineSource.Present present) {
        Engine engine = present.engine();
        long before = engine.bytesInUse();
        Arena outer = engine.openArena("outer");
        Arena inner = outer.openArena("inner");
        Buffer buffer = inner.zeros(DType.F64, SHAPE);
        long needed = SHAPE.size() * DType.F64.bytes();
        assertThat(outer.bytes()).isGreaterThanOrEqualTo(needed).isEqualTo(inner.bytes());
        assertThat(engine.bytesInUse() - before).isEqualTo(outer.bytes());
        outer.close();
        assertThat(engine.bytesInUse()).isEqualTo(before);
        assertThatThrownBy(buffer::download).isInstanceOf(IllegalStateException.class);
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aClosedChildGivesItsBytesBackWhileTheParentLives(EngineSource.Present present) {
        try (Arena outer = present.engine().openArena("outer")) {
            outer.zeros(DType.F32, SHAPE);
            long before = outer.bytes();
            try (Arena inner = outer.openArena("inner")) {
                inner.zeros(DType.F32, SHAPE);
                assertThat(outer.bytes()).isGreaterThan(before);
            }
            assertThat(outer.bytes()).isEqualTo(before);
        }
    }

    @ParameterizedTest
    @MethodSource("engines")
    void aThousandScopesLeaveNothingBehind(EngineSource.Present present) {
        long before = present.engine().bytesInUse();
        for (int i = 0; i < 1000; i++) {
            try (Arena arena = present.engine().openArena("scope")) {
                arena.allocate(DType.F32, Shape.of(1 + i % 5, 31 + i % 3));
            }
        }
        assertThat(present.engine().bytesInUse()).isEqualTo(before);
    }

    @ParameterizedTest
    @MethodSource("engines")
    void anEmptyBufferIsABuffer(EngineSource.Present present) {
        try (Arena arena = present.engine().openArena("empty")) {
            Buffer buffer = arena.zeros(DType.F32, Shape.of(3, 0));
            assertThat(buffer.download().length()).isZero();
            assertThat(buffer.view().blockSize()).isZero();
        }
    }
}
