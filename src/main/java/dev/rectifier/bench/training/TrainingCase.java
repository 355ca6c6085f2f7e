package dev.rectifier.bench.training;

import dev.rectifier.bench.Case;
import dev.rectifier.bench.Contender;
import dev.rectifier.bench.Rig;
import dev.rectifier.bench.Subject;
import dev.rectifier.bench.peer.Peer;
import dev.rectifier.train.Way;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * An ensemble as a case: the trainer's own choice of a way, every other way, every peer.
 *
 * @param subject what is measured
 * @param ensemble what is trained
 * @param verified the ensemble in whose training contenders are verified: the same, or a smaller one of its kind where fp64
 *     would take too long
 */
record TrainingCase(Subject subject, Ensemble ensemble, Ensemble verified) implements Case {
    @Override
    public long deviceBytes() {
        return StepWork.deviceBytes(ensemble);
    }

    @Override
    public long hostBytes() {
        long beside = verified.equals(ensemble) ? 0 : StepWork.startBytes(ensemble);
        return StepWork.hostBytes(verified) + beside;
    }

    @Override
    public List<Contender> contenders(Rig rig) {
        Match match = new Match(rig, ensemble, verified);
        List<Contender> all = new ArrayList<>();
        for (Way way : Way.values()) {
            if (way != Way.CAPTURED || rig.engine().capture().refusal().isEmpty()) {
                all.add(new WayContender(match, way));
            }
        }
        if (ensemble.feeding() == Feeding.SET) {
            for (Peer peer : rig.peersOf("students")) {
                peer.variants().forEach(variant -> all.add(new PeerContender(match, peer, variant)));
            }
        }
        return all;
    }

    /** What all contenders of a case share, made when it is first asked for. */
    static final class Match {
        private final Rig rig;
        private final Ensemble ensemble;
        private final Optional<Match> smaller;
        private final Supplier<EnsembleArrays> arrays;
        private final Supplier<TrainingCheck> check;
        private String chosen = "";

        Match(Rig rig, Ensemble ensemble, Ensemble verified) {
            this.rig = rig;
            this.ensemble = ensemble;
            this.smaller =
                    verified.equals(ensemble) ? Optional.empty() : Optional.of(new Match(rig, verified, verified));
            this.arrays = Once.of(() -> smaller.map(like -> EnsembleArrays.timed(ensemble, like.arrays()))
                    .orElseGet(() -> EnsembleArrays.of(ensemble)));
            this.check = Once.of(() -> new TrainingCheck(rig.reference(), ensemble, arrays()));
        }

        /** Where contenders are verified instead; empty where it is this one. */
        Optional<Match> smaller() {
            return smaller;
        }

        Rig rig() {
            return rig;
        }

        Ensemble ensemble() {
            return ensemble;
        }

        EnsembleArrays arrays() {
            return arrays.get();
        }

        TrainingCheck check() {
            return check.get();
        }

        /** Remembers the trainer's own choice. */
        void choose(String way) {
            chosen = way;
        }

        boolean isChosen(String way) {
            return chosen.equals(way);
        }
    }
}
