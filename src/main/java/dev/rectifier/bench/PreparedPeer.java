package dev.rectifier.bench;

import dev.rectifier.bench.peer.Peer;
import dev.rectifier.bench.peer.PeerException;
import java.nio.file.Path;
import java.util.Map;

/** A peer with one case made ready in one of its variants; it takes its times itself, by its own clock. */
public final class PreparedPeer implements AutoCloseable {
    private static final double PREPARING = 600;
    private static final double WORKING = 300;

    private final Peer peer;
    private final double compileSeconds;
    private final long multiple;
    private double busy = Double.NaN;

    /**
     * Makes ready.
     *
     * @param words the case, in those of the protocol
     * @param threads of the host that it may use
     */
    public PreparedPeer(Peer peer, String variant, Map<String, Object> words, int threads) {
        this.peer = peer;
        Map<String, Object> prepared =
                peer.ask(Map.of("op", "prepare", "variant", variant, "case", words, "threads", threads), PREPARING);
        compileSeconds = number(prepared, "compile_s");
        multiple = Math.max(1, (long) number(prepared, "multiple"));
    }

    private static double number(Map<String, Object> answer, String field) {
        return answer.get(field) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    /** Has it compute from the start, and write what came of it. */
    public void compute(int steps, Path answer) {
        peer.ask(Map.of("op", "verify", "steps", steps, "out", answer.toString()), WORKING);
    }

    /** At least so many calls, timed. */
    public Lap run(long calls) {
        long steps = (calls + multiple - 1) / multiple * multiple;
        Map<String, Object> times = peer.ask(Map.of("op", "time", "steps", steps), WORKING);
        double seconds = number(times, "seconds");
        if (!(seconds > 0)) {
            throw new PeerException(peer.name() + " answered a request for a time by " + times);
        }
        busy = number(times, "gpu_busy");
        return new Lap(steps, seconds, Double.NaN, number(times, "device_seconds"));
    }

    /** Seconds that making ready took; NaN if unknown. */
    public double compileSeconds() {
        return compileSeconds;
    }

    /** Share of the last stretch in which a kernel ran; NaN if unknown. */
    public double busy() {
        return busy;
    }

    /** Gives the case's memory back. */
    @Override
    public void close() {
        peer.release();
    }
}
