package dev.rectifier.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Buffer;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** Jobs that wait give what jobs done at once give, also where replicas read each other's blocks. */
class QueueTest {
    private static final int REPLICAS = 6;
    private static final int WIDTH = 40;

    @Test
    void randomProgramsGiveTheBitsOfOneThread() {
        for (int seed = 0; seed < 30; seed++) {
            HostTensor alone = run(seed, 1);
            HostTensor together = run(seed, 3);
            assertThat(together.sameBits(alone)).as("program %d", seed).isTrue();
        }
    }

    /** A few hundred copies and sums between three buffers, seen by replica, shifted by one, or shared. */
    private static HostTensor run(int seed, int threads) {
        try (Engine engine = new CpuEngine(EngineOptions.defaults().withThreads(threads), 1 << 20);
                Arena arena = engine.openArena("test")) {
            Random random = new Random(seed);
            Buffer[] buffers = new Buffer[3];
            for (int i = 0; i < buffers.length; i++) {
                double[] values = random.doubles((REPLICAS + 1L) * WIDTH).toArray();
                buffers[i] = arena.upload(HostTensor.of(Shape.of(REPLICAS + 1, WIDTH), values));
            }
            for (int i = 0; i < 400; i++) {
                int target = random.nextInt(3);
                View out = window(buffers[target], random.nextInt(8) == 0 ? 1 : 0);
                View in = window(buffers[(target + 1 + random.nextInt(2)) % 3], random.nextInt(4));
                step(engine, random.nextInt(3), out, in);
            }
            double[] all = new double[0];
            for (Buffer buffer : buffers) {
                double[] part = buffer.download().doubles();
                int old = all.length;
                all = Arrays.copyOf(all, old + part.length);
                System.arraycopy(part, 0, all, old, part.length);
            }
            return HostTensor.of(Shape.of(all.length), all);
        }
    }

    private static void step(Engine engine, int kind, View out, View in) {
        switch (kind) {
            case 0 -> engine.pointwise().copy(out, in);
            case 1 -> engine.pointwise().axpy(out, -0.5, in);
            default -> engine.pointwise().scale(out, 0.75);
        }
    }

    /** 0: replica r sees row r; 1: row r + 1; 2: all see row 0; 3: as 0. */
    private static View window(Buffer buffer, int kind) {
        Shape shape = Shape.of(REPLICAS, WIDTH);
        return switch (kind) {
            case 1 -> new View(buffer, WIDTH, WIDTH, shape);
            case 2 -> new View(buffer, 0, 0, shape);
            default -> new View(buffer, 0, WIDTH, shape);
        };
    }

    @Test
    void anErrorInAWaitingJobReachesTheCallerAndLeavesTheEngineUsable() {
        try (Engine engine = new CpuEngine(EngineOptions.defaults().withThreads(2), 1 << 20);
                Arena arena = engine.openArena("test")) {
            View rows = arena.upload(HostTensor.of(Shape.of(3, 1), new int[] {0, 9, 0}))
                    .view();
            View x = arena.zeros(DType.F32, Shape.of(3, 2, 4)).view();
            View y = arena.zeros(DType.F32, Shape.of(3, 1, 4)).view();
            assertThatThrownBy(() -> {
                        engine.pointwise().gather(y, x, rows);
                        engine.synchronize();
                    })
                    .hasMessageContaining("row 9")
                    .hasMessageContaining("replica 1");
            engine.pointwise().fill(y, 2);
            assertThat(y.download().toDoubles()).containsOnly(2);
        }
    }

    @Test
    void aTeamRunsEveryItemOnceAndMayBeUsedFromWithin() {
        try (Team team = new Team(3)) {
            AtomicInteger[] hits = new AtomicInteger[1000];
            Arrays.setAll(hits, i -> new AtomicInteger());
            for (int round = 0; round < 50; round++) {
                team.run(hits.length / 10, 3, (first, last, scratch) -> {
                    for (int i = first; i < last; i++) {
                        int outer = i;
                        team.run(10, 1, (f, l, inner) -> {
                            for (int j = f; j < l; j++) {
                                hits[10 * outer + j].incrementAndGet();
                            }
                        });
                    }
                });
            }
            assertThat(hits).allSatisfy(hit -> assertThat(hit.get()).isEqualTo(50));
        }
    }
}
