package dev.rectifier.study.luckmatters;

import dev.rectifier.study.Chunk;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.train.Targets;
import java.util.List;
import java.util.Optional;

/** Where the teachers and the starting weights of students on images come from. */
interface ImageSources {
    /** The teachers of a chunk of students. */
    Targets.Teacher teachers(Chunk chunk);

    /** How a chunk of students starts. */
    Start start(Chunk chunk);

    /**
     * A start.
     *
     * @param parameters [R, P]
     * @param moments running moments, F64 [R, S]; empty: those of networks that have seen nothing
     * @param mask which parameters move, I32 [R, maskWords(P)]; empty: all
     * @param nodes by layer: nodes that are left, per replica; empty where nothing was cut down
     */
    record Start(HostTensor parameters, Optional<HostTensor> moments, Optional<HostTensor> mask, List<double[]> nodes) {
        /** Whole students that have seen nothing. */
        static Start whole(HostTensor parameters) {
            return new Start(parameters, Optional.empty(), Optional.empty(), List.of());
        }
    }
}
