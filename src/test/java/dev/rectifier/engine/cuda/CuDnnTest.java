package dev.rectifier.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.offset;

import dev.rectifier.conformance.NormScene;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.NoDeviceException;
import dev.rectifier.engine.NormOps;
import dev.rectifier.engine.OtherLibrary;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.ShapeException;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.nio.file.Path;
import java.util.SplittableRandom;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** The way to cuDNN, through JCuda's binding, to its double on the emulated driver. */
class CuDnnTest {
    private static final int R = 3;
    private static final int W = 37;

    @BeforeEach
    void emulated() {
        Emulated.require();
    }

    @AfterEach
    void restore() {
        System.clearProperty("rectifier.cudnn");
    }

    private static OtherLibrary cudnn(Engine engine) {
        return engine.metering().otherLibraries().get(0);
    }

    private static HostTensor normals(DType type, long seed) {
        SplittableRandom random = new SplittableRandom(seed);
        HostTensor values = HostTensor.zeros(type, Shape.of(R, W));
        for (int i = 0; i < values.length(); i++) {
            values.set(i, i % 5 == 0 ? 0 : random.nextGaussian());
        }
        return values;
    }

    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F64"})
    void bothDirectionsGiveTheBitsOfOurs(DType type) {
        try (Engine engine = Emulated.open();
                Arena arena = engine.openArena("relu");
                OtherLibrary.Session cudnn = cudnn(engine).open()) {
            View x = arena.upload(normals(type, 1)).view();
            View dy = arena.upload(normals(type, 2)).view();
            View mask = arena.zeros(DType.I32, Shape.of(R, PointwiseOps.maskWords(W)))
                    .view();
            View ours = arena.zeros(type, x.shape()).view();
            View theirs = arena.zeros(type, x.shape()).view();
            engine.pointwise().relu(ours, mask, x);
            cudnn.reluForward(theirs, x);
            assertThat(theirs.download().toDoubles()).isEqualTo(ours.download().toDoubles());
            cudnn.reluBackward(dy, dy, theirs);
            View expected = arena.upload(normals(type, 2)).view();
            engine.pointwise().reluBackward(expected, expected, mask);
            assertThat(dy.download().toDoubles()).isEqualTo(expected.download().toDoubles());
        }
    }

    /** Both sum in fp64, so they differ by the roundings of an element: at most 8 of numbers below 20. */
    @ParameterizedTest
    @EnumSource(
            value = DType.class,
            names = {"F32", "F64"})
    void batchNormalisationGoesReplicaByReplica(DType type) {
        NormScene scene = NormScene.random(type, R, Shape.of(5, 4, 3, 2), 11);
        try (Engine engine = Emulated.open();
                Arena arena = engine.openArena("norm");
                OtherLibrary.Session cudnn = cudnn(engine).open()) {
            NormScene.Results ours = scene.training(engine);
            View x = arena.upload(scene.x()).view();
            View y = arena.zeros(type, x.shape()).view();
            NormOps.Affine affine = new NormOps.Affine(
                    arena.upload(scene.scale()).view(),
                    arena.upload(scene.shift()).view());
            NormOps.Affine gradient = new NormOps.Affine(
                    arena.upload(scene.scale()).view(),
                    arena.upload(scene.shift()).view());
            OtherLibrary.Saved saved = new OtherLibrary.Saved(
                    arena.upload(scene.scale()).view(),
                    arena.upload(scene.shift()).view(),
                    NormScene.EPS);
            cudnn.normForward(y, saved, x, affine);
            requireClose(y, ours.y());
            cudnn.normBackward(y, gradient, arena.upload(scene.dy()).view(), x, affine.scale(), saved);
            requireClose(y, ours.dx());
            requireClose(gradient.scale(), ours.dscale());
            requireClose(gradient.shift(), ours.dshift());
        }
    }

    private static void requireClose(View found, HostTensor expected) {
        double bound = 8 * 20 * expected.dtype().unitRoundoff();
        for (int i = 0; i < expected.length(); i++) {
            assertThat(found.download().get(i)).isCloseTo(expected.get(i), offset(bound));
        }
    }

    @Test
    void itSaysItsVersionAndCountsAsLaunches() {
        try (Engine engine = Emulated.open();
                Arena arena = engine.openArena("relu");
                OtherLibrary.Session cudnn = cudnn(engine).open()) {
            View x = arena.upload(normals(DType.F32, 1)).view();
            long before = engine.metering().launches().orElseThrow();
            cudnn.reluForward(x, x);
            assertThat(engine.metering().launches().orElseThrow()).isEqualTo(before + 1);
            assertThat(cudnn.description()).startsWith("9.5.0, emulated ").endsWith("libcudnn.so.9");
        }
    }

    @Test
    void viewsThatAreNoPackedTensorsOfOneKindAreRefused() {
        try (Engine engine = Emulated.open();
                Arena arena = engine.openArena("relu");
                OtherLibrary.Session cudnn = cudnn(engine).open()) {
            View x = arena.upload(normals(DType.F32, 1)).view();
            View wide = arena.upload(normals(DType.F64, 1)).view();
            assertThatThrownBy(() -> cudnn.reluForward(wide, x)).isInstanceOf(ShapeException.class);
            View part = x.slice(0, Shape.of(4));
            assertThatThrownBy(() -> cudnn.reluForward(part, part)).isInstanceOf(ShapeException.class);
        }
    }

    @Test
    void anAbsentLibrarySaysSoAndHarmsNothing() {
        System.setProperty("rectifier.cudnn", "none");
        try (Engine engine = Emulated.open()) {
            assertThatThrownBy(() -> cudnn(engine).open())
                    .isInstanceOf(NoDeviceException.class)
                    .hasMessage("-Drectifier.cudnn=none");
        }
    }

    @Test
    void aFileThatIsNoCuDnnSaysSo() {
        try (Engine engine = Emulated.open()) {
            CudaLibraries.Library none = CudaLibraries.cudnn("nothing", Path.of("no-such-folder", "libcudnn.so.9"));
            assertThatThrownBy(none::load).isInstanceOf(NoDeviceException.class).hasMessageContaining("no-such-folder");
            assertThat(engine.bytesInUse()).isZero();
        }
    }
}
