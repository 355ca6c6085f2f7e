package dev.rectifier.study;

import dev.rectifier.record.RecordException;
import dev.rectifier.record.RunFolder;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import dev.rectifier.train.Checkpoint;
import dev.rectifier.train.Listener;
import dev.rectifier.train.TrainState;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/**
 * Weights of a run that outlive it, for runs that build on them: one file in the run folder per kept step and chunk of replicas,
 * in the form of a {@link Checkpoint}, each tensor with its SHA-256.
 *
 * @param parameters [R, P]
 * @param moments F64 [R, S]; empty for networks without running moments
 */
public record KeptStates(HostTensor parameters, Optional<HostTensor> moments) {
    private static final String FOLDER = "kept";

    /** Keeps what it is called for. Writing again the same step of the same replicas changes nothing. */
    public static Listener keeping(RunFolder folder, Chunk chunk) {
        return state -> folder.write(name(state.step(), chunk.first()), out -> out.write(bytes(state)));
    }

    private static byte[] bytes(TrainState state) {
        Map<String, HostTensor> tensors = new LinkedHashMap<>();
        tensors.put(Checkpoint.PARAMETERS, state.parameters().flat().download());
        state.values()
                .state()
                .ifPresent(moments ->
                        tensors.put(Checkpoint.MOMENTS, moments.flat().download()));
        return new Checkpoint(Map.of(), state.step(), tensors).encode();
    }

    /** Numbers of fixed length, so that names sort as their replicas do. */
    private static String name(long step, int firstReplica) {
        return String.format(Locale.ROOT, "%s/step-%018d-replica-%09d.state", FOLDER, step, firstReplica);
    }

    /**
     * What a run kept at a step.
     *
     * @param replicas R of the whole run
     * @throws RecordException naming the folder, if not all of them are there
     */
    public static KeptStates read(Path runFolder, long step, int replicas) {
        List<Checkpoint> chunks = new ArrayList<>();
        int found = 0;
        while (found < replicas) {
            Path file = runFolder.resolve(name(step, found));
            if (!Files.exists(file)) {
                throw new RecordException("The run in " + runFolder + " keeps the weights of step " + step + " for "
                        + found + " of " + replicas + " replicas: " + file.getFileName()
                        + " is missing. Delete the run's folder to make it anew.");
            }
            Checkpoint chunk = decoded(file);
            found += Math.toIntExact(chunk.tensor(Checkpoint.PARAMETERS).shape().dim(0));
            chunks.add(chunk);
        }
        boolean moving = chunks.get(0).tensors().containsKey(Checkpoint.MOMENTS);
        return new KeptStates(
                joined(chunks, Checkpoint.PARAMETERS),
                moving ? Optional.of(joined(chunks, Checkpoint.MOMENTS)) : Optional.empty());
    }

    private static Checkpoint decoded(Path file) {
        try {
            return Checkpoint.decode(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException("Cannot read the kept weights in " + file + ".", e);
        }
    }

    /** Rows of all chunks, one after another. */
    private static HostTensor joined(List<Checkpoint> chunks, String name) {
        List<HostTensor> parts =
                chunks.stream().map(chunk -> chunk.tensor(name)).toList();
        long rows = parts.stream().mapToLong(part -> part.shape().dim(0)).sum();
        DType dtype = parts.get(0).dtype();
        HostTensor all =
                HostTensor.zeros(dtype, Shape.of(rows, parts.get(0).shape().dim(1)));
        int at = 0;
        for (HostTensor part : parts) {
            System.arraycopy(part.array(), 0, all.array(), at, part.length());
            at += part.length();
        }
        return all;
    }
}
