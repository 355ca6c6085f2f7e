package dev.rectifier.bench.training;

import dev.rectifier.bench.Cache;
import dev.rectifier.bench.Contender;
import dev.rectifier.bench.Rig;
import dev.rectifier.bench.Trial;
import dev.rectifier.bench.Verification;
import dev.rectifier.bench.peer.RefusedException;
import dev.rectifier.tensor.DType;
import dev.rectifier.train.Way;
import java.util.Locale;
import java.util.function.Supplier;

/** Ours in one way; AUTO is the trainer's own choice. */
record WayContender(TrainingCase.Match match, Way way) implements Contender {
    @Override
    public String name() {
        return way == Way.AUTO ? "rectifier" : "rectifier " + way.name().toLowerCase(Locale.ROOT);
    }

    @Override
    public Trial open(Cache cache) {
        Rig rig = match.rig();
        EnsembleTraining training = training(match);
        String kind = training.kind();
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
            return new TrainingTrial(rig, training, verifier(training));
        } catch (RuntimeException e) {
            training.close();
            throw e;
        }
    }

    /** By the training's own first steps, or by those of a smaller one in the same way. */
    private Supplier<Verification> verifier(EnsembleTraining training) {
        return () -> match.smaller()
                .map(like -> ofSmaller(like, training.kind()))
                .orElseGet(() -> ofFirstSteps(match, training));
    }

    private static Verification ofFirstSteps(TrainingCase.Match of, EnsembleTraining training) {
        training.advance(TrainingCheck.STEPS);
        return of.check().verify(training.parameters());
    }

    private Verification ofSmaller(TrainingCase.Match like, String kind) {
        try (EnsembleTraining small = training(like)) {
            requireAlike(small.kind(), kind);
            return ofFirstSteps(like, small).in(like.ensemble().widths());
        }
    }

    private static void requireAlike(String small, String large) {
        if (!small.equals(large)) {
            throw new RefusedException("the network is trained " + large
                    + ", and the smaller one in whose training it is" + " verified " + small);
        }
    }

    private EnsembleTraining training(TrainingCase.Match where) {
        try {
            return new EnsembleTraining(where.rig().engine(), DType.F32, where.ensemble(), where.arrays(), way);
        } catch (IllegalArgumentException e) {
            throw new RefusedException(String.valueOf(e.getMessage()), e);
        }
    }
}
