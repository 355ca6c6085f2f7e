package dev.rectifier.bench;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.MathMode;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import java.util.List;

/**
 * All outputs, beside those of the reference.
 *
 * @param rival that is checked, under its settings
 * @param reference computes in fp64
 * @param exact what it is asked for with the same operands
 */
record WholeCheck(Rival rival, Engine reference, Operation exact) implements OutputCheck {
    static final String AGAINST = "the cpu engine in fp64";

    @Override
    public Verification of(Operands ours) {
        List<HostTensor> results = rival.under(() -> computed(ours));
        try (Operands theirs = new Operands(reference, exact, DType.F64, 0)) {
            theirs.call();
            return compared(results, theirs.results(), bound());
        }
    }

    private static List<HostTensor> computed(Operands operands) {
        operands.fill();
        operands.call();
        return operands.results();
    }

    private double bound() {
        MathMode mode = rival.engine().info().options().mathMode();
        return Tolerance.of(exact.slots().get(0).typeFor(DType.F32), mode, exact.depth());
    }

    /** The worst over outputs. */
    static Verification compared(List<HostTensor> ours, List<HostTensor> exact, double bound) {
        Verification worst = new Verification(0, bound, AGAINST);
        for (int i = 0; i < ours.size(); i++) {
            HostTensor out = ours.get(i);
            double error = Verification.error(out, 0, exact.get(i), 0, out.length());
            worst = worst.and(new Verification(error, bound, AGAINST));
        }
        return worst;
    }
}
