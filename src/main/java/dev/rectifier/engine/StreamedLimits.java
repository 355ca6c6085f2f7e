package dev.rectifier.engine;

import java.util.Optional;

/** Which tasks sweeps can train on any engine, and from which size on they are worth it. */
public final class StreamedLimits {
    /** Most examples of a batch: beyond, arithmetic binds and not memory. */
    public static final int EXAMPLES = 16;

    /** Most outputs: every one is a pass over the second layer's weights. */
    public static final int OUTPUTS = 64;

    private static final long WORTH_IT = 1 << 20; // parameters; a guess until it is measured

    private StreamedLimits() {}

    /** Why not at all, in words that complete «not streamed: ...». */
    public static Optional<String> refusal(ResidentTask task, long examples) {
        ResidentNet net = task.student();
        if (net.layers() != 2) {
            return Optional.of("sweeps are for networks with one hidden layer, this one has " + (net.layers() - 1));
        }
        if (task.rule().stateSlots() > 1) {
            return Optional.of("sweeps know SGD, momentum and Nesterov, not " + task.rule());
        }
        if (task.state().parameters().mask().isPresent()
                || !task.unitNormLayers().isEmpty()) {
            return Optional.of("sweeps know neither masks nor unit-norm constraints");
        }
        if (examples > EXAMPLES || net.outputs() > OUTPUTS) {
            return Optional.of("sweeps take up to " + EXAMPLES + " examples and " + OUTPUTS + " outputs, not "
                    + examples + " and " + net.outputs());
        }
        return Optional.empty();
    }

    /** Why other ways are quicker. */
    public static Optional<String> disadvantage(ResidentTask task) {
        long parameters = task.student().parameters();
        return parameters >= WORTH_IT
                ? Optional.empty()
                : Optional.of("networks of " + parameters + " parameters stay in the caches");
    }
}
