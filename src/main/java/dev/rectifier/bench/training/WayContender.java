package dev.rectifier.bench.training;

import dev.rectifier.bench.Cache;
import dev.rectifier.bench.Contender;
import dev.rectifier.bench.Rig;
import dev.rectifier.bench.Trial;
import dev.rectifier.bench.peer.RefusedException;
import dev.rectifier.engine.Engine;
import dev.rectifier.tensor.DType;
import dev.rectifier.train.Way;
import java.util.Locale;

/** Ours in one way; AUTO is the trainer's own choice. */
record WayContender(TrainingCase.Match match, Way way) implements Contender {
    @Override
    public String name() {
        return way == Way.AUTO ? "rectifier" : "rectifier " + way.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Trial open(Cache cache) {
        Rig rig = match.rig();
        EnsembleTraining training = training(rig.engine());
        String kind = training.way().replaceFirst(":.*", "");
        if (way == Way.AUTO) {
            match.choose(kind);
        } else if (match.isChosen(kind)) {
            training.close();
            throw RefusedException.same("it is what the trainer chooses itself");
        }
        return trial(rig, training);
    }

    private TrainingTrial trial(Rig rig, EnsembleTraining training) {
        try {
            return new TrainingTrial(rig, rig.engine(), training, match.check());
        } catch (RuntimeException e) {
            training.close();
            throw e;
        }
    }

    private EnsembleTraining training(Engine engine) {
        try {
            return new EnsembleTraining(engine, DType.F32, match.ensemble(), match.arrays(), way);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(String.valueOf(e.getMessage()), e);
        }
    }
}
