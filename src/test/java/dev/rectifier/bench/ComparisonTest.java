package dev.rectifier.bench;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.bench.peer.PeerException;
import dev.rectifier.bench.peer.RefusedException;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What is timed, what is not, and why. */
class ComparisonTest {
    private static final StoppingRule RULE = new StoppingRule(4, 0.005, 0, 0, 0);

    private final Engine engine =
            Engines.open("cpu", EngineOptions.defaults().withThreads(1)).engine();
    private final List<String> log = new ArrayList<>();
    private long now;

    @AfterEach
    void close() {
        engine.close();
    }

    private Rig rig(boolean timed) {
        return new Rig(engine, Map.of(), engine, () -> now += 1000, List.of(), Path.of("."), timed);
    }

    private record Named(String name, Supplier<Trial> maker) implements Contender {
        @Override
        public Trial open(Cache cache) {
            return maker.get();
        }
    }

    private record FakeCase(List<Contender> all) implements Case {
        @Override
        public Subject subject() {
            return new Subject("kernels", "fake", new Axes(Map.of("R", 2L)), "R", new Work(8, 4, 2));
        }

        @Override
        public long deviceBytes() {
            return 0;
        }

        @Override
        public long hostBytes() {
            return 0;
        }

        @Override
        public List<Contender> contenders(Rig rig) {
            return all;
        }
    }

    private Contender fake(String name, Verification verification, double seconds) {
        return new Named(name, () -> new FakeTrial(name, log, verification, lap -> seconds));
    }

    private Contender throwing(String name, RuntimeException failure) {
        return new Named(name, () -> {
            throw failure;
        });
    }

    private List<Row> run(boolean timed, Contender... all) {
        return new Comparison(rig(timed), RULE, row -> {}).run(new FakeCase(List.of(all)));
    }

    private static Verification wrong() {
        return new Verification(0.5, 1e-6, "a fake");
    }

    @Test
    void everyContenderIsVerifiedBeforeItIsTimed() {
        List<Row> rows = run(true, fake("ours", FakeTrial.right(), 1), fake("peer", FakeTrial.right(), 3));
        assertThat(rows).extracting(Row::status).containsOnly(Row.Status.MEASURED);
        assertThat(rows.get(1).timing().orElseThrow().ratio().orElseThrow().value())
                .isEqualTo(3);
        assertThat(log.get(0)).isEqualTo("verify ours");
        assertThat(log.indexOf("verify peer")).isLessThan(log.indexOf("peer"));
        assertThat(log).endsWith("close peer", "close ours");
    }

    @Test
    void aWrongResultHasNoSpeed() {
        List<Row> rows = run(true, fake("ours", FakeTrial.right(), 1), fake("peer", wrong(), 3));
        assertThat(rows.get(1).status()).isEqualTo(Row.Status.WRONG);
        assertThat(rows.get(1).timing()).isEmpty();
        assertThat(log).doesNotContain("peer");
    }

    @Test
    void whereOursIsWrongNobodyIsTimed() {
        List<Row> rows = run(true, fake("ours", wrong(), 1), fake("peer", FakeTrial.right(), 3));
        assertThat(rows).extracting(Row::status).containsExactly(Row.Status.WRONG, Row.Status.REFUSED);
        assertThat(log).doesNotContain("ours", "peer");
    }

    @Test
    void whoRefusesOrDiesCostsOneRow() {
        List<Row> rows = run(
                true,
                fake("ours", FakeTrial.right(), 1),
                throwing("a", new RefusedException("no such product")),
                throwing("b", new PeerException("it died")),
                throwing("c", RefusedException.same("ours again")),
                fake("d", FakeTrial.right(), 2));
        assertThat(rows)
                .extracting(Row::status)
                .containsExactly(Row.Status.MEASURED, Row.Status.REFUSED, Row.Status.FAILED, Row.Status.MEASURED);
        assertThat(rows.get(1).outcome().reason()).isEqualTo("no such product");
    }

    @Test
    void withoutTimesNoNumberOfTheDeviceIsReported() {
        List<Row> rows = run(false, fake("ours", FakeTrial.right(), 1), fake("peer", FakeTrial.right(), 3));
        assertThat(rows).extracting(Row::status).containsOnly(Row.Status.NOT_MEASURED);
        assertThat(BenchJson.lines(Map.of(), Ceilings.UNKNOWN, rows, List.of()))
                .doesNotContain("_s\"", "seconds", "per_s");
        assertThat(log).doesNotContain("ours", "peer");
    }

    private Row ofOperation(Operation operation) {
        Subject subject = new Subject("kernels", "planted", new Axes(Map.of("R", 2L)), "", operation.work());
        Case one = new OperationCase(subject, operation, Rivalry.NONE, List.of(Cache.HOT));
        return new Comparison(rig(true), RULE, row -> {}).run(one).get(0);
    }

    /** ReLU, and one element of one replica off by a hundredth where the computation is in fp32. */
    private static void plantedRelu(Engine engine, List<View> v) {
        engine.pointwise().relu(v.get(1), v.get(2), v.get(0));
        if (v.get(1).dtype() == DType.F32) {
            View element = v.get(1).replicas(1, 1).slice(3, dev.rectifier.tensor.Shape.of(1));
            engine.pointwise().fill(element, 0.01);
        }
    }

    @Test
    void aPlantedErrorIsFound() {
        Operation relu = Streaming.relu(2, 64);
        assertThat(ofOperation(relu).status()).isEqualTo(Row.Status.MEASURED);
        Operation planted = new Operation(
                relu.slots(),
                ComparisonTest::plantedRelu,
                relu.flops(),
                relu.depth(),
                Optional.empty(),
                Optional.empty());
        assertThat(ofOperation(planted).status()).isEqualTo(Row.Status.WRONG);
    }

    @Test
    void anOutputThatIsNotWrittenIsFound() {
        Operation relu = Streaming.relu(2, 64);
        Operation idle = new Operation(relu.slots(), (anyEngine, v) -> {}, 0, 1, Optional.empty(), Optional.empty());
        Row row = ofOperation(idle);
        assertThat(row.status()).isEqualTo(Row.Status.WRONG);
        assertThat(row.verification().orElseThrow().error()).isInfinite();
    }

    @Test
    void whatMemoryDoesNotHoldIsListedWithTheReason() {
        Operation huge = Streaming.copy(1 << 20, 1 << 20);
        Row row = ofOperation(huge);
        assertThat(row.status()).isEqualTo(Row.Status.REFUSED);
        assertThat(row.outcome().reason()).contains("MiB of Java heap");
    }

    @Test
    void aColdCacheTakesMoreThanThreeTimesItsSize() {
        long cache = engine.metering().cacheBytes().orElse(64L << 20);
        int sets = Rotation.sets(rig(true), cache / 16);
        assertThat(sets).isBetween(49, 64);
        assertThat(Rotation.sets(rig(true), 1L << 40)).isEqualTo(1);
    }
}
