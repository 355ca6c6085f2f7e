package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.CaptureOps;
import dev.rectifier.engine.Captured;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.Shape;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * Steps as two graphs, one of a single step and one of {@link #UNROLLED}, each ending with a kernel that advances the clock.
 *
 * <p>The first step is done operation by operation: it loads kernels, opens the library and lets scratch memory grow, none
 * of which may happen in a capture. Graphs hold addresses of scratch memory, so they are recorded anew when it has moved.
 */
final class CudaCaptured implements Captured {
    /** Steps of the long graph. */
    static final int UNROLLED = 8;

    private static final long UNKNOWN = -1;

    private final Parts parts;
    private final CaptureOps.Work work;
    private final Arena arena;
    private final View clock;
    private final Map<Integer, CudaGraph> graphs = new TreeMap<>();
    private long shown = UNKNOWN;
    private long moves;
    private Counts counts = Counts.NONE;
    private boolean open = true;

    /** What all recorded steps of an engine share; {@code closed} is told when one is closed. */
    record Parts(Kernels kernels, StepClock clock, Consumer<CudaCaptured> closed) {
        CudaContext context() {
            return kernels.context();
        }
    }

    CudaCaptured(Parts parts, Arena lender, CaptureOps.Work work) {
        this.parts = parts;
        this.work = work;
        this.arena = lender.openArena("clock of recorded steps");
        this.clock = new View(arena.allocate(DType.I64, Shape.of(1)), 0, 0, Shape.of(1));
    }

    @Override
    public void run(long first, long count) {
        requireOpen();
        parts.context().bind();
        long end = first + count;
        long step = first;
        if (count > 0 && counts.singles() == 0) {
            single(step++);
        }
        while (step < end) {
            int length = end - step >= UNROLLED ? UNROLLED : 1;
            launch(step, length);
            step += length;
        }
    }

    private void requireOpen() {
        if (!open) {
            throw new IllegalStateException("Recorded steps were asked for after they had been closed.");
        }
    }

    private void single(long step) {
        work.ask(step);
        counts = counts.plus(new Counts(0, 0, 0, 1));
    }

    private void launch(long step, int length) {
        if (shown != step) {
            turn(step, 0);
        }
        CudaGraph graph = graph(step, length);
        shown = UNKNOWN;
        graph.launch();
        shown = step + length;
        counts = counts.plus(new Counts(0, length, 1, 0));
    }

    /** Sets the clock to {@code from}, or lets it go on where that is negative. */
    private void turn(long from, long steps) {
        parts.kernels()
                .launch(KernelTable.ADVANCE, DType.F32)
                .view(clock)
                .size(1)
                .size(from)
                .size(steps)
                .run(Grid.groups(1, Grid.WARP));
    }

    private CudaGraph graph(long step, int length) {
        long now = parts.context().memory().moves();
        if (now != moves) {
            closeGraphs();
            moves = now;
        }
        CudaGraph known = graphs.get(length);
        return known != null ? known : record(step, length);
    }

    private CudaGraph record(long step, int length) {
        CudaGraph graph = CudaGraph.record(parts.context(), length + " recorded steps", () -> {
            parts.clock().record(clock, step);
            try {
                for (int i = 0; i < length; i++) {
                    work.ask(step + i);
                }
                turn(UNKNOWN, length);
            } finally {
                parts.clock().rest();
            }
        });
        graphs.put(length, graph);
        counts = counts.plus(new Counts((graph.operations() - 1) / length + 1, 0, 0, 0));
        return graph;
    }

    @Override
    public Counts counts() {
        return counts;
    }

    private void closeGraphs() {
        graphs.values().forEach(CudaGraph::close);
        graphs.clear();
    }

    @Override
    public void close() {
        if (open) {
            open = false;
            parts.context().bindToClose();
            closeGraphs();
            arena.close();
            parts.closed().accept(this);
        }
    }
}
