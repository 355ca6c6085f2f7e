package dev.rectifier.bench.training;

import dev.rectifier.bench.Lap;
import dev.rectifier.bench.LapTimer;
import dev.rectifier.bench.Rig;
import dev.rectifier.bench.Trial;
import dev.rectifier.bench.Verification;
import java.util.function.Supplier;

/** Ours: calls are training steps. */
final class TrainingTrial implements Trial {
    private final EnsembleTraining training;
    private final Supplier<Verification> verifier;
    private final LapTimer timer;

    TrainingTrial(Rig rig, EnsembleTraining training, Supplier<Verification> verifier) {
        this.training = training;
        this.verifier = verifier;
        this.timer = new LapTimer(rig.engine(), rig.nanoClock());
    }

    @Override
    public Verification verify() {
        return verifier.get();
    }

    @Override
    public Lap run(long calls) {
        return timer.time(calls, () -> training.advance(calls));
    }

    @Override
    public double launchesPerCall() {
        return timer.launchesPerCall();
    }

    @Override
    public String objection() {
        long failures = training.failures();
        return failures == 0 ? "" : failures + " replicas stopped, their numbers no longer finite: the rest ran faster";
    }

    @Override
    public String note() {
        return training.way();
    }

    @Override
    public void close() {
        timer.close();
        training.close();
    }
}
