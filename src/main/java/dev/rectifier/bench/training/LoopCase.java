package dev.rectifier.bench.training;

import dev.rectifier.bench.Cache;
import dev.rectifier.bench.Case;
import dev.rectifier.bench.Contender;
import dev.rectifier.bench.Rig;
import dev.rectifier.bench.Subject;
import dev.rectifier.bench.Trial;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.train.TrainingLoop;
import java.util.List;

/**
 * Training in fp64 by a loop of somebody's own, such as a study's: ours alone, since no peer knows its dynamics.
 *
 * @param subject what is measured; a call is a step
 * @param maker of the loop
 * @param deviceBytes an estimate from the shapes
 * @param hostBytes an estimate from the shapes
 */
public record LoopCase(Subject subject, Maker maker, long deviceBytes, long hostBytes) implements Case {
    /** Opens the loop at its start, the same numbers on every engine. */
    @FunctionalInterface
    public interface Maker {
        /**
         * Opens it.
         *
         * @param data owns what the loop reads; it outlives the loop
         */
        TrainingLoop open(Engine engine, Arena data);
    }

    @Override
    public List<Contender> contenders(Rig rig) {
        return List.of(new Ours(rig, maker, subject.axes().of("N")));
    }

    private record Ours(Rig rig, Maker maker, long batch) implements Contender {
        @Override
        public String name() {
            return "rectifier";
        }

        @Override
        public Trial open(Cache cache) {
            return new LoopTrial(rig, maker, batch);
        }
    }
}
