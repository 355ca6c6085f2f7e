package dev.rectifier.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Captured;
import dev.rectifier.engine.Determinism;
import dev.rectifier.engine.DeviceException;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.OtherLibrary;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import dev.rectifier.engine.cuda.ConvLayer.Case;
import dev.rectifier.engine.cuda.CuDnnConvolutions.Kind;
import dev.rectifier.engine.cuda.CuDnnDouble.Fault;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Stream;
import jcuda.driver.CUresult;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Convolutions by cuDNN through its double: when they go there, with which bits, and what becomes of a library that is faulty. */
class CuDnnConvTest {
    private static final Case SMALL = new Case(DType.F32, 3, 2, 3, 5, 6, 1, 1, true);

    @BeforeEach
    void emulated() {
        Emulated.require();
        CuDnnDouble.force();
    }

    @AfterEach
    void restore() {
        CuDnnDouble.restore();
    }

    private static List<HostTensor> on(Case one, Function<ConvLayer, List<HostTensor>> work) {
        try (Engine engine = Emulated.open();
                Arena arena = engine.openArena("layer")) {
            return work.apply(new ConvLayer(engine, arena, one));
        }
    }

    private static List<HostTensor> byOwnKernels(Case one) {
        System.setProperty("rectifier.cudnn", "compare");
        try {
            return on(one, ConvLayer::joined);
        } finally {
            CuDnnDouble.force();
        }
    }

    private static void requireSame(List<HostTensor> one, List<HostTensor> other) {
        for (int i = 0; i < one.size(); i++) {
            assertThat(one.get(i).sameBits(other.get(i))).as("output %s", i).isTrue();
        }
    }

    private static String version() {
        try (Engine engine = Emulated.open()) {
            return engine.info().versions().getOrDefault("cudnn", "nothing");
        }
    }

    static Stream<Case> layers() {
        return Stream.of(DType.F32, DType.F64)
                .flatMap(type -> Stream.of(1, 3, 64)
                        .flatMap(r -> Stream.of(
                                new Case(type, r, 1, 1, 1, 3, 1, 0, false),
                                new Case(type, r, 2, 3, 5, 7, 1, 1, false),
                                new Case(type, r, 2, 2, 4, 8, 2, 1, false))));
    }

    @ParameterizedTest
    @MethodSource("layers")
    void aLayerHasTheBitsOfItsParts(Case one) {
        long before = CuDnnDouble.convolutions();
        for (Determinism level : new Determinism[] {Determinism.REPLICA, Determinism.RUN}) {
            try (Engine engine = Emulated.open(EngineOptions.defaults().withDeterminism(level));
                    Arena arena = engine.openArena("layer")) {
                ConvLayer layer = new ConvLayer(engine, arena, one);
                requireSame(layer.joined(), layer.parts());
            }
        }
        assertThat(CuDnnDouble.convolutions()).isGreaterThan(before + 10L * one.replicas());
    }

    @ParameterizedTest
    @MethodSource("layers")
    void wholeNumbersAreThoseOfOurKernels(Case one) {
        Case whole = one.whole();
        requireSame(on(whole, ConvLayer::joined), byOwnKernels(whole));
    }

    /** 64 x 64 channels and 3 x 3 taps: 36,864 products a pixel. */
    @ParameterizedTest
    @CsvSource({"auto, 455, false", "auto, 456, true", "compare, 456, false", "none, 456, false", "on, 1, true"})
    void theRuleFollowsFromTheShapesOfOneReplica(String mode, int pixels, boolean taken) {
        System.setProperty("rectifier.cudnn", mode);
        try (Engine engine = Emulated.open();
                Arena arena = engine.openArena("layer")) {
            ConvLayer layer = new ConvLayer(engine, arena, new Case(DType.F32, 1, 1, 64, 64, 1, pixels, 1, 1, true));
            long before = CuDnnDouble.convolutions();
            layer.forward();
            assertThat(CuDnnDouble.convolutions() > before).isEqualTo(taken);
        }
    }

    @Test
    void theEngineSaysWhatItUses() {
        assertThat(version())
                .isEqualTo(
                        "emulated " + CuDnnDouble.file() + ", every convolution it can do, workspaces up to 64.0 MiB");
        System.setProperty("rectifier.cudnn.workspace", "5");
        System.clearProperty("rectifier.cudnn");
        assertThat(version()).endsWith(", convolutions from 2^24 multiply-adds, workspaces up to 5.0 MiB");
        System.setProperty("rectifier.cudnn", "compare");
        assertThat(version()).isEqualTo("none (-Drectifier.cudnn=compare)");
    }

    /** What the check of a session says. */
    private static CuDnnVerdict verdict(DType type) {
        Emulated.open().close(); // the driver
        CudaLibraries.Library found = CudaLibraries.cudnn("double", CuDnnDouble.file());
        try (CudaContext context = CudaContext.open();
                Kernels kernels = new Kernels(context, EmulatedEngineProvider::image);
                CuDnnSession session = new CuDnnSession(
                        context,
                        found,
                        CuDnnRoom.growing(context),
                        new CudaConv(kernels, new Scratch(context.memory(), "scratch")))) {
            return session.verdict(type);
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F64"})
    void whatWorksAsItShouldIsUsed(DType type) {
        assertThat(verdict(type)).isEqualTo(new CuDnnVerdict(Set.of(Kind.values()), List.of()));
    }

    @ParameterizedTest
    @CsvSource({
        "WRONG_FORWARD, convolutions: input gradient + weight gradient, forward: whole numbers do not come out exact",
        "WRONG_INPUT_GRADIENT, convolutions: forward + weight gradient, input gradient: whole numbers do not",
        "WRONG_WEIGHT_GRADIENT, convolutions: forward + input gradient, weight gradient: whole numbers do not",
        "WRONG_BIAS, convolutions: input gradient + weight gradient, forward: whole numbers do not come out exact",
        "NAN_IS_ZERO, convolutions: input gradient, a NaN does not go where it should",
        "ROUNDED, no convolution, wrong or rounds its operands",
        "UNSTEADY, no convolution, 'the same call, or a replica that is alike, has other bits'",
        "UNKNOWN_SHAPE, no convolution, CUDNN_STATUS_NOT_SUPPORTED (3000)",
        "RUN_NOT_SUPPORTED, no convolution, CUDNN_STATUS_NOT_SUPPORTED (3000)",
        "LARGE_WORKSPACE, no convolution, it asks for a workspace of 1.0 GiB",
        "RUN_FAILS, no convolution, CUDNN_STATUS_EXECUTION_FAILED (5000)",
    })
    void whatTheCheckFindsWrongIsNotUsed(Fault fault, String used, String reason) {
        List<HostTensor> right = byOwnKernels(SMALL);
        CuDnnDouble.plant(fault);
        CuDnnVerdict verdict = verdict(DType.F32);
        assertThat(verdict.words()).isEqualTo(used);
        assertThat(verdict.faults()).isNotEmpty().anyMatch(line -> line.contains(reason));
        requireSame(on(SMALL, ConvLayer::joined), right);
    }

    /** A shape that the library does not do, or not within the workspace allowed, is ours; the others stay the library's. */
    @ParameterizedTest
    @EnumSource(
            value = Fault.class,
            names = {"UNKNOWN_SHAPE", "LARGE_WORKSPACE", "RUN_NOT_SUPPORTED"})
    void whatTheLibraryDoesNotDoIsOurs(Fault fault) {
        List<HostTensor> right = byOwnKernels(SMALL);
        try (Engine engine = Emulated.open();
                Arena arena = engine.openArena("layer")) {
            new ConvLayer(engine, arena, new Case(DType.F32, 1, 1, 1, 1, 3, 1, 0, true)).joined(); // the check
            CuDnnDouble.plant(fault);
            ConvLayer layer = new ConvLayer(engine, arena, SMALL);
            long before = CuDnnDouble.convolutions();
            requireSame(layer.joined(), right);
            assertThat(CuDnnDouble.convolutions()).isEqualTo(before);
            CuDnnDouble.plant(Fault.NONE);
            requireSame(layer.joined(), right);
            assertThat(CuDnnDouble.convolutions()).as("it was asked once").isEqualTo(before);
        }
    }

    @Test
    void aWorkspaceOfNothingLeavesAllToOurKernels() {
        List<HostTensor> right = byOwnKernels(SMALL);
        System.setProperty("rectifier.cudnn.workspace", "0");
        try (Engine engine = Emulated.open();
                Arena arena = engine.openArena("layer")) {
            ConvLayer layer = new ConvLayer(engine, arena, SMALL);
            requireSame(layer.joined(), right);
            long before = CuDnnDouble.convolutions();
            requireSame(layer.joined(), right);
            assertThat(CuDnnDouble.convolutions()).isEqualTo(before);
        }
    }

    @Test
    void aConvolutionThatFailsSaysWhichAndWhatToDo() {
        try (Engine engine = Emulated.open();
                Arena arena = engine.openArena("layer")) {
            ConvLayer layer = new ConvLayer(engine, arena, SMALL);
            layer.joined();
            CuDnnDouble.plant(Fault.RUN_FAILS);
            assertThatThrownBy(layer::joined)
                    .isInstanceOf(DeviceException.class)
                    .hasMessageContaining("The forward of [2, 3, 6, 6] by [5, 3, 3, 3], stride 1, padding 1, F32")
                    .hasMessageContaining("CUDNN_STATUS_EXECUTION_FAILED (5000)")
                    .hasMessageContaining("-Drectifier.cudnn=none");
            CuDnnDouble.plant(Fault.OUT_OF_MEMORY);
            assertThatThrownBy(layer::joined).isInstanceOf(OutOfDeviceMemoryException.class);
        }
    }

    @Test
    void aCheckWithoutMemorySaysNothingOfTheLibrary() {
        List<HostTensor> right = on(SMALL, ConvLayer::joined);
        try (Engine engine = Emulated.open();
                Arena arena = engine.openArena("layer")) {
            ConvLayer layer = new ConvLayer(engine, arena, SMALL);
            CuDnnDouble.plant(Fault.OUT_OF_MEMORY);
            assertThatThrownBy(layer::joined).isInstanceOf(OutOfDeviceMemoryException.class);
            CuDnnDouble.plant(Fault.NONE);
            requireSame(layer.joined(), right);
        }
    }

    /** Our kernels would do it without, with other bits: so it fails, and works when there is memory again. */
    @Test
    void aWorkspaceThatDoesNotFitIsNoReasonForOtherBits() {
        List<HostTensor> right = on(SMALL, ConvLayer::joined);
        Optional<DeviceException> refused = Optional.empty();
        for (int call = 1; call < 20 && !isForWorkspace(refused); call++) {
            refused = failingAt(call, right);
        }
        assertThat(refused).as("the allocation of the workspace").matches(CuDnnConvTest::isForWorkspace);
    }

    /** What becomes of a layer whose {@code call}-th driver call finds no memory; what comes of it later must be right. */
    private static Optional<DeviceException> failingAt(int call, List<HostTensor> right) {
        try (Engine engine = Emulated.open();
                Arena arena = engine.openArena("layer")) {
            new ConvLayer(engine, arena, new Case(DType.F32, 1, 1, 1, 1, 3, 1, 0, true)).joined(); // the check
            ConvLayer layer = new ConvLayer(engine, arena, SMALL);
            EmulatedControl.failAt(call, CUresult.CUDA_ERROR_OUT_OF_MEMORY);
            Optional<DeviceException> refused = refusal(layer);
            EmulatedControl.failAt(0, 0);
            requireSame(layer.joined(), right);
            return refused;
        }
    }

    private static Optional<DeviceException> refusal(ConvLayer layer) {
        try {
            layer.step();
            return Optional.empty();
        } catch (DeviceException e) {
            return Optional.of(e);
        }
    }

    private static boolean isForWorkspace(Optional<DeviceException> refused) {
        return refused.filter(e -> e instanceof OutOfDeviceMemoryException
                        && String.valueOf(e.getMessage()).contains("cuDNN workspace"))
                .isPresent();
    }

    @Test
    void aLibraryThatDoesNotStartIsDoneWithout() {
        List<HostTensor> right = byOwnKernels(SMALL);
        CuDnnDouble.plant(Fault.NO_HANDLE);
        System.clearProperty("rectifier.cudnn");
        requireSame(on(SMALL, ConvLayer::joined), right);
        CuDnnDouble.force();
        assertThatThrownBy(() -> on(SMALL, ConvLayer::joined))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("-Drectifier.cudnn=on, and cuDNN cannot be used: cudnnCreate failed with");
    }

    @Test
    void whoAsksForItByNameIsRefusedWithoutIt() {
        CudaEngine.Plan plan = new CudaEngine.Plan(
                "emulated", EmulatedEngineProvider::image, "emulated", Optional.empty(), Optional.empty());
        assertThatThrownBy(() -> Platform.open(plan, EngineOptions.defaults()))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no libcudnn.so.9 was found; install cuDNN 9");
        System.clearProperty("rectifier.cudnn");
        try (Engine engine = Platform.open(plan, EngineOptions.defaults())) {
            assertThat(engine.info().versions()).containsEntry("cudnn", "none (no libcudnn.so.9 was found)");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "rectifier.cudnn, of, '-Drectifier.cudnn=of is none of none, compare, auto, on.'",
        "rectifier.cudnn.workspace, many, is no number of MiB from 0 to 1048576",
        "rectifier.cudnn.workspace, -1, is no number of MiB from 0 to 1048576",
        "rectifier.cudnn.workspace, 9999999, is no number of MiB from 0 to 1048576",
    })
    void whatCannotBeReadIsRefused(String property, String value, String words) {
        System.setProperty(property, value);
        assertThatThrownBy(CuDnnConvTest::version)
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(words);
    }

    @Test
    void aRecordedLayerHasTheSameBits() {
        Case one = new Case(DType.F32, 3, 2, 3, 5, 7, 1, 1, false);
        List<HostTensor> direct = on(one, ConvLayer::joined);
        try (Engine engine = Emulated.open();
                Arena arena = engine.openArena("layer")) {
            ConvLayer layer = new ConvLayer(engine, arena, one);
            try (Captured captured = engine.capture().open(arena, step -> layer.step())) {
                captured.run(0, 11);
                assertThat(captured.counts().launches()).isPositive();
            }
            requireSame(layer.outcome(), direct);
        }
    }

    /** As a library to compare with it does the same, whatever the engine's own mode. */
    @Test
    void inComparisonsItGivesItsOwnBits() {
        Case one = new Case(DType.F64, 3, 2, 3, 5, 7, 2, 1, false);
        List<HostTensor> right = on(one, ConvLayer::linear);
        System.setProperty("rectifier.cudnn", "compare");
        try (Engine engine = Emulated.open();
                Arena arena = engine.openArena("layer");
                OtherLibrary.Session cudnn =
                        engine.metering().otherLibraries().get(0).open()) {
            requireSame(new ConvLayer(engine, arena, one).linear(cudnn), right);
            CuDnnDouble.plant(Fault.UNKNOWN_SHAPE);
            ConvLayer other = new ConvLayer(engine, arena, SMALL);
            assertThatThrownBy(() -> other.linear(cudnn))
                    .isInstanceOf(DeviceException.class)
                    .hasMessageContaining("cuDNN does not do this");
        }
    }

    @Test
    void nothingIsLeftBehind() {
        Emulated.open().close();
        long bytes = EmulatedControl.liveBytes();
        long objects = EmulatedControl.liveObjects();
        on(SMALL, ConvLayer::joined);
        assertThat(EmulatedControl.liveBytes()).isEqualTo(bytes);
        assertThat(EmulatedControl.liveObjects()).isEqualTo(objects);
    }
}
