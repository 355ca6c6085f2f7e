package dev.rectifier.bench;

import dev.rectifier.bench.peer.PeerException;
import dev.rectifier.bench.peer.RefusedException;
import dev.rectifier.engine.OutOfDeviceMemoryException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Runs cases: every contender is verified, then timed against ours in alternating pairs. */
public final class Comparison {
    private final Rig rig;
    private final StoppingRule rule;
    private final Consumer<Row> seen;
    private final Set<String> said = new HashSet<>();

    /** @param seen told of every row as it is done */
    public Comparison(Rig rig, StoppingRule rule, Consumer<Row> seen) {
        this.rig = rig;
        this.rule = rule;
        this.seen = seen;
    }

    /** All rows of a case: contenders by states of the cache, ours first. */
    public List<Row> run(Case one) {
        Optional<String> reason = Fit.refusal(rig, one);
        List<Row> rows = new ArrayList<>();
        for (Cache cache : rig.isMeasured() ? one.caches() : List.of(Cache.HOT)) {
            if (reason.isPresent()) {
                RowMaker ours = new RowMaker(one.subject(), "rectifier", true, cache);
                rows.add(ours.without(Row.Status.REFUSED, reason.get()));
            } else {
                rows.addAll(run(one, cache));
            }
        }
        rows.forEach(seen);
        return rows;
    }

    private List<Row> run(Case one, Cache cache) {
        List<Contender> contenders = one.contenders(rig);
        Contender first = contenders.get(0);
        RowMaker ours = RowMaker.of(one.subject(), first, true, cache);
        List<Row> rows = new ArrayList<>();
        try (Trial trial = first.open(cache)) {
            Row verified = verified(ours, trial);
            Optional<Laps> laps = Optional.empty();
            for (Contender rival : contenders.subList(1, contenders.size())) {
                RowMaker theirs = RowMaker.of(one.subject(), rival, false, cache);
                Optional<Laps> paired = against(verified, trial, rival, theirs, rows);
                Optional<Laps> before = laps;
                laps = paired.map(now -> before.map(now::after).orElse(now)).or(() -> before);
            }
            rows.add(0, isTimed(verified) ? timed(ours, verified, trial, laps) : verified);
        } catch (RefusedException | OutOfDeviceMemoryException e) {
            rows.add(0, ours.without(Row.Status.REFUSED, String.valueOf(e.getMessage())));
        }
        return rows;
    }

    private boolean isTimed(Row verified) {
        return verified.status() == Row.Status.MEASURED;
    }

    private Row timed(RowMaker ours, Row verified, Trial trial, Optional<Laps> paired) {
        Laps laps = paired.orElseGet(() -> Pairs.alone(trial, rule, rig.nanoClock()));
        return ours.timed(verified, laps, trial);
    }

    /** Adds the rival's row; gives our own laps, where the two met. */
    private Optional<Laps> against(Row ours, Trial trial, Contender rival, RowMaker theirs, List<Row> rows) {
        try (Trial other = rival.open(theirs.cache())) {
            Row verified = verified(theirs, other);
            if (!isTimed(verified) || !isTimed(ours)) {
                rows.add(isTimed(verified) ? theirs.without(Row.Status.REFUSED, "ours is wrong here") : verified);
                return Optional.empty();
            }
            Pairs pairs = Pairs.alternate(trial, other, rule, rig.nanoClock());
            rows.add(theirs.timed(verified, pairs.b(), other).withRatio(Ratio.median(pairs.ratios())));
            return Optional.of(pairs.a());
        } catch (RefusedException e) {
            if (!e.isSilent() && !(e.isSaidOnce() && !said.add(theirs.contender() + e.getMessage()))) {
                rows.add(theirs.without(Row.Status.REFUSED, String.valueOf(e.getMessage())));
            }
        } catch (OutOfDeviceMemoryException e) {
            rows.add(theirs.without(Row.Status.REFUSED, String.valueOf(e.getMessage())));
        } catch (PeerException e) {
            rows.add(theirs.without(Row.Status.FAILED, String.valueOf(e.getMessage())));
        }
        return Optional.empty();
    }

    /** A row that says whether this contender may be timed: MEASURED, without times yet, if it may. */
    private Row verified(RowMaker maker, Trial trial) {
        double start = rig.seconds();
        Verification verification = trial.verify();
        double firstCall = rig.isMeasured() ? rig.seconds() - start : Double.NaN;
        Row.Status status = !verification.passes()
                ? Row.Status.WRONG
                : rig.isMeasured() ? Row.Status.MEASURED : Row.Status.NOT_MEASURED;
        return maker.verified(status, verification, new Row.Readiness(trial.compileSeconds(), firstCall), trial.note());
    }
}
