package dev.rectifier.engine.cpu;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.EngineOptions;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A replica's bits depend neither on the number of threads nor on the replicas beside it. */
class IndependenceTest {
    private static final int[][] SIZES = {
        {1, 10, 10}, {2, 7, 3}, {5, 33, 18}, {32, 50, 10}, {64, 100, 150}, {130, 130, 140}
    };

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void threadsDoNotMatter(DType dtype) {
        for (int[] size : SIZES) {
            List<HostTensor> alone = products(dtype, 1, 5, size);
            List<HostTensor> together = products(dtype, 3, 5, size);
            for (int i = 0; i < alone.size(); i++) {
                assertThat(alone.get(i).sameBits(together.get(i)))
                        .as("output %d of %s", i, size[0])
                        .isTrue();
            }
        }
    }

    @ParameterizedTest
    @EnumSource(names = {"F32", "F64"})
    void neighboursDoNotMatter(DType dtype) {
        for (int[] size : SIZES) {
            List<HostTensor> many = products(dtype, 2, 5, size);
            List<HostTensor> one = products(dtype, 2, 1, size);
            for (int i = 0; i < one.size(); i++) {
                for (int j = 0; j < one.get(i).length(); j++) {
                    assertThat(one.get(i).get(j)).isEqualTo(many.get(i).get(j));
                }
            }
        }
    }

    private static List<HostTensor> products(DType dtype, int threads, int replicas, int[] size) {
        try (Engine engine = new CpuEngine(EngineOptions.defaults().withThreads(threads), 1L << 30);
                Arena arena = engine.openArena("test")) {
            int n = size[0];
            int d = size[1];
            int k = size[2];
            View x = random(engine, arena, dtype, 1, Shape.of(replicas, n, d));
            View w = random(engine, arena, dtype, 2, Shape.of(replicas, k, d));
            View b = random(engine, arena, dtype, 3, Shape.of(replicas, k));
            View dy = random(engine, arena, dtype, 4, Shape.of(replicas, n, k));
            View y = arena.allocate(dtype, Shape.of(replicas, n, k)).view();
            View dx = arena.allocate(dtype, Shape.of(replicas, n, d)).view();
            View dw = arena.allocate(dtype, Shape.of(replicas, k, d)).view();
            View db = arena.allocate(dtype, Shape.of(replicas, k)).view();
            View norm = arena.allocate(DType.F64, Shape.of(replicas)).view();
            engine.dense().forward(y, x, w, b);
            engine.dense().inputGradient(dx, dy, w);
            engine.dense().weightGradient(dw, dy, x);
            engine.dense().biasGradient(db, dy);
            engine.reduce().dot(norm, dw, dw);
            return List.of(x.download(), y.download(), dx.download(), dw.download(), db.download(), norm.download());
        }
    }

    private static View random(Engine engine, Arena arena, DType dtype, long key, Shape shape) {
        long[] streams = new long[2 * (int) shape.dim(0)];
        for (int r = 0; r < shape.dim(0); r++) {
            streams[2 * r] = key;
            streams[2 * r + 1] = r;
        }
        View keys =
                arena.upload(HostTensor.of(Shape.of(shape.dim(0), 2), streams)).view();
        View view = arena.allocate(dtype, shape).view();
        engine.random().normal(view, keys, 0, 0, 1);
        return view;
    }
}
