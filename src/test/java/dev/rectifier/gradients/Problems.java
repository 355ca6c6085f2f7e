package dev.rectifier.gradients;

import dev.rectifier.engine.Engine;
import dev.rectifier.engine.LossKind;
import dev.rectifier.model.MlpSpec;
import dev.rectifier.tensor.DType;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** One to four layers under every loss, at points well inside a smooth piece. */
final class Problems {
    /** Least distance from any kink: a hundred times what the steps of the tests move a pre-activation. */
    static final double MARGIN = 1e-3;

    private Problems() {}

    static Stream<Problem> all(Engine engine) {
        return Stream.of(MlpSpec.of(3, 2), MlpSpec.of(4, 5, 3), MlpSpec.of(3, 6, 5, 2), MlpSpec.of(4, 5, 6, 4, 3))
                .flatMap(spec -> Stream.of(LossKind.values()).map(kind -> smooth(engine, spec, kind)));
    }

    private static Problem smooth(Engine engine, MlpSpec spec, LossKind kind) {
        return LongStream.range(0, 1000)
                .mapToObj(seed -> Problem.draw(spec, kind, seed))
                .filter(problem -> Passes.run(engine, problem, DType.F64).margin() > MARGIN)
                .findFirst()
                .orElseThrow();
    }
}
