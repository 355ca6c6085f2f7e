package dev.rectifier.train;

import dev.rectifier.model.NetworkSpec;
import dev.rectifier.tensor.HostTensor;
import java.util.Optional;

/** What the student should say about an input. */
public sealed interface Targets {
    /** Values or labels that the data source carries. */
    record FromData() implements Targets {}

    /**
     * The outputs of a teacher network in evaluation, worked out on the device for every batch.
     *
     * @param spec the teacher
     * @param parameters [R, P], or [1, P] for one teacher of all replicas
     * @param answer its outputs, or the label of the largest
     * @param state its running moments, F64 [R, S] or [1, S]; needed by teachers that have some
     */
    record Teacher(NetworkSpec spec, HostTensor parameters, Answer answer, Optional<HostTensor> state)
            implements Targets {
        public Teacher {
            if (parameters.shape().rank() != 2) {
                throw new IllegalArgumentException(
                        "Teacher parameters need the shape [R, P] or [1, P], not " + parameters.shape() + ".");
            }
        }

        /** A teacher without running moments. */
        public Teacher(NetworkSpec spec, HostTensor parameters, Answer answer) {
            this(spec, parameters, answer, Optional.empty());
        }

        /** With running moments. */
        public Teacher withState(HostTensor moments) {
            return new Teacher(spec, parameters, answer, Optional.of(moments));
        }

        /** What of the teacher's outputs is the target. */
        public enum Answer {
            /** All outputs: for the squared loss. */
            OUTPUTS,
            /** I32 index of the largest output: for the cross-entropy. */
            LABEL
        }

        /** A teacher whose outputs are the targets. */
        public static Teacher of(NetworkSpec spec, HostTensor parameters) {
            return new Teacher(spec, parameters, Answer.OUTPUTS);
        }
    }
}
