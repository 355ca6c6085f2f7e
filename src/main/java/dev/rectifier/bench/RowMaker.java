package dev.rectifier.bench;

import java.util.Optional;

/** The rows of one contender at one case. */
record RowMaker(Subject subject, String contender, boolean baseline, Cache cache) {
    static RowMaker of(Subject subject, Contender contender, boolean baseline, Cache cache) {
        Work work = contender.work(subject.work());
        return new RowMaker(
                new Subject(subject.suite(), subject.family(), subject.axes(), subject.along(), work),
                contender.name(),
                baseline,
                cache);
    }

    Row without(Row.Status status, String reason) {
        return new Row(
                subject,
                contender,
                baseline,
                cache,
                new Row.Outcome(status, reason),
                Row.Readiness.UNKNOWN,
                Optional.empty(),
                Optional.empty());
    }

    Row verified(Row.Status status, Verification verification, Row.Readiness readiness, String note) {
        String reason = switch (status) {
            case WRONG -> "the result is not that of fp64: no speed";
            default -> note;
        };
        return new Row(
                subject,
                contender,
                baseline,
                cache,
                new Row.Outcome(status, reason),
                readiness,
                Optional.of(verification),
                Optional.empty());
    }

    /** The verified row with its times, unless the trial objects to them. */
    Row timed(Row verified, Laps laps, Trial trial) {
        String objection = trial.objection();
        if (!objection.isEmpty()) {
            return without(Row.Status.FAILED, objection);
        }
        return new Row(
                subject,
                contender,
                baseline,
                cache,
                new Row.Outcome(verified.status(), trial.note()),
                verified.readiness(),
                verified.verification(),
                Optional.of(Timing.of(laps, trial)));
    }
}
