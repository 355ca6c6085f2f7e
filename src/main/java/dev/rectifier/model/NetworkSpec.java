package dev.rectifier.model;

/**
 * A network as a value; {@code toString} is its canonical text. A multilayer perceptron ({@link MlpSpec}), for which the
 * quickest ways to train exist, or a chain of layers of any kind ({@link ChainSpec}).
 */
public sealed interface NetworkSpec permits MlpSpec, ChainSpec {
    /** D: elements of one input. */
    int inputs();

    /** K: elements of one output. */
    int outputs();

    /** Where each parameter lies among the P of a replica. */
    ParameterLayout layout();

    /** Where each number lies that training moves but no gradient (running moments), all F64; empty for most networks. */
    ParameterLayout state();

    /** How scales depend on the widths. */
    Parametrisation parametrisation();

    /** Whether training draws numbers of its own (dropout). */
    boolean isNoisy();

    /** Examples of the smallest batch that can be trained on: 2 where the moments of single values are taken over a batch. */
    int leastExamples();

    /** Its extents in a few words. */
    String words();

    /**
     * This network as a multilayer perceptron.
     *
     * @param purpose who needs one: begins the sentence of the refusal
     * @throws IllegalArgumentException if it is a chain of layers
     */
    default MlpSpec mlp(String purpose) {
        if (this instanceof MlpSpec mlp) {
            return mlp;
        }
        throw new IllegalArgumentException(purpose + " needs a multilayer perceptron (MlpSpec), and this network is a"
                + " chain of layers: " + words() + ".");
    }
}
