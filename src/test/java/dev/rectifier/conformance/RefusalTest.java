package dev.rectifier.conformance;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.ShapeException;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/** Views that do not fit are refused before anything is computed, with the operation and the shapes in the message. */
class RefusalTest extends OnEveryEngine {
    /** One trial of every operation with three replicas and at least two operands. */
    private static Stream<Trial> oneOfEach() {
        Set<String> seen = new HashSet<>();
        return Contract.all()
                .flatMap(Contract::trials)
                .filter(t -> t.replicas() == 3 && t.operands().size() > 1 && t.elements() < 5_000)
                .filter(t -> t.operands().get(0).block() > 0)
                .filter(t -> seen.add(t.operation()));
    }

    @TestFactory
    Stream<DynamicTest> refusals() {
        return oneOfEach()
                .flatMap(trial -> SOURCE.engines().stream()
                        .map(present -> DynamicTest.dynamicTest(
                                present.name() + ": " + trial.operation(), () -> refuses(present.engine(), trial))));
    }

    private static void refuses(Engine engine, Trial trial) {
        for (int i = 0; i < trial.operands().size(); i++) {
            requireRefusal(engine, trial, i, oneReplicaLess(trial.operands().get(i)), "one replica less");
            requireRefusal(engine, trial, i, otherType(trial.operands().get(i)), "another type");
            requireForeignRefused(engine, trial, i);
        }
    }

    private static Operand oneReplicaLess(Operand operand) {
        HostTensor values = operand.values();
        Shape fewer = values.shape().tail().prepend(operand.replicas() - 1);
        return dense(operand, HostTensor.zeros(values.dtype(), fewer));
    }

    /** An I64 where there was anything else, an F32 where there was an I64. */
    private static Operand otherType(Operand operand) {
        DType other = operand.values().dtype() == DType.I64 ? DType.F32 : DType.I64;
        return dense(operand, HostTensor.zeros(other, operand.values().shape()));
    }

    private static Operand dense(Operand operand, HostTensor values) {
        return new Operand(operand.name(), operand.role(), values, Operand.Layout.DENSE);
    }

    private static void requireRefusal(Engine engine, Trial trial, int i, Operand unfit, String how) {
        try (Arena arena = engine.openArena("refusal")) {
            List<View> views = new ArrayList<>();
            trial.operands().forEach(o -> views.add(o.place(arena)));
            views.set(i, unfit.place(arena));
            check(trial, () -> trial.invocation().run(engine, views), unfit.name() + " with " + how);
        }
    }

    private static void requireForeignRefused(Engine engine, Trial trial, int i) {
        Engine other = SOURCE.engines().stream()
                .map(EngineSource.Present::engine)
                .filter(e -> e != engine)
                .findFirst()
                .orElseThrow();
        try (Arena arena = engine.openArena("refusal");
                Arena foreign = other.openArena("foreign")) {
            List<View> views = new ArrayList<>();
            trial.operands().forEach(o -> views.add(o.place(arena)));
            views.set(i, trial.operands().get(i).place(foreign));
            check(
                    trial,
                    () -> trial.invocation().run(engine, views),
                    trial.operands().get(i).name() + " of another engine");
        }
    }

    private static void check(Trial trial, Runnable call, String what) {
        Throwable thrown = catchThrowable(call::run);
        assertThat(thrown).as(trial.operation() + " must refuse " + what).isInstanceOf(ShapeException.class);
        String method = trial.operation().substring(trial.operation().indexOf('.') + 1);
        assertThat(String.valueOf(thrown.getMessage()).toLowerCase(Locale.ROOT))
                .as("message of " + trial.operation())
                .contains(stem(method));
    }

    /** The method behind a trial's name: trials in place, with bias, stray labels or of other types carry a suffix. */
    private static String stem(String operation) {
        String name = operation.equals("squaredNorm") ? "dot" : operation;
        for (String suffix : List.of("InPlace", "StrayLabel", "Bias", "I32", "I64")) {
            name = name.endsWith(suffix) ? name.substring(0, name.length() - suffix.length()) : name;
        }
        return name.toLowerCase(Locale.ROOT);
    }
}
