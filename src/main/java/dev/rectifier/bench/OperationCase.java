package dev.rectifier.bench;

import dev.rectifier.bench.peer.Peer;
import dev.rectifier.engine.MathMode;
import dev.rectifier.tensor.DType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * An operation as a case: our engine, and the same engine opened otherwise.
 *
 * @param subject what is measured
 * @param operation the call
 * @param rivalry which rivals of the rig differ in this operation
 * @param caches states of the cache to measure in
 */
record OperationCase(Subject subject, Operation operation, Rivalry rivalry, List<Cache> caches) implements Case {
    @Override
    public long deviceBytes() {
        return operation.bytes(DType.F32);
    }

    @Override
    public long hostBytes() {
        return 2 * operation.bytes(DType.F64);
    }

    @Override
    public List<Contender> contenders(Rig rig) {
        List<Contender> all = new ArrayList<>();
        all.add(new OnEngine("rectifier", rig, new Rival(rig.engine(), Map.of()), operation));
        rig.rivals().forEach((name, rival) -> {
            if (rivalry.includes(name) && differs(rival)) {
                all.add(new OnEngine(name, rig, rival, operation));
            }
        });
        operation
                .twin()
                .ifPresent(twin -> rig.engine()
                        .metering()
                        .otherLibraries()
                        .forEach(library -> all.add(new LibraryContender(rig, library, twin))));
        operation.words().ifPresent(words -> addPeers(rig, words, all));
        return all;
    }

    /** Other modes of arithmetic are modes of fp32. */
    private boolean differs(Rival rival) {
        boolean wide = operation.slots().get(0).typeFor(DType.F32) == DType.F64;
        return !wide || rival.engine().info().options().mathMode() == MathMode.IEEE;
    }

    private void addPeers(Rig rig, PeerWords words, List<Contender> all) {
        for (Peer peer : rig.peersOf("kernel")) {
            peer.variants().forEach(variant -> all.add(new OnPeer(rig, peer, variant, operation, words)));
        }
    }

    /** The operation on a peer. */
    record OnPeer(Rig rig, Peer peer, String variant, Operation operation, PeerWords words) implements Contender {
        @Override
        public String name() {
            return peer.name() + " " + variant;
        }

        @Override
        public Trial open(Cache cache) {
            return new PeerKernelTrial(this, cache);
        }
    }

    /** The operation on one engine. */
    record OnEngine(String name, Rig rig, Rival rival, Operation operation) implements Contender {
        @Override
        public Trial open(Cache cache) {
            return new OperationTrial(rig, rival, operation, cache);
        }
    }
}
