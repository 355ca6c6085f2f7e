package dev.rectifier.bench.training;

import dev.rectifier.bench.Lap;
import dev.rectifier.bench.PreparedPeer;
import dev.rectifier.bench.Trial;
import dev.rectifier.bench.Verification;
import dev.rectifier.bench.peer.NpyFile;
import dev.rectifier.bench.peer.Peer;
import java.nio.file.Path;
import java.util.Optional;
import java.util.function.Supplier;

/** A peer's ensemble: what it computes is read from a file. */
final class PeerTrial implements Trial {
    private final PreparedPeer prepared;
    private final Supplier<Verification> verifier;

    PeerTrial(TrainingCase.Match match, Peer peer, String variant) {
        Optional<Verification> elsewhere = match.smaller().map(like -> verified(like, peer, variant));
        this.prepared = prepared(match, peer, variant);
        this.verifier = () -> elsewhere.orElseGet(() -> verified(match, prepared));
    }

    private static PreparedPeer prepared(TrainingCase.Match match, Peer peer, String variant) {
        int threads = match.rig().engine().info().options().threads();
        return new PreparedPeer(peer, variant, PeerCase.of(match), threads);
    }

    /** A peer holds one case at a time: the smaller one comes first and is given back. */
    private static Verification verified(TrainingCase.Match smaller, Peer peer, String variant) {
        try (PreparedPeer small = prepared(smaller, peer, variant)) {
            return verified(smaller, small).in(smaller.ensemble().widths());
        }
    }

    private static Verification verified(TrainingCase.Match match, PreparedPeer peer) {
        Path answer = match.rig().workspace().resolve("weights.npy");
        peer.compute(TrainingCheck.STEPS, answer);
        return match.check().verify(NpyFile.read(answer));
    }

    @Override
    public Verification verify() {
        return verifier.get();
    }

    @Override
    public Lap run(long calls) {
        return prepared.run(calls);
    }

    @Override
    public double compileSeconds() {
        return prepared.compileSeconds();
    }

    @Override
    public double busy() {
        return prepared.busy();
    }

    @Override
    public void close() {
        prepared.close();
    }
}
