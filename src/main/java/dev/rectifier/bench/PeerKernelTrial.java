package dev.rectifier.bench;

import dev.rectifier.bench.peer.NpzFile;
import dev.rectifier.bench.peer.PeerException;
import dev.rectifier.engine.MathMode;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** An operation on a peer: it is given our operands, and its results are compared with what ours come to in fp64. */
final class PeerKernelTrial implements Trial {
    /** Standard errors by which the mean and the mean square of a sample may be off. */
    private static final double MOST_ERRORS = 6;

    private final OperationCase.OnPeer asked;
    private final Path answer;
    private final PreparedPeer prepared;

    PeerKernelTrial(OperationCase.OnPeer asked, Cache cache) {
        this.asked = asked;
        Path folder = asked.rig().workspace();
        this.answer = folder.resolve("results.npz");
        Path data = folder.resolve("operands.npz");
        NpzFile.write(data, given(), Optional.empty());
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("kind", "kernel");
        words.put("op", asked.words().op());
        words.put("shape", asked.words().shape());
        words.put("dtype", "float32");
        words.put("cold_bytes", cache == Cache.HOT ? 0 : Rotation.span(asked.rig()));
        words.put("data", data.toString());
        words.put("hyper", asked.words().hyper());
        int threads = asked.rig().engine().info().options().threads();
        this.prepared = new PreparedPeer(asked.peer(), asked.variant(), words, threads);
    }

    private Map<String, HostTensor> given() {
        Map<String, HostTensor> arrays = new LinkedHashMap<>();
        try (Operands operands = new Operands(asked.rig().reference(), asked.operation(), DType.F32, 0)) {
            List<HostTensor> ours = operands.all();
            asked.words().inputs().forEach(input -> arrays.put("in" + arrays.size(), input.apply(ours)));
        }
        return arrays;
    }

    @Override
    public Verification verify() {
        prepared.compute(1, answer);
        Map<String, HostTensor> results = NpzFile.read(answer);
        return asked.words().outputs().isEmpty() ? sampled(result(results, 0)) : compared(results);
    }

    private HostTensor result(Map<String, HostTensor> results, int number) {
        return Optional.ofNullable(results.get("out" + number))
                .orElseThrow(() -> new PeerException(
                        asked.peer().name() + " wrote " + results.keySet() + ", and no out" + number));
    }

    private Verification compared(Map<String, HostTensor> results) {
        double bound = Tolerance.of(DType.F32, MathMode.IEEE, asked.operation().depth());
        Verification worst = new Verification(0, bound, "the cpu engine in fp64");
        try (Operands exact = new Operands(asked.rig().reference(), asked.operation(), DType.F64, 0)) {
            exact.call();
            List<HostTensor> ours = exact.all();
            for (int i = 0; i < asked.words().outputs().size(); i++) {
                HostTensor expected = asked.words().outputs().get(i).apply(ours);
                worst = worst.and(compared(result(results, i), expected, bound));
            }
        }
        return worst;
    }

    private static Verification compared(HostTensor theirs, HostTensor expected, double bound) {
        boolean same = theirs.shape().equals(expected.shape());
        double error = same ? Verification.error(theirs, 0, expected, 0, expected.length()) : Double.POSITIVE_INFINITY;
        return new Verification(error, bound, "the cpu engine in fp64");
    }

    /** Mean 0 and mean square 1, whose standard errors are 1 / sqrt(n) and sqrt(2 / n). */
    static Verification sampled(HostTensor sample) {
        double sum = 0;
        double squares = 0;
        for (int i = 0; i < sample.length(); i++) {
            sum += sample.get(i);
            squares += sample.get(i) * sample.get(i);
        }
        double n = sample.length();
        double mean = Math.abs(sum / n) * Math.sqrt(n);
        double square = Math.abs(squares / n - 1) * Math.sqrt(n / 2);
        double error = Math.max(mean, square);
        return new Verification(
                Double.isFinite(error) ? error : Double.POSITIVE_INFINITY,
                MOST_ERRORS,
                "mean and mean square of standard normals, in standard errors");
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
