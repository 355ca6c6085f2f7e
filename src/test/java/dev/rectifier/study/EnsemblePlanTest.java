package dev.rectifier.study;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.DeviceMemory;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.Engines;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import dev.rectifier.record.RunSpec;
import dev.rectifier.study.luckmatters.LuckMatters;
import dev.rectifier.train.Cadence;
import dev.rectifier.train.Control;
import dev.rectifier.train.Listener;
import dev.rectifier.train.TrainState;
import java.lang.reflect.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Where an ensemble of twelve replicas is cut, for any amount of memory. */
class EnsemblePlanTest {
    private static final Ensemble TWELVE = ensemble();

    private static Ensemble ensemble() {
        Study study = LuckMatters.study();
        RunSpec spec = study.plan(Scale.SMOKE).stream()
                .filter(run -> run.name().equals("two-layer-x2"))
                .findFirst()
                .orElseThrow();
        return study.experiment(spec).ensemble().orElseThrow();
    }

    /** The same replicas, that look at each other. */
    private record Together(Ensemble parts) implements Ensemble {
        @Override
        public int replicas() {
            return parts.replicas();
        }

        @Override
        public Members open(Engine engine, Arena arena, Chunk chunk) {
            return parts.open(engine, arena, chunk);
        }

        @Override
        public Optional<String> indivisible() {
            return Optional.of("its listeners compare replicas");
        }
    }

    private static EnsemblePlan plan(Ensemble ensemble, long available, OptionalInt asked) {
        DeviceMemory memory = new DeviceMemory(available + 500, 1L << 40, 500, "Buy more.");
        try (Engine engine =
                Engines.open("cpu", EngineOptions.defaults().withThreads(1)).engine()) {
            Engine little = (Engine) Proxy.newProxyInstance(
                    Engine.class.getClassLoader(),
                    new Class<?>[] {Engine.class},
                    (proxy, method, arguments) ->
                            method.getName().equals("memory") ? memory : method.invoke(engine, arguments));
            return EnsemblePlan.of(little, ensemble, asked);
        }
    }

    private static long bytes(int replicas) {
        return plan(TWELVE, 1L << 39, OptionalInt.empty()).memory().bytes(replicas);
    }

    @Test
    void asManyReplicasAsFitInTheFewestChunksOfEvenSize() {
        int[] sizes = {0, 1, 2, 3, 4, 4, 6, 6, 6, 6, 6, 6, 12, 12};
        for (int fitting = 0; fitting < sizes.length; fitting++) {
            EnsemblePlan plan = plan(TWELVE, bytes(fitting), OptionalInt.empty());
            assertThat(plan.memory().replicas()).isEqualTo(12);
            assertThat(plan.chunk()).as("%d fit", fitting).isEqualTo(sizes[fitting]);
            assertThat(plan.fits()).isEqualTo(fitting > 0);
            assertThat(plan.chunks()).isEqualTo(fitting == 0 ? 0 : 12 / sizes[fitting]);
        }
    }

    private record Held(List<Long> bytes, Engine engine) implements Listener {
        @Override
        public void observe(TrainState state) {
            bytes.add(engine.bytesInUse());
        }

        @Override
        public boolean looksBack() {
            return true;
        }
    }

    /** With the ring of its probes, which is planned for the chunk that is trained together. */
    @ParameterizedTest
    @ValueSource(ints = {12, 5, 1})
    void thePlanOfAChunkIsWhatItHoldsWhileItIsTrained(int together) {
        try (Engine engine =
                Engines.open("cpu", EngineOptions.defaults().withThreads(1)).engine()) {
            EnsemblePlan plan = EnsemblePlan.of(engine, TWELVE, OptionalInt.of(together));
            assertThat(plan.ring().bytes()).isPositive();
            List<Long> held = new ArrayList<>();
            try (Arena data = engine.openArena("data");
                    Ensemble.Members members = TWELVE.open(engine, data, new Chunk(0, plan.chunk(), 12));
                    Arena arena = engine.openArena("probes")) {
                List<Listener> all = new ArrayList<>(members.probes().make(arena, (step, metric, values) -> {}));
                all.add(Cadence.every(50).calling(new Held(held, engine)));
                members.loop().run(Control.of().withListeners(all));
            }
            assertThat(held).hasSizeGreaterThan(2).containsOnly(plan.bytes());
        }
    }

    @Test
    void whatIsLeftIsTheRingsAndNoMore() {
        long ring = plan(TWELVE, 1L << 39, OptionalInt.empty()).ring().bytes();
        EnsemblePlan room = plan(TWELVE, bytes(12) + ring, OptionalInt.empty());
        assertThat(room.bytes()).isEqualTo(bytes(12) + ring);
        EnsemblePlan none = plan(TWELVE, bytes(12) + ring - 1, OptionalInt.empty());
        assertThat(none.chunk()).isEqualTo(12);
        assertThat(none.bytes()).isEqualTo(bytes(12));
    }

    @Test
    void aChunkThatIsAskedForIsTakenOrRefused() {
        assertThat(plan(TWELVE, bytes(5), OptionalInt.of(5)).chunks()).isEqualTo(3);
        assertThat(plan(TWELVE, bytes(12), OptionalInt.of(99)).chunk()).isEqualTo(12);
        EnsemblePlan refused = plan(TWELVE, bytes(5), OptionalInt.of(6));
        assertThat(refused.fits()).isFalse();
        assertThatThrownBy(refused::requireFit)
                .isInstanceOf(OutOfDeviceMemoryException.class)
                .hasMessageContaining("for 6 replicas")
                .hasMessageContaining("The largest R that fits is 5");
    }

    @Test
    void replicasThatLookAtEachOtherAreNotCut() {
        Ensemble together = new Together(TWELVE);
        assertThat(plan(together, bytes(12), OptionalInt.empty()).chunk()).isEqualTo(12);
        assertThatThrownBy(() -> plan(together, bytes(11), OptionalInt.empty()).requireFit())
                .isInstanceOf(OutOfDeviceMemoryException.class)
                .hasMessageContaining("for 12 replicas")
                .hasMessageContaining("The largest R that fits is 11");
        assertThatThrownBy(() -> plan(together, bytes(12), OptionalInt.of(3)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("cannot be trained in chunks: its listeners compare replicas.");
    }
}
