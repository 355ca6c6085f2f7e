package dev.rectifier.bench;

import dev.rectifier.bench.peer.RefusedException;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Captured;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.List;
import java.util.Map;

/**
 * What a kernel costs that does nothing, recorded among {@code nodes} of a step and replayed; beside it the same kernel launched
 * by itself. A call is one kernel; the clock that ends a launch of recorded steps is not counted.
 */
record GraphCase(Subject subject, int nodes) implements Case {
    private static final double VALUE = 0.7;
    /** The first step is done one by one, the next ones are recorded. */
    private static final long VERIFIED = 17;

    @Override
    public long deviceBytes() {
        return Float.BYTES;
    }

    @Override
    public long hostBytes() {
        return Float.BYTES;
    }

    @Override
    public List<Contender> contenders(Rig rig) {
        return List.of(new Recorded(rig, nodes), new Single(rig));
    }

    /** As nodes of graphs. */
    private record Recorded(Rig rig, int nodes) implements Contender {
        @Override
        public String name() {
            return "rectifier";
        }

        @Override
        public Trial open(Cache cache) {
            rig.engine().capture().refusal().ifPresent(why -> {
                throw new RefusedException(why);
            });
            return new Replay(rig, nodes);
        }
    }

    /** By itself. */
    private record Single(Rig rig) implements Contender {
        @Override
        public String name() {
            return "launched one by one";
        }

        @Override
        public Trial open(Cache cache) {
            Rival here = new Rival(rig.engine(), Map.of());
            return new OperationTrial(rig, here, Streaming.fill(1, 1), cache);
        }
    }

    /** Recorded nothings. */
    private static final class Replay implements Trial {
        private final Engine engine;
        private final int nodes;
        private final Arena arena;
        private final Arena tables;
        private final View target;
        private final Captured steps;
        private final LapTimer timer;
        private long step;

        Replay(Rig rig, int nodes) {
            this.engine = rig.engine();
            this.nodes = nodes;
            arena = engine.openArena("nothing");
            target = arena.allocate(DType.F32, Shape.of(1, 1)).view();
            tables = engine.capture().openTables();
            steps = engine.capture().open(tables, this::ask);
            timer = new LapTimer(engine, rig.nanoClock());
        }

        private void ask(long now) {
            for (int i = 0; i < nodes; i++) {
                engine.pointwise().fill(target, VALUE);
            }
        }

        private void replay(long count) {
            steps.run(step, count);
            step += count;
        }

        @Override
        public Verification verify() {
            replay(1);
            engine.pointwise().fill(target, Double.NaN);
            replay(VERIFIED - 1);
            HostTensor expected = HostTensor.rounded(DType.F64, Shape.of(1, 1), new double[] {VALUE});
            double bound = Tolerance.of(DType.F32, engine.info().options().mathMode(), 1);
            return new Verification(
                    Verification.error(target.download(), 0, expected, 0, 1), bound, "what it was to write");
        }

        @Override
        public Lap run(long calls) {
            long count = Math.max(1, (calls + nodes - 1) / nodes);
            return timer.time(count * nodes, () -> replay(count));
        }

        @Override
        public double launchesPerCall() {
            return timer.launchesPerCall();
        }

        @Override
        public String note() {
            return steps.counts().steps() + " steps by " + steps.counts().launches() + " launches";
        }

        @Override
        public void close() {
            timer.close();
            steps.close();
            tables.close();
            arena.close();
        }
    }
}
