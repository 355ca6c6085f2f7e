package dev.rectifier.engine.cuda;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.ResidentNet;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.tensor.HostTensor;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/**
 * Every instance of {@code resident_lanes.cu}, forced and alone, against the general kernel: the same bits by every loss, rule,
 * source of data and size. That the general kernel has the CPU's bits is held elsewhere.
 */
class ResidentLanesTest {
    private static final List<String> FRESH =
            List.of("normal", "normal shared", "uniform own", "uniform shared own", "normal own");
    private static final List<String> SETS =
            List.of("set untaught", "set shared untaught", "set", "set shared", "set own", "set shared own");

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

    private static ResidentNet net(int inputs, int hidden, int outputs, boolean bias, boolean relu) {
        return new ResidentNet(List.of(inputs, hidden, outputs), bias, relu);
    }

    /** Full, below, small; not full where the general kernel would make the test slow. */
    private static List<ResidentNet> nets(ResidentLanes shape) {
        int few = shape.outputs() == 1 ? 1 : 2;
        int below = Math.max(few, shape.outputs() - 1);
        return List.of(
                net(shape.inputs(), shape.hidden(), shape.outputs(), true, true),
                net(shape.inputs() - 1, shape.hidden() - 3, below, false, true),
                net(Math.max(2, shape.inputs() / 2), shape.hidden() - 1, few, true, false),
                net(2, 3, 1, true, true));
    }

    private static List<LossKind> losses(ResidentLanes shape) {
        List<LossKind> all = new ArrayList<>(List.of(LossKind.SQUARED, LossKind.HINGE, LossKind.LOGISTIC));
        if (shape.outputs() > 1) {
            all.add(LossKind.SOFTMAX_CROSS_ENTROPY);
        }
        return all;
    }

    private static List<UpdateRule> rules(ResidentLanes shape) {
        return shape.kind() == ResidentLanes.Kind.FULL
                ? List.of(UpdateRule.MOMENTUM, UpdateRule.NESTEROV, UpdateRule.SGD)
                : List.of(UpdateRule.SGD);
    }

    private static int examples(ResidentLanes shape, int i) {
        int large = shape.lanes() == 2 ? 256 : 65;
        return shape.kind() == ResidentLanes.Kind.SINGLE
                ? 1
                : List.of(2, 7, 1, 33, 5, large).get(i % 6);
    }

    /** Twelve trials of an instance that go through all options, each in another rhythm. */
    private static Stream<ResidentTrial> trials(ResidentLanes shape) {
        return IntStream.range(0, 12).mapToObj(i -> {
            List<String> data = i % 2 == 0 ? FRESH : SETS;
            List<UpdateRule> rules = rules(shape);
            List<LossKind> losses = losses(shape);
            return new ResidentTrial(
                    nets(shape).get(i % 4),
                    losses.get((i + i / 4) % losses.size()),
                    rules.get(i % rules.size()),
                    i == 10 && shape.lanes() < 16 ? 65 : List.of(3, 1, 2).get((i + i / 3) % 3),
                    examples(shape, i),
                    data.get(i / 2 % data.size()),
                    0.001,
                    0.0002,
                    0.002);
        });
    }

    private static List<HostTensor> trained(ResidentTrial trial, ResidentLaunch.Choice choice, int... stretches) {
        try (Arena arena = context.memory().openArena("trial")) {
            return trial.trained(arena, new CudaResident(kernels, choice), stretches);
        }
    }

    private static List<ResidentLaunch> general(ResidentPlan plan, long replicas) {
        return List.of(new ResidentChoice(context).rest(plan, replicas, false));
    }

    private static void requireSameBits(List<HostTensor> ours, List<HostTensor> theirs) {
        for (int i = 0; i < theirs.size(); i++) {
            assertThat(ours.get(i).sameBits(theirs.get(i)))
                    .as("tensor %d: %s and %s", i, ours.get(i), theirs.get(i))
                    .isTrue();
        }
    }

    private static ResidentLaunch forced(ResidentLanes shape, ResidentPlan plan, long replicas) {
        assertThat(shape.takes(plan)).isTrue();
        return shape.launch(plan, replicas, context).orElseThrow();
    }

    @TestFactory
    Stream<DynamicTest> everyInstanceHasTheBitsOfTheGeneralKernel() {
        return ResidentLanes.ALL.stream()
                .flatMap(shape -> trials(shape)
                        .map(trial -> DynamicTest.dynamicTest(
                                shape.kernel() + " " + trial,
                                () -> requireSameBits(
                                        trained(trial, (p, r) -> List.of(forced(shape, p, r)), 1, 6, 13),
                                        trained(trial, ResidentLanesTest::general, 1, 6, 13)))));
    }

    private static List<HostTensor> kept(ResidentTrial trial, ResidentLaunch.Choice choice) {
        try (Arena arena = context.memory().openArena("trial")) {
            return trial.kept(arena, new CudaResident(kernels, choice), 13, 1, 5, 6, 10, 13);
        }
    }

    /** That the general kernel fills slots as stretches that end there would is held elsewhere. */
    @TestFactory
    Stream<DynamicTest> everyInstanceFillsTheRingOfTheGeneralKernel() {
        return ResidentLanes.ALL.stream()
                .flatMap(shape -> trials(shape)
                        .limit(4)
                        .map(trial -> DynamicTest.dynamicTest(
                                shape.kernel() + " " + trial,
                                () -> requireSameBits(
                                        kept(trial, (p, r) -> List.of(forced(shape, p, r))),
                                        kept(trial, ResidentLanesTest::general)))));
    }

    /** Some replicas diverge, at once or later; one turns its padding around. Then the general kernel says why and when. */
    @TestFactory
    Stream<DynamicTest> whatIsNotFiniteIsLeftToTheGeneralKernel() {
        double[] rates = {0.001, 3.0, 30.0, 0.002, 1e10, 1e18, 1e30, 0.0005, 1e38, 7.0};
        return ResidentLanes.ALL.stream().map(shape -> {
            ResidentTrial trial = new ResidentTrial(
                    nets(shape).get(1), LossKind.SQUARED, rules(shape).get(0), 10, examples(shape, 0), "normal", rates);
            return DynamicTest.dynamicTest(shape.kernel() + " " + trial, () -> {
                List<HostTensor> ours = trained(
                        trial,
                        (p, r) -> List.of(forced(shape, p, r), general(p, r).get(0)),
                        9,
                        6);
                requireSameBits(ours, trained(trial, ResidentLanesTest::general, 9, 6));
                requireSameBits(
                        kept(
                                trial,
                                (p, r) -> List.of(
                                        forced(shape, p, r), general(p, r).get(0))),
                        kept(trial, ResidentLanesTest::general));
                assertThat(ours.get(4).ints()).as("causes").contains(0).contains(1);
            });
        });
    }

    @Test
    void lanesFromOneToThirtyTwoAreCovered() {
        Set<Integer> lanes = new TreeSet<>();
        ResidentLanes.ALL.forEach(shape -> lanes.add(shape.lanes()));
        assertThat(lanes).containsExactly(1, 2, 4, 8, 16, 32);
    }
}
