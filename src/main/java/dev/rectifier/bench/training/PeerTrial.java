package dev.rectifier.bench.training;

import dev.rectifier.bench.Lap;
import dev.rectifier.bench.Peer;
import dev.rectifier.bench.PeerException;
import dev.rectifier.bench.Trial;
import dev.rectifier.bench.Verification;
import dev.rectifier.bench.peer.NpyFile;
import java.nio.file.Path;
import java.util.Map;

/** A peer's ensemble: what it computes is read from a file, what it takes it says itself, by its own clock. */
final class PeerTrial implements Trial {
    private static final double PREPARING = 600;
    private static final double WORKING = 300;

    private final Peer peer;
    private final TrainingCheck check;
    private final Path answer;
    private final double compileSeconds;
    private final long multiple;
    private double busy = Double.NaN;

    PeerTrial(TrainingCase.Match match, Peer peer, String variant) {
        this.peer = peer;
        this.check = match.check();
        this.answer = match.rig().workspace().resolve("weights.npy");
        Map<String, Object> prepared = peer.ask(
                Map.of(
                        "op",
                        "prepare",
                        "variant",
                        variant,
                        "case",
                        PeerCase.of(match),
                        "threads",
                        match.rig().engine().info().options().threads()),
                PREPARING);
        compileSeconds = number(prepared, "compile_s");
        multiple = Math.max(1, (long) number(prepared, "multiple"));
    }

    private static double number(Map<String, Object> answer, String field) {
        return answer.get(field) instanceof Number number ? number.doubleValue() : Double.NaN;
    }

    @Override
    public Verification verify() {
        peer.ask(Map.of("op", "verify", "steps", TrainingCheck.STEPS, "out", answer.toString()), WORKING);
        return check.verify(NpyFile.read(answer));
    }

    @Override
    public Lap run(long calls) {
        long steps = (calls + multiple - 1) / multiple * multiple;
        Map<String, Object> times = peer.ask(Map.of("op", "time", "steps", steps), WORKING);
        double seconds = number(times, "seconds");
        if (!(seconds > 0)) {
            throw new PeerException(peer.name() + " answered a request for a time by " + times);
        }
        busy = number(times, "gpu_busy");
        return new Lap(steps, seconds, Double.NaN, Double.NaN);
    }

    @Override
    public double compileSeconds() {
        return compileSeconds;
    }

    @Override
    public double busy() {
        return busy;
    }

    @Override
    public void close() {
        peer.release();
    }
}
