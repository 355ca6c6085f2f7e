package dev.rectifier.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.MathMode;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Products in TF32 and TF32X3 on every engine present: within bounds that follow from the arithmetic ({@link Bound#product}),
 * a replica alone as among others, fused as composed, and the CPU's bits on the emulated device.
 */
class MathModeTest {
    @RegisterExtension
    static final EngineSource TF32 = new EngineSource(MathMode.TF32);

    @RegisterExtension
    static final EngineSource TF32X3 = new EngineSource(MathMode.TF32X3);

    /** The emulated tensor core takes some microseconds for 1024 multiply-adds. */
    private static final long LARGE = 12_000;

    private static final long FEW = 100;

    private static final Examiner EXAMINER = new Examiner();

    @AfterAll
    static void print() {
        System.out.println("math modes: " + EXAMINER.summary());
    }

    private static EngineSource source(MathMode mode) {
        return mode == MathMode.TF32 ? TF32 : TF32X3;
    }

    private static List<Trial> trials(MathMode mode, String operation) {
        return new DenseContract(mode)
                .trials()
                .filter(t -> t.elements() <= LARGE && t.operation().startsWith(operation))
                .toList();
    }

    /** Both modes on every engine. */
    static Stream<Arguments> modes() {
        return Stream.of(MathMode.TF32, MathMode.TF32X3)
                .flatMap(mode -> source(mode).engines().stream().map(on -> Arguments.of(mode, on)));
    }

    @ParameterizedTest
    @MethodSource("modes")
    void everyProductKeepsItsBound(MathMode mode, EngineSource.Present on) {
        for (Trial trial : trials(mode, "dense.")) {
            EXAMINER.examine(mode + " " + on, on.engine(), trial);
        }
    }

    /** On a real GPU the order within a tensor core is another one, and the bits are its own. */
    @ParameterizedTest
    @MethodSource("modes")
    void theEmulatedDeviceHasTheBitsOfTheCpu(MathMode mode, EngineSource.Present on) {
        if (on.name().equals("cuda")) {
            return;
        }
        for (Trial trial : trials(mode, "dense.")) {
            if (!trial.operation().endsWith("iasGradient") && trial.name().contains("F32")) {
                List<HostTensor> ours = EXAMINER.run(on.engine(), trial);
                List<HostTensor> cpu = EXAMINER.run(source(mode).reference(), trial);
                for (int o = 0; o < ours.size(); o++) {
                    assertThat(Examiner.sameValues(ours.get(o), cpu.get(o)))
                            .as("%s on %s, output %s", trial, on, o)
                            .isTrue();
                }
            }
        }
    }

    @ParameterizedTest
    @MethodSource("modes")
    void aFusedProductHasTheBitsOfTheComposition(MathMode mode, EngineSource.Present on) {
        assertThat(on.engine().info().options().mathMode()).isEqualTo(mode);
        requireCompositions(on, 1, 3);
    }

    @Tag("slow")
    @ParameterizedTest
    @MethodSource("modes")
    void aFusedProductOfManyReplicasToo(MathMode mode, EngineSource.Present on) {
        assertThat(on.engine().info().options().mathMode()).isEqualTo(mode);
        requireCompositions(on, 64);
    }

    private static void requireCompositions(EngineSource.Present on, Integer... replicas) {
        Stream.of(replicas)
                .flatMap(r -> FusedDenseTest.cases(on, DType.F32, r))
                .filter(one -> one.replicas() < 64 || one.sizes().height() < 64)
                .forEach(FusedDenseTest::requireComposition);
    }

    /** The two bounds are apart: what TF32 computes is out of TF32X3's, unless the numbers are few enough to have luck. */
    @ParameterizedTest
    @MethodSource("modes")
    void tf32FailsTheBoundOfTf32x3(MathMode mode, EngineSource.Present on) {
        List<Trial> strict = trials(MathMode.TF32X3, "dense.forward").stream()
                .filter(t -> t.name().contains("F32") && t.name().contains("RANDOM") && t.elements() > FEW)
                .toList();
        assertThat(strict).hasSizeGreaterThan(5);
        long failures = strict.stream()
                .filter(t -> FaultyEngineTest.fails(on.engine(), t))
                .count();
        assertThat(failures).isEqualTo(mode == MathMode.TF32 ? strict.size() : 0);
    }

    private static final List<Fault> FAULTS = List.of(
            new Fault(
                    "low part of the left operand left out",
                    "dense.forward ",
                    "forward",
                    c -> with(c, tf32(c.view(1)))),
            new Fault(
                    "second and third of a fragment exchanged",
                    "dense.forward ",
                    "forward",
                    c -> with(c, mixed(c.view(1)))));

    /** Every fault in TF32X3 on every engine. */
    static Stream<Arguments> plants() {
        return TF32X3.engines().stream().flatMap(on -> FAULTS.stream().map(fault -> Arguments.of(on, fault)));
    }

    @ParameterizedTest
    @MethodSource("plants")
    void everyFaultIsCaught(EngineSource.Present on, Fault fault) {
        Engine faulty = new FaultyEngine(on.engine(), fault);
        assertThat(trials(MathMode.TF32X3, "dense.forward"))
                .filteredOn(t -> t.name().startsWith(fault.operation()))
                .anyMatch(trial -> FaultyEngineTest.fails(faulty, trial));
    }

    /** The call with other numbers on the left. */
    private static void with(Fault.Call call, HostTensor left) {
        HostTensor before = call.view(1).download();
        Fault.store(call.view(1), left);
        call.proceed();
        Fault.store(call.view(1), before);
    }

    private static HostTensor tf32(View view) {
        HostTensor values = view.download();
        for (int i = 0; i < values.length(); i++) {
            values.set(i, rounded(values.get(i)));
        }
        return values;
    }

    /** To 11 significant bits, ties away from zero. */
    private static double rounded(double value) {
        double unit = Math.scalb(1.0, Math.getExponent(value) - 10);
        return Double.isFinite(value) && value != 0
                ? Math.copySign(Math.floor(Math.abs(value) / unit + 0.5), value) * unit
                : value;
    }

    /** A lane's numbers (g + 8, t) and (g, t + 4) of every 16 x 8 block of [R, N, D] in each other's place. */
    private static HostTensor mixed(View view) {
        HostTensor values = view.download();
        int n = Math.toIntExact(view.dim(1));
        int d = Math.toIntExact(view.dim(2));
        for (int r = 0; r < view.replicas(); r++) {
            for (int row = 8; row < n; row++) {
                for (int k = 0; row % 16 >= 8 && k + 4 < d; k++) {
                    if (k % 8 < 4) {
                        swap(values, (r * n + row) * d + k, (r * n + row - 8) * d + k + 4);
                    }
                }
            }
        }
        return values;
    }

    private static void swap(HostTensor values, int i, int j) {
        double kept = values.get(i);
        values.set(i, values.get(j));
        values.set(j, kept);
    }

    /** Known answers: 2^-11 is half a unit of TF32 at 1, and goes away from zero; TF32X3 keeps it. */
    @ParameterizedTest
    @EnumSource(
            value = MathMode.class,
            names = {"TF32", "TF32X3"})
    void operandsAreRoundedToTheNearestTiesAway(MathMode mode) {
        float[] x = {1 + 0x1p-11f, -1 - 0x1p-11f, 1 + 0x1p-12f, 1 + 0x1.8p-10f, 3, 0x1.fffp0f, Float.MAX_VALUE};
        float[] near = {1 + 0x1p-10f, -1 - 0x1p-10f, 1, 1 + 0x1p-9f, 3, 2, Float.POSITIVE_INFINITY};
        float[] kept = x.clone();
        kept[6] = Float.NaN; // infinity and what is left of it
        for (EngineSource.Present on : source(mode).engines()) {
            try (Arena arena = on.engine().openArena("known answers")) {
                View left =
                        arena.upload(HostTensor.of(Shape.of(1, x.length, 1), x)).view();
                View one = arena.upload(HostTensor.of(Shape.of(1, 1, 1), new float[] {1}))
                        .view();
                View y = arena.allocate(DType.F32, Shape.of(1, x.length, 1)).view();
                on.engine().dense().forward(y, left, one);
                assertThat(y.download().floats()).as(on.name()).containsExactly(mode == MathMode.TF32 ? near : kept);
            }
        }
    }
}
