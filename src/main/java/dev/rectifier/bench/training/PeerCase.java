package dev.rectifier.bench.training;

import dev.rectifier.bench.peer.NpzFile;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.LossKind;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import dev.rectifier.train.Loss;
import dev.rectifier.train.Optimiser;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An ensemble in the words of the peers' protocol, its arrays in a file. */
final class PeerCase {
    private static final int STEPS = 1000;

    private PeerCase() {}

    static Map<String, Object> of(TrainingCase.Match match) {
        Ensemble e = match.ensemble();
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("kind", "students");
        words.put("replicas", e.replicas());
        words.put("inputs", e.student().inputs());
        words.put("hidden", e.student().hidden());
        words.put("outputs", e.student().outputs());
        words.put("bias", e.student().bias());
        words.put("batch", e.batch());
        words.put("examples", e.examples());
        words.put("shared", true);
        words.put("loss", loss(e.loss()));
        words.put("optimiser", optimiser(e.optimiser()));
        words.put("steps", STEPS);
        words.put("seed", 1);
        words.put("data", data(match).toString());
        return words;
    }

    private static String loss(Loss loss) {
        if (loss.kind() == LossKind.SQUARED) {
            return "squared";
        }
        return loss.kind() == LossKind.SOFTMAX_CROSS_ENTROPY ? "cross_entropy" : "logistic";
    }

    private static Map<String, Object> optimiser(Optimiser optimiser) {
        Map<String, Object> words = new LinkedHashMap<>();
        words.put("rule", optimiser.rule().name().toLowerCase(Locale.ROOT));
        words.put("rate", one(optimiser, Hyper.LEARNING_RATE));
        words.put("momentum", one(optimiser, Hyper.MOMENTUM));
        words.put("beta2", one(optimiser, Hyper.BETA2));
        words.put("epsilon", one(optimiser, Hyper.EPSILON));
        words.put("weight_decay", one(optimiser, Hyper.WEIGHT_DECAY));
        words.put("l2", one(optimiser, Hyper.L2));
        return words;
    }

    private static double one(Optimiser optimiser, Hyper name) {
        return optimiser.hyper().getOrDefault(name, List.of(0.0)).get(0);
    }

    /** Written anew for every contender: a few milliseconds beside its preparation. */
    private static Path data(TrainingCase.Match match) {
        EnsembleArrays arrays = match.arrays();
        Map<String, HostTensor> members = new LinkedHashMap<>();
        members.put("weights", arrays.weights());
        members.put("inputs", withoutFirst(arrays.inputs()));
        members.put("targets", withoutFirst(arrays.targets()));
        Path file = match.rig().workspace().resolve("case.npz");
        NpzFile.write(
                file,
                members,
                arrays.moves()
                        .map(moves -> new NpzFile.Bits("mask", match.ensemble().replicas(), moves)));
        return file;
    }

    private static HostTensor withoutFirst(HostTensor shared) {
        Shape shape = shared.shape().tail();
        return switch (shared.dtype()) {
            case F32 -> HostTensor.of(shape, shared.floats());
            case I32 -> HostTensor.of(shape, shared.ints());
            default -> throw new IllegalArgumentException("A peer is given F32 or I32, not " + shared.dtype() + ".");
        };
    }
}
