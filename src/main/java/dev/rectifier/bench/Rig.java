package dev.rectifier.bench;

import dev.rectifier.bench.peer.Peer;
import dev.rectifier.engine.Engine;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * What measurements are made with; everything in it belongs to the caller.
 *
 * @param engine the one under measurement
 * @param rivals the same device opened otherwise, by the name of what differs
 * @param reference computes in fp64
 * @param nanoClock the host's clock
 * @param peers that answered
 * @param workspace a folder for what is handed to peers
 * @param timed false where results are verified and nothing is timed
 */
public record Rig(
        Engine engine,
        Map<String, Rival> rivals,
        Engine reference,
        LongSupplier nanoClock,
        List<Peer> peers,
        Path workspace,
        boolean timed) {
    public Rig {
        rivals = Collections.unmodifiableMap(new LinkedHashMap<>(rivals));
        peers = List.copyOf(peers);
    }

    /** False where nobody asked for times, and on an emulated device, whose times mean nothing. */
    public boolean isMeasured() {
        return timed && !isEmulated();
    }

    /** Whether the device is a stand-in. */
    public boolean isEmulated() {
        return engine.info().name().equals("emulated");
    }

    /** Peers that know cases of this kind. */
    public List<Peer> peersOf(String kind) {
        return peers.stream().filter(peer -> peer.kinds().contains(kind)).toList();
    }

    /** Whether the engine's device is not the host. */
    public boolean isAccelerator() {
        return !engine.info().name().equals("cpu");
    }

    double seconds() {
        return nanoClock.getAsLong() * 1e-9;
    }
}
