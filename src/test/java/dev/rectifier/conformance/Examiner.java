package dev.rectifier.conformance;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.Closeness;
import dev.rectifier.tensor.HostTensor;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Runs trials on engines, judges them, and keeps the largest share of a bound that each operation used. */
final class Examiner {
    private final Map<String, Double> shares = new LinkedHashMap<>();

    /**
     * Everything the contract asks of one call.
     *
     * @throws AssertionError in one line that names the engine, the trial, what failed and how to repeat it
     */
    void examine(String engineName, Engine engine, Trial trial) {
        examine(engineName, engine, trial, new Judgement(trial));
    }

    /** As above, with a judgement that several engines share. */
    void examine(String engineName, Engine engine, Trial trial, Judgement judgement) {
        try {
            List<HostTensor> first = run(engine, trial);
            requireExpected(trial, first, judgement);
            requireSame("the same call twice", trial, first, run(engine, trial), trial.replicas());
            requireReplicasAlone(engine, trial, first);
        } catch (Broken | RuntimeException e) {
            throw new AssertionError(
                    engineName + ", " + trial + ": " + e.getMessage() + "  [repeat: mvn test -Dtest=ConformanceTest"
                            + " \"-Dconformance.only=" + trial + "\"]",
                    e);
        }
    }

    /** A line per operation with the largest share of its bound used so far. */
    String summary() {
        return shares.entrySet().stream()
                .map(e -> String.format(Locale.ROOT, "%s %.2f", e.getKey(), e.getValue()))
                .collect(Collectors.joining(", ", "largest share of a bound: ", ""));
    }

    /** The outputs of the call; nothing but the outputs may have changed. */
    List<HostTensor> run(Engine engine, Trial trial) {
        try (Arena arena = engine.openArena("conformance")) {
            List<View> views =
                    trial.operands().stream().map(o -> o.place(arena)).toList();
            trial.invocation().run(engine, views);
            for (int i = 0; i < views.size(); i++) {
                requireNothingElseWritten(trial.operands().get(i), views.get(i));
            }
            return trial.outputs().stream().map(i -> views.get(i).download()).toList();
        }
    }

    private static void requireNothingElseWritten(Operand operand, View view) {
        HostTensor after = operand.written() ? view.download() : operand.values();
        require(
                sameValues(view.buffer().download(), operand.storage(after)),
                "the call wrote to " + (operand.written() ? "memory around " : "the input ") + operand);
    }

    private void requireExpected(Trial trial, List<HostTensor> outputs, Judgement judgement) {
        for (int r = 0; r < trial.replicas(); r++) {
            List<Expected> expected = judgement.of(r);
            require(
                    expected.size() == outputs.size(),
                    "the oracle speaks of " + expected.size() + " outputs, not " + outputs.size());
            for (int o = 0; o < outputs.size(); o++) {
                Operand operand = trial.operands().get(trial.outputs().get(o));
                requireClose(trial, operand, r, operand.with(outputs.get(o)).replica(r), expected.get(o));
            }
        }
    }

    private void requireClose(Trial trial, Operand operand, int r, HostTensor block, Expected expected) {
        double[] values = expected.values().clone();
        double[] bounds = expected.bounds().clone();
        for (int i = 0; i < values.length; i++) {
            boolean open = bounds[i] == Expected.ANY || (Double.isNaN(bounds[i]) && !Double.isFinite(block.get(i)));
            values[i] = open ? block.get(i) : values[i];
            bounds[i] = open || Double.isNaN(bounds[i]) ? 0 : bounds[i];
        }
        Closeness closeness = Closeness.of(block, values, bounds);
        shares.merge(trial.operation(), closeness.share(), Math::max);
        require(closeness.within(), operand + " of replica " + r + ": " + closeness);
    }

    private void requireReplicasAlone(Engine engine, Trial trial, List<HostTensor> together) {
        int replicas = trial.replicas();
        if (replicas == 1) {
            return;
        }
        for (int r : new TreeSet<>(List.of(0, Regime.poisonedReplica(replicas), replicas / 2, replicas - 1))) {
            List<HostTensor> alone = run(engine, trial.alone(r));
            List<HostTensor> slot = trial.outputs().stream()
                    .map(i -> trial.operands()
                            .get(i)
                            .with(together.get(trial.outputs().indexOf(i)))
                            .replica(r))
                    .toList();
            requireSame("replica " + r + " alone and among " + replicas, trial, slot, alone, 1);
        }
    }

    private static void requireSame(
            String what, Trial trial, List<HostTensor> one, List<HostTensor> other, int replicas) {
        for (int o = 0; o < one.size(); o++) {
            Operand operand = trial.operands().get(trial.outputs().get(o));
            require(
                    sameValues(one.get(o), other.get(o)),
                    operand + " over " + replicas + " replicas: " + what + " differ in bits");
        }
    }

    /** Same bits, all NaNs taken as one: which operand's payload a NaN carries is nobody's promise. */
    static boolean sameValues(HostTensor one, HostTensor other) {
        if (one.dtype() != other.dtype() || one.length() != other.length()) {
            return false;
        }
        return switch (one.dtype()) {
            case F32 -> Arrays.equals(one.floats(), other.floats());
            case F64 -> Arrays.equals(one.doubles(), other.doubles());
            case I32 -> Arrays.equals(one.ints(), other.ints());
            case I64 -> Arrays.equals(one.longs(), other.longs());
        };
    }

    private static void require(boolean condition, String otherwise) {
        if (!condition) {
            throw new Broken(otherwise);
        }
    }

    /** A promise of the contract that was not kept. */
    static final class Broken extends Error {
        private static final long serialVersionUID = 1L;

        Broken(String message) {
            super(message);
        }
    }
}
