package dev.rectifier.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Captured;
import dev.rectifier.engine.Determinism;
import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.MathMode;
import dev.rectifier.engine.NoDeviceException;
import dev.rectifier.engine.cuda.LtDouble.Fault;
import dev.rectifier.engine.cuda.LtLayer.Case;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** cublasLt through our own half and its double: the same numbers as without it, and what becomes of one that is faulty. */
class CublasLtTest {
    private static final Case GATED = new Case(DType.F32, 3, 5, 128, 7, true);

    @TempDir
    Path folder;

    @BeforeEach
    void emulated() {
        Emulated.require();
        LtDouble.force();
    }

    @AfterEach
    void restore() {
        LtDouble.restore();
    }

    private static EngineOptions options(Determinism level) {
        return EngineOptions.defaults().withDeterminism(level);
    }

    private static List<HostTensor> on(EngineOptions options, Case one, Function<LtLayer, List<HostTensor>> work) {
        try (Engine engine = Emulated.open(options);
                Arena arena = engine.openArena("layer")) {
            return work.apply(new LtLayer(engine, arena, one));
        }
    }

    private static List<HostTensor> without(EngineOptions options, Case one, Function<LtLayer, List<HostTensor>> work) {
        System.setProperty("rectifier.cublaslt", "off");
        try {
            return on(options, one, work);
        } finally {
            LtDouble.force();
        }
    }

    private static void requireSame(List<HostTensor> one, List<HostTensor> other) {
        for (int i = 0; i < one.size(); i++) {
            assertThat(one.get(i).sameBits(other.get(i))).as("output %s", i).isTrue();
        }
    }

    private static String versionOf(EngineOptions options) {
        try (Engine engine = Emulated.open(options)) {
            return engine.info().versions().getOrDefault("cublasLt", "nothing");
        }
    }

    static Stream<Case> layers() {
        return Stream.of(DType.F32, DType.F64)
                .flatMap(type -> Stream.of(1, 3, 64)
                        .flatMap(r -> Stream.of(
                                new Case(type, r, 1, 1, 1, false),
                                new Case(type, r, 5, 7, 3, false),
                                new Case(type, r, 9, 128, 13, false),
                                new Case(type, r, 3, 256, 8, false))));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aLayerHasTheBitsOfItsParts(Case one) {
        for (Determinism level : new Determinism[] {Determinism.REPLICA, Determinism.RUN}) {
            try (Engine engine = Emulated.open(options(level));
                    Arena arena = engine.openArena("layer")) {
                LtLayer layer = new LtLayer(engine, arena, one);
                requireSame(layer.joined(), layer.parts());
            }
        }
    }

    @ParameterizedTest
    @CsvSource({"F32, 7", "F32, 128", "F64, 7", "F64, 128"})
    void wholeNumbersAreThoseOfTheOtherWay(DType type, int width) {
        Case one = new Case(type, 3, 5, width, 9, true);
        for (Determinism level : new Determinism[] {Determinism.REPLICA, Determinism.RUN}) {
            requireSame(on(options(level), one, LtLayer::all), without(options(level), one, LtLayer::all));
        }
    }

    /** What the check of a session says. */
    private static LtVerdict verdict(EngineOptions options, DType type) {
        Emulated.open().close(); // the driver
        CudaLibraries.Lt found = CudaLibraries.lt(CudaLibraries.cublas("double", List.of(LtDouble.file())));
        try (CudaContext context = CudaContext.open();
                LtSession session = new LtSession(context, options, found)) {
            return session.verdict(type);
        }
    }

    @Test
    void whatWorksAsItShouldIsUsed() {
        for (DType type : new DType[] {DType.F32, DType.F64}) {
            assertThat(verdict(options(Determinism.RUN), type)).isEqualTo(new LtVerdict(true, true, true, List.of()));
            assertThat(verdict(options(Determinism.REPLICA), type))
                    .isEqualTo(new LtVerdict(true, true, false, List.of()));
        }
        EngineOptions coarse = options(Determinism.RUN).withMathMode(MathMode.TF32);
        assertThat(verdict(coarse, DType.F32).words()).isEqualTo("bias + ReLU");
        assertThat(verdict(coarse, DType.F64).words()).isEqualTo("bias + ReLU + bias gradient");
        assertThat(versionOf(coarse)).isEqualTo(LtDouble.file() + ", every product it can do");
    }

    @ParameterizedTest
    @CsvSource({
        "on, REPLICA, 3, true",
        "on, RUN, 3, true",
        "auto, REPLICA, 255, false",
        "auto, REPLICA, 256, true",
        "auto, RUN, 63, false",
        "auto, RUN, 64, true"
    })
    void theRuleFollowsFromTheShape(String mode, Determinism level, int side, boolean taken) {
        Case one = new Case(DType.F64, 1, side, side, side, true);
        System.setProperty("rectifier.cublaslt", mode);
        EngineOptions options = options(level);
        try (Engine engine = Emulated.open(options);
                Arena arena = engine.openArena("layer")) {
            LtLayer layer = new LtLayer(engine, arena, one);
            HostTensor right = layer.parts().get(0);
            LtDouble.plant(Fault.WRONG_BIAS);
            assertThat(!layer.parts().get(0).sameBits(right)).isEqualTo(taken);
        }
    }

    /** TF32X3 is no mode of the library. */
    @Test
    void productsInThreeTermsStayOurs() {
        EngineOptions options = options(Determinism.RUN).withMathMode(MathMode.TF32X3);
        List<HostTensor> right = without(options, GATED, LtLayer::joined);
        LtDouble.plant(Fault.RUN_FAILS);
        requireSame(on(options, GATED, LtLayer::joined), right);
    }

    @ParameterizedTest
    @CsvSource({
        "BITS_TURNED, bias + bias gradient, its mask does not have the gate of element i in bit i",
        "NAN_IS_ZERO, bias + bias gradient, a NaN must stay one",
        "NO_RELU, bias + bias gradient, it has no algorithm for a product with a ReLU and its mask",
        "NO_SHARED_ORDER, bias + bias gradient, it has no algorithm for a product with a ReLU and its mask",
        "ORDER_BY_EPILOGUE, bias + bias gradient, not that of the same sums",
        "WRONG_BIAS, bias gradient, a product with a bias does not give the right numbers",
        "RUN_FAILS, nothing, cublasLtMatmul failed with status 13: FORWARD",
    })
    void whatTheCheckFindsWrongIsNotUsed(Fault fault, String used, String reason) {
        EngineOptions options = options(Determinism.RUN);
        List<HostTensor> right = without(options, GATED, LtLayer::joined);
        LtDouble.plant(fault);
        LtVerdict verdict = verdict(options, DType.F32);
        assertThat(verdict.words()).isEqualTo(used);
        assertThat(verdict.faults()).singleElement().asString().contains(reason);
        requireSame(on(options, GATED, LtLayer::joined), right);
    }

    private static String versionWith(List<Path> files) {
        Case large = new Case(DType.F32, 2, 64, 128, 65, true);
        EngineOptions options = options(Determinism.RUN);
        List<HostTensor> right = without(options, large, LtLayer::joined);
        System.setProperty("rectifier.cublaslt", "auto");
        CudaEngine.Plan plan = new CudaEngine.Plan(
                "emulated",
                EmulatedEngineProvider::image,
                "emulated",
                Optional.of(CudaLibraries.cublas("given", files)),
                Optional.empty());
        try (Engine engine = Platform.open(plan, options);
                Arena arena = engine.openArena("layer")) {
            requireSame(new LtLayer(engine, arena, large).joined(), right);
            return engine.info().versions().getOrDefault("cublasLt", "nothing");
        }
    }

    /** Not there, cannot be loaded, lacks a function, gives no handle: cuBLAS and own kernels do the layer. */
    @Test
    void aLibraryThatCannotBeUsedIsDoneWithout() throws IOException {
        Path cublas = LtDouble.file().resolveSibling("libcublas.so.12");
        assertThat(versionWith(List.of(cublas))).isEqualTo("none (there is no libcublasLt beside cuBLAS, given)");
        Path other = folder.resolve("libcublasLt.so.12");
        Files.writeString(other, "no library");
        requireRefusal(other, "cannot be loaded");
        Files.delete(other);
        Files.copy(cublas, other);
        assertThat(versionWith(List.of(other, cublas))).startsWith(other.toString());
        requireRefusal(other, "has no function cublasLtGetVersion");
        LtDouble.plant(Fault.NO_HANDLE);
        assertThat(versionWith(List.of(LtDouble.file(), cublas)))
                .startsWith(LtDouble.file().toString());
        requireRefusal(LtDouble.file(), "cublasLtCreate failed with status 1");
    }

    private static void requireRefusal(Path file, String reason) {
        Path half = CudaLibraries.lt(CudaLibraries.cublas("double", List.of(LtDouble.file())))
                .half();
        assertThatThrownBy(() -> LtLibrary.open(half, file))
                .isInstanceOf(NoDeviceException.class)
                .hasMessageStartingWith(file + " ")
                .hasMessageContaining(reason);
    }

    @Test
    void whoAsksForItByNameIsRefusedWithoutIt() {
        LtDouble.plant(Fault.NO_HANDLE);
        assertThatThrownBy(() -> on(options(Determinism.RUN), GATED, LtLayer::joined))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-Drectifier.cublaslt=on, and cublasLt cannot be used")
                .hasMessageContaining("cublasLtCreate failed with status 1");
        System.setProperty("rectifier.cublas", "none");
        try {
            assertThatThrownBy(() -> versionOf(EngineOptions.defaults()))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("it comes with cuBLAS");
        } finally {
            System.clearProperty("rectifier.cublas");
        }
    }

    @Test
    void withoutCublasThereIsNone() {
        System.setProperty("rectifier.cublas", "none");
        System.setProperty("rectifier.cublaslt", "auto");
        try {
            assertThat(versionOf(EngineOptions.defaults())).isEqualTo("none (it comes with cuBLAS, which is not used)");
        } finally {
            System.clearProperty("rectifier.cublas");
        }
        System.setProperty("rectifier.cublaslt", "of");
        assertThatThrownBy(() -> versionOf(EngineOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessage("-Drectifier.cublaslt=of is none of off, auto, on.");
    }

    @Test
    void aProductThatFailsSaysWhichAndWhatToDo() {
        try (Engine engine = Emulated.open(options(Determinism.RUN));
                Arena arena = engine.openArena("layer")) {
            LtLayer layer = new LtLayer(engine, arena, GATED);
            layer.joined();
            LtDouble.plant(Fault.RUN_FAILS);
            assertThatThrownBy(layer::joined)
                    .isInstanceOf(DeviceException.class)
                    .hasMessageContaining("status 13: FORWARD")
                    .hasMessageContaining("-Drectifier.cublaslt=off");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = Determinism.class,
            names = {"REPLICA", "RUN"})
    void aRecordedLayerHasTheSameBits(Determinism level) {
        Case one = new Case(DType.F32, 3, 9, 128, 13, false);
        List<HostTensor> direct = on(options(level), one, layer -> {
            layer.step();
            return layer.outcome();
        });
        try (Engine engine = Emulated.open(options(level));
                Arena arena = engine.openArena("layer")) {
            LtLayer layer = new LtLayer(engine, arena, one);
            try (Captured captured = engine.capture().open(arena, step -> layer.step())) {
                captured.run(0, 11);
                assertThat(captured.counts().launches()).isPositive();
            }
            requireSame(layer.outcome(), direct);
        }
    }

    @Test
    void nothingIsLeftBehind() {
        Emulated.open().close();
        long bytes = EmulatedControl.liveBytes();
        on(options(Determinism.RUN), GATED, LtLayer::joined);
        assertThat(EmulatedControl.liveBytes()).isEqualTo(bytes);
    }
}
