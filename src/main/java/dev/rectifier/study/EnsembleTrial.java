package dev.rectifier.study;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.train.TrainingLoop;
import java.util.function.LongSupplier;

/**
 * The first steps of the first chunk of an ensemble, to see how it is trained and how fast. What was trained is thrown away.
 *
 * @param way how it is trained, and why so
 * @param steps updates in all
 * @param timed updates whose time was taken; 0 for none
 * @param seconds that all updates of all chunks would take at that pace; listeners and checkpoints not counted
 */
public record EnsembleTrial(String way, long steps, long timed, double seconds) {
    private static final long ENOUGH = 200_000_000; // nanoseconds that a stretch has to take
    private static final long GROWTH = 4;

    /** Trains longer and longer stretches until one takes a fifth of a second; the next one as long, warm by then, is timed. */
    public static EnsembleTrial timed(Engine engine, Ensemble ensemble, EnsemblePlan plan, LongSupplier nanoClock) {
        try (Arena data = engine.openArena("data");
                Ensemble.Members members = ensemble.open(engine, data, first(plan))) {
            TrainingLoop loop = members.loop();
            long took = 0;
            long timed = 0;
            long next = 1;
            while (took < ENOUGH && loop.step() < loop.steps()) {
                timed = Math.min(next, loop.steps() - loop.step());
                took = nanos(engine, loop, timed, nanoClock);
                next *= GROWTH;
            }
            if (loop.steps() - loop.step() >= timed) {
                took = nanos(engine, loop, timed, nanoClock);
            }
            double share = (double) plan.memory().replicas() / plan.chunk();
            double seconds = timed == 0 ? 0 : took * 1e-9 / timed * loop.steps() * share;
            return new EnsembleTrial(loop.way(), loop.steps(), timed, seconds);
        }
    }

    private static long nanos(Engine engine, TrainingLoop loop, long updates, LongSupplier nanoClock) {
        engine.synchronize();
        long start = nanoClock.getAsLong();
        loop.advance(updates);
        engine.synchronize();
        return nanoClock.getAsLong() - start;
    }

    /** Trains nothing. */
    public static EnsembleTrial untimed(Engine engine, Ensemble ensemble, EnsemblePlan plan) {
        try (Arena data = engine.openArena("data");
                Ensemble.Members members = ensemble.open(engine, data, first(plan))) {
            return new EnsembleTrial(members.loop().way(), members.loop().steps(), 0, 0);
        }
    }

    private static Chunk first(EnsemblePlan plan) {
        return new Chunk(0, plan.chunk(), plan.memory().replicas());
    }
}
