package dev.rectifier.train;

import dev.rectifier.data.DataSource;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.tensor.HostTensor;
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
 */
public record TrainTask(
        MlpSpec student,
        HostTensor initial,
        DataSource data,
        Targets targets,
        TrainSpec spec,
        Optional<HostTensor> mask) {

    /** A task without a mask. */
    public static TrainTask of(MlpSpec student, HostTensor initial, DataSource data, Targets targets, TrainSpec spec) {
        return new TrainTask(student, initial, data, targets, spec, Optional.empty());
    }

    /** R. */
    public int replicas() {
        return Math.toIntExact(initial.shape().dim(0));
    }
}
