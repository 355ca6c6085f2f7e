package dev.rectifier.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.GuardedUpdate;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The joined operation against the guard and the step one after the other: bits, causes and marks, on every engine. */
class GuardedStepTest extends OnEveryEngine {
    /** A sound one; each cause alone; each pair of causes, far apart; one frozen before. */
    private static final int REPLICAS = 9;

    private static final int STEP = 7;

    /**
     * One case.
     *
     * @param size P: one warp a replica, one block, and in pieces
     */
    record Case(EngineSource.Present on, UpdateRule rule, DType type, int size, boolean masked) {
        @Override
        public String toString() {
            return on + " " + rule + " " + type + " P=" + size + (masked ? " masked" : "");
        }
    }

    static Stream<Case> cases() {
        return engines()
                .flatMap(on -> Stream.of(UpdateRule.values())
                        .flatMap(rule -> Stream.of(3, 700, 9_001)
                                .flatMap(size -> Stream.of(
                                        new Case(on, rule, DType.F32, size, false),
                                        new Case(on, rule, DType.F64, size, true)))));
    }

    @ParameterizedTest
    @MethodSource("cases")
    void theGuardInTheStepSeesWhatTheGuardBeforeItSees(Case one) {
        Engine engine = one.on().engine();
        try (Arena arena = engine.openArena("guarded")) {
            GuardedUpdate joined = update(one, arena);
            GuardedUpdate apart = update(one, arena);
            engine.update().guardedStep(joined, 0.5, STEP);
            engine.update()
                    .guard(apart.health(), apart.loss(), apart.parameters().gradient(), STEP);
            engine.update().step(one.rule(), apart.parameters(), apart.hyper(), apart.health(), 0.5, STEP);
            List<View> found = outputs(joined);
            List<View> expected = outputs(apart);
            for (int i = 0; i < found.size(); i++) {
                assertThat(found.get(i).download().sameBits(expected.get(i).download()))
                        .as("output %d", i)
                        .isTrue();
            }
            assertThat(joined.health().cause().download().ints()).containsExactly(0, 1, 2, 3, 1, 1, 2, 2, 3);
        }
    }

    private static List<View> outputs(GuardedUpdate update) {
        Parameters parameters = update.parameters();
        return List.of(
                parameters.weights(),
                parameters.state(),
                update.health().cause(),
                update.health().step());
    }

    private static GuardedUpdate update(Case one, Arena arena) {
        int p = one.size();
        HostTensor weights = random(one, 1, p);
        HostTensor gradient = random(one, 2, p);
        HostTensor loss = HostTensor.zeros(DType.F64, Shape.of(REPLICAS));
        for (int r : new int[] {1, 4, 5}) {
            loss.set(r, Double.NaN);
        }
        for (int r : new int[] {2, 4, 6}) {
            gradient.set(r * p + p - 1, Double.POSITIVE_INFINITY);
        }
        gradient.set(7 * p, Double.NaN);
        double huge = one.type() == DType.F32 ? Float.MAX_VALUE : Double.MAX_VALUE;
        for (int at : new int[] {3 * p, 5 * p, 6 * p, 8 * p - 1, 8 * p}) {
            weights.set(at, -huge);
            gradient.set(at, Double.isFinite(gradient.get(at)) ? huge : gradient.get(at));
        }
        View state =
                arena.upload(random(one, 3, (long) one.rule().stateSlots() * p)).view();
        Parameters parameters = new Parameters(
                arena.upload(weights).view(), arena.upload(gradient).view(), state, mask(one, arena));
        return new GuardedUpdate(
                one.rule(),
                parameters,
                hyper(arena),
                health(arena),
                arena.upload(loss).view());
    }

    /** Replica 8 is frozen already, and stays so with its cause. */
    private static Health health(Arena arena) {
        HostTensor causes = HostTensor.zeros(DType.I32, Shape.of(REPLICAS));
        causes.set(8, 3);
        return new Health(
                arena.upload(causes).view(),
                arena.zeros(DType.I64, Shape.of(REPLICAS)).view());
    }

    private static Optional<View> mask(Case one, Arena arena) {
        if (!one.masked()) {
            return Optional.empty();
        }
        HostTensor mask = HostTensor.zeros(DType.I32, Shape.of(REPLICAS, PointwiseOps.maskWords(one.size())));
        int words = mask.length() / REPLICAS;
        for (int i = 0; i < mask.length(); i++) {
            boolean last = i % words == words - 1 && one.size() % 32 != 0;
            mask.set(i, 0x5555_5555 & (last ? (1 << one.size() % 32) - 1 : -1));
        }
        return Optional.of(arena.upload(mask).view());
    }

    /** Uniform in (0, 1), so that second moments are such. */
    private static HostTensor random(Case one, long seed, long width) {
        HostTensor values = HostTensor.zeros(one.type(), Shape.of(REPLICAS, width));
        SplittableRandom random = new SplittableRandom(seed);
        for (int i = 0; i < values.length(); i++) {
            values.set(i, random.nextDouble());
        }
        return values;
    }

    /** Rate 1, momentum 0.9 (no dampening), decays; the factor is a half. */
    private static View hyper(Arena arena) {
        double[] row = {2, 0.9, 0, 0.99, 1e-8, 0.01, 0.02};
        double[] values = new double[REPLICAS * Hyper.count()];
        for (int i = 0; i < values.length; i++) {
            values[i] = row[i % row.length];
        }
        return arena.upload(HostTensor.of(Shape.of(REPLICAS, Hyper.count()), values))
                .view();
    }
}
