package dev.rectifier.bench.peer;

import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * A peer that is asked nothing once time is up, and waited for no longer than that, in some of its variants.
 *
 * @param peer who is asked
 * @param deadline when time is up
 * @param wanted a pattern of the variants wanted, as {@code torch graph}
 */
public record PunctualPeer(Peer peer, Deadline deadline, Pattern wanted) implements Peer {
    /** The reason of its refusals. */
    public static final String TIME_WAS_UP = "time was up";

    /** What is waited for an answer that may be on its way. */
    private static final double GRACE = 2;

    @Override
    public String name() {
        return peer.name();
    }

    @Override
    public Map<String, String> versions() {
        return peer.versions();
    }

    @Override
    public String device() {
        return peer.device();
    }

    @Override
    public List<String> kinds() {
        return peer.kinds();
    }

    @Override
    public List<String> variants() {
        return peer.variants().stream()
                .filter(variant -> wanted.matcher(name() + " " + variant).find())
                .toList();
    }

    @Override
    public Map<String, Object> ask(Map<String, Object> request, double seconds) {
        if (deadline.isOver()) {
            throw new RefusedException(TIME_WAS_UP);
        }
        try {
            return peer.ask(request, Math.min(seconds, deadline.seconds() + GRACE));
        } catch (PeerException e) {
            throw deadline.isOver() ? new RefusedException(TIME_WAS_UP, e) : e;
        }
    }

    @Override
    public void release() {
        peer.release();
    }
}
