package dev.rectifier.engine;

import dev.rectifier.tensor.DType;
import java.util.Optional;

/** Operations that have their products inside, in IEEE arithmetic: where another was asked for, they refuse fp32. */
final class IeeeOnly {
    private IeeeOnly() {}

    /** {@code what}: who computes, in the plural; {@code numbers}: of the type in question. */
    static Optional<String> refusal(Engine engine, String what, View numbers) {
        return refusal(engine.info().options().mathMode(), what, numbers);
    }

    static Optional<String> refusal(MathMode mode, String what, View numbers) {
        return mode == MathMode.IEEE || numbers.dtype() != DType.F32
                ? Optional.empty()
                : Optional.of(what + " have their products in IEEE arithmetic, and " + mode + " was asked for");
    }

    /** @throws IllegalArgumentException if it is refused */
    static void require(Engine engine, String what, View numbers) {
        refusal(engine, what, numbers).ifPresent(reason -> {
            throw new IllegalArgumentException(
                    "Not computed: " + reason + ". Train step by step, or open the engine with math mode IEEE.");
        });
    }
}
