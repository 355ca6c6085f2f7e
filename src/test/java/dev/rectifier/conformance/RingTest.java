package dev.rectifier.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Ring;
import dev.rectifier.engine.ShapeException;
import dev.rectifier.engine.Stretch;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** What a resident stretch leaves in a ring, against the same stretch cut there, on every engine and kernel: the same bits. */
class RingTest extends OnEveryEngine {
    private static final String WISH = "rectifier.resident";
    private static final int STEPS = RingTrial.STEPS;

    private static List<Integer> every(int n) {
        return IntStream.rangeClosed(1, STEPS / n).mapToObj(k -> k * n).toList();
    }

    private static Stream<RingTrial> trials() {
        List<List<Integer>> rings =
                List.of(every(5), List.of(11), every(1), List.of(STEPS), every(7), List.of(1, 2, 22, 23));
        return Stream.of(1, 3, 64)
                .flatMap(replicas -> Stream.of(DType.F32, DType.F64)
                        .flatMap(type -> IntStream.range(0, rings.size())
                                .mapToObj(i -> new RingTrial(
                                        type,
                                        replicas,
                                        i % 2 == 0 ? 1 : 3,
                                        i % 3 == 2 ? UpdateRule.MOMENTUM : UpdateRule.SGD,
                                        rings.get(i)))));
    }

    private static List<String> kernels(EngineSource.Present present) {
        return present.name().startsWith("cpu") ? List.of("auto") : List.of("auto", "general", "block");
    }

    private static void asking(String kernel, Runnable trial) {
        String before = System.getProperty(WISH, "auto");
        System.setProperty(WISH, kernel);
        try {
            trial.run();
        } finally {
            System.setProperty(WISH, before);
        }
    }

    private static boolean same(List<HostTensor> ours, List<HostTensor> theirs) {
        assertThat(ours).hasSameSizeAs(theirs);
        return IntStream.range(0, ours.size()).allMatch(i -> ours.get(i).sameBits(theirs.get(i)));
    }

    @TestFactory
    Stream<DynamicTest> slotsHaveTheBitsOfAStretchThatEndsThere() {
        return trials().flatMap(trial -> engines()
                .map(present -> DynamicTest.dynamicTest(present + " " + trial, () -> {
                    for (String kernel : kernels(present)) {
                        asking(kernel, () -> requireSame(present.engine(), trial, kernel));
                    }
                })));
    }

    private static void requireSame(Engine engine, RingTrial trial, String kernel) {
        List<HostTensor> kept = trial.kept(engine, (resident, feed, stretch) -> resident.train(feed, stretch));
        List<HostTensor> cut = trial.cut(engine);
        for (int i = 0; i < cut.size(); i++) {
            assertThat(kept.get(i).sameBits(cut.get(i)))
                    .as("%s, tensor %d: %s and %s", kernel, i, kept.get(i), cut.get(i))
                    .isTrue();
        }
        if (trial.replicas() > 3) {
            long[] froze = cut.get(cut.size() - 1).longs();
            int[] causes = cut.get(cut.size() - 2).ints();
            assertThat(IntStream.range(0, froze.length).filter(r -> causes[r] != 0 && froze[r] > 4))
                    .as("replicas that break on the way")
                    .isNotEmpty();
        }
    }

    /** Engines among each other, where no exponential is taken. */
    @TestFactory
    Stream<DynamicTest> slotsHaveTheBitsOfTheCpu() {
        List<RingTrial> some = trials().filter(trial -> trial.replicas() == 3).toList();
        return engines()
                .map(present -> DynamicTest.dynamicTest(present.toString(), () -> {
                    for (RingTrial trial : some) {
                        assertThat(same(
                                        trial.kept(
                                                present.engine(),
                                                (resident, feed, stretch) -> resident.train(feed, stretch)),
                                        trial.cut(SOURCE.reference())))
                                .as("%s", trial)
                                .isTrue();
                    }
                }));
    }

    private static Stretch with(Stretch stretch, Ring ring) {
        return new Stretch(stretch.first(), stretch.factors(), stretch.lossScale(), Optional.of(ring));
    }

    private static Stretch shifted(Stretch stretch, int by) {
        Ring ring = stretch.ring().orElseThrow();
        int[] after = Arrays.stream(ring.after()).map(a -> a + by).toArray();
        return with(stretch, new Ring(ring.weights(), ring.losses(), after));
    }

    /** Replica r gets the block of replica r - 1. */
    private static void turn(View view) {
        HostTensor values = view.download();
        HostTensor turned = HostTensor.zeros(values.dtype(), values.shape());
        int block = values.length() / (int) view.replicas();
        for (int i = 0; i < values.length(); i++) {
            turned.set(i, values.get(Math.floorMod(i - block, values.length())));
        }
        Fault.store(view, turned);
    }

    private static Map<String, RingTrial.Trainee> faults() {
        return Map.of(
                "one step late", (resident, feed, stretch) -> resident.train(feed, shifted(stretch, 1)),
                "one step early", (resident, feed, stretch) -> resident.train(feed, shifted(stretch, -1)),
                "weights of the replica before",
                        (resident, feed, stretch) -> {
                            resident.train(feed, stretch);
                            turn(stretch.ring().orElseThrow().weights());
                        },
                "losses of the replica before",
                        (resident, feed, stretch) -> {
                            resident.train(feed, stretch);
                            turn(stretch.ring().orElseThrow().losses());
                        },
                "the ring forgotten", (resident, feed, stretch) -> resident.train(feed, stretch.unkept()),
                "the last slot twice",
                        (resident, feed, stretch) -> {
                            resident.train(feed, stretch);
                            Ring ring = stretch.ring().orElseThrow();
                            int last = ring.after().length - 1;
                            Fault.store(ring.weights(0), ring.weights(last).download());
                        });
    }

    @TestFactory
    Stream<DynamicTest> everyFaultIsCaught() {
        RingTrial trial = new RingTrial(DType.F32, 3, 1, UpdateRule.SGD, every(5));
        return engines()
                .flatMap(present -> faults().entrySet().stream()
                        .map(fault -> DynamicTest.dynamicTest(
                                present + " " + fault.getKey(),
                                () -> assertThat(same(
                                                trial.kept(present.engine(), fault.getValue()),
                                                trial.cut(present.engine())))
                                        .isFalse())));
    }

    @TestFactory
    Stream<DynamicTest> aRingThatDoesNotFitIsRefused() {
        RingTrial trial = new RingTrial(DType.F32, 2, 1, UpdateRule.SGD, List.of(3, 9));
        return engines()
                .map(present -> DynamicTest.dynamicTest(present.toString(), () -> {
                    assertThatThrownBy(() -> trial.kept(
                                    present.engine(),
                                    (resident, feed, stretch) -> resident.train(feed, shifted(stretch, STEPS - 8))))
                            .isInstanceOf(IllegalArgumentException.class)
                            .hasMessageContaining("after update 24 of 23");
                    assertThatThrownBy(() -> trial.kept(present.engine(), (resident, feed, stretch) -> {
                                Ring ring = stretch.ring().orElseThrow();
                                resident.train(
                                        feed, with(stretch, new Ring(ring.weights(), ring.losses(), new int[] {3})));
                            }))
                            .isInstanceOf(ShapeException.class)
                            .hasMessageContaining("ring is F32 [2, 2, 66]");
                }));
    }
}
