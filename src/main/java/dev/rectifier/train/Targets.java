package dev.rectifier.train;

import dev.rectifier.model.MlpSpec;
import dev.rectifier.tensor.HostTensor;

/** What the student should say about an input. */
public sealed interface Targets {
    /** Values or labels that the data source carries. */
    record FromData() implements Targets {}

    /**
     * The outputs of a teacher network, evaluated on the device for every batch.
     *
     * @param spec the teacher
     * @param parameters [R, P], or [1, P] for one teacher of all replicas
     * @param answer its outputs, or the label of the largest
     */
    record Teacher(MlpSpec spec, HostTensor parameters, Answer answer) implements Targets {
        public Teacher {
            if (parameters.shape().rank() != 2) {
                throw new IllegalArgumentException(
                        "Teacher parameters need the shape [R, P] or [1, P], not " + parameters.shape() + ".");
            }
        }

        /** What of the teacher's outputs is the target. */
        public enum Answer {
            /** All outputs: for the squared loss. */
            OUTPUTS,
            /** I32 index of the largest output: for the cross-entropy. */
            LABEL
        }

        /** A teacher whose outputs are the targets. */
        public static Teacher of(MlpSpec spec, HostTensor parameters) {
            return new Teacher(spec, parameters, Answer.OUTPUTS);
        }
    }
}
