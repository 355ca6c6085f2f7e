package dev.rectifier.bench.training;

import dev.rectifier.bench.Lap;
import dev.rectifier.bench.PreparedPeer;
import dev.rectifier.bench.Trial;
import dev.rectifier.bench.Verification;
import dev.rectifier.bench.peer.NpyFile;
import dev.rectifier.bench.peer.Peer;
import java.nio.file.Path;

/** A peer's ensemble: what it computes is read from a file. */
final class PeerTrial implements Trial {
    private final PreparedPeer prepared;
    private final TrainingCheck check;
    private final Path answer;

    PeerTrial(TrainingCase.Match match, Peer peer, String variant) {
        this.check = match.check();
        this.answer = match.rig().workspace().resolve("weights.npy");
        int threads = match.rig().engine().info().options().threads();
        this.prepared = new PreparedPeer(peer, variant, PeerCase.of(match), threads);
    }

    @Override
    public Verification verify() {
        prepared.compute(TrainingCheck.STEPS, answer);
        return check.verify(NpyFile.read(answer));
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
