package dev.rectifier.bench.training;

import dev.rectifier.bench.Cache;
import dev.rectifier.bench.Contender;
import dev.rectifier.bench.Trial;
import dev.rectifier.bench.peer.Peer;

/** One variant of a peer. */
record PeerContender(TrainingCase.Match match, Peer peer, String variant) implements Contender {
    @Override
    public String name() {
        return peer.name() + " " + variant;
    }

    @Override
    public Trial open(Cache cache) {
        return new PeerTrial(match, peer, variant);
    }
}
