package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Metering;
import dev.rectifier.engine.OtherLibrary;
import dev.rectifier.engine.Stopwatch;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/** What the driver tells of a device, events on the engine's stream, and launches of {@code ceilings.cu}. */
final class CudaMetering implements Metering {
    /** Fused multiply-adds of a thread and round. */
    static final int CHAINS = 8;
    /** Some fifteen times what lives on a large device at once, so that its last blocks cost little. */
    private static final long THREADS = 1 << 22;

    private static final double FACTOR = 0.999;
    private static final double TERM = 0.5;

    private final Kernels kernels;
    private final CudaContext context;
    private final GrowingBuffer results;
    private final CuDnnLibrary cudnn;

    CudaMetering(Kernels kernels, CuDnnLibrary cudnn) {
        this.cudnn = cudnn;
        this.kernels = kernels;
        this.context = kernels.context();
        this.results = new GrowingBuffer(context.memory(), "results of multiply-adds", DType.F32, THREADS);
    }

    @Override
    public Optional<Stopwatch> stopwatch() {
        return Optional.of(new CudaStopwatch(context));
    }

    @Override
    public OptionalLong cacheBytes() {
        return OptionalLong.of(context.cacheBytes());
    }

    @Override
    public List<OtherLibrary> otherLibraries() {
        return List.of(cudnn);
    }

    @Override
    public OptionalLong launches() {
        return OptionalLong.of(context.launches());
    }

    @Override
    public OptionalLong multiplyAdds(long atLeast) {
        long rounds = Grid.ceilDiv(atLeast, CHAINS * THREADS);
        View y = new View(results.holding(THREADS), 0, THREADS, Shape.of(1, THREADS));
        multiplyAdds(kernels, y, rounds, FACTOR, TERM);
        return OptionalLong.of(CHAINS * THREADS * rounds);
    }

    /** The kernel's formula, into y [R, size] of F32. */
    static void multiplyAdds(Kernels kernels, View y, long rounds, double factor, double term) {
        Grid grid = Grid.rows(y.replicas(), y.blockSize(), 1);
        kernels.launch(KernelTable.MULTIPLY_ADDS, DType.F32)
                .view(y)
                .size(y.replicas())
                .size(y.blockSize())
                .size(rounds)
                .integer(grid.chunks())
                .number(factor)
                .number(term)
                .run(grid);
    }
}
