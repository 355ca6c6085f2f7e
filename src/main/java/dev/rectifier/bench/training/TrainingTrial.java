package dev.rectifier.bench.training;

import dev.rectifier.bench.Lap;
import dev.rectifier.bench.LapTimer;
import dev.rectifier.bench.Rig;
import dev.rectifier.bench.Trial;
import dev.rectifier.bench.Verification;
import dev.rectifier.engine.Engine;

/** Ours: calls are training steps. */
final class TrainingTrial implements Trial {
    private final EnsembleTraining training;
    private final TrainingCheck check;
    private final LapTimer timer;

    TrainingTrial(Rig rig, Engine engine, EnsembleTraining training, TrainingCheck check) {
        this.training = training;
        this.check = check;
        this.timer = new LapTimer(engine, rig.nanoClock());
    }

    @Override
    public Verification verify() {
        training.advance(TrainingCheck.STEPS);
        return check.verify(training.parameters());
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
