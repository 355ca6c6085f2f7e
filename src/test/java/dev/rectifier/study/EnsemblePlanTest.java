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
import java.lang.reflect.Proxy;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

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
