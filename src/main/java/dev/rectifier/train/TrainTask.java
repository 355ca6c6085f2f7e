package dev.rectifier.train;

import dev.rectifier.data.DataSource;
import dev.rectifier.model.NetworkSpec;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Streams;
import java.util.Optional;

/**
 * Everything a training run depends on, besides the engine.
 *
 * @param student the network
 * @param initial its starting parameters [R, P]; their type is the type of the whole computation
 * @param data inputs of R replicas; its buffers stay the caller's
 * @param targets what to learn
 * @param spec how
 * @param mask which parameters move, I32 [R, maskWords(P)], see {@link dev.rectifier.model.ParameterMask}; empty: all that
 *     the spec's constraints leave
 * @param state running moments at the start, F64 [R, S]; empty: those of networks that have seen nothing
 * @param noise streams per replica of what a student with dropout draws; empty where it draws nothing
 */
public record TrainTask(
        NetworkSpec student,
        HostTensor initial,
        DataSource data,
        Targets targets,
        TrainSpec spec,
        Optional<HostTensor> mask,
        Optional<HostTensor> state,
        Optional<Streams> noise) {

    /** With the usual start and no noise. */
    public TrainTask(
            NetworkSpec student,
            HostTensor initial,
            DataSource data,
            Targets targets,
            TrainSpec spec,
            Optional<HostTensor> mask) {
        this(student, initial, data, targets, spec, mask, Optional.empty(), Optional.empty());
    }

    /** A task without a mask. */
    public static TrainTask of(
            NetworkSpec student, HostTensor initial, DataSource data, Targets targets, TrainSpec spec) {
        return new TrainTask(student, initial, data, targets, spec, Optional.empty());
    }

    /** From these running moments on. */
    public TrainTask withState(HostTensor newState) {
        return new TrainTask(student, initial, data, targets, spec, mask, Optional.of(newState), noise);
    }

    /** With streams for what the student draws. */
    public TrainTask withNoise(Streams streams) {
        return new TrainTask(student, initial, data, targets, spec, mask, state, Optional.of(streams));
    }

    /** R. */
    public int replicas() {
        return Math.toIntExact(initial.shape().dim(0));
    }
}
