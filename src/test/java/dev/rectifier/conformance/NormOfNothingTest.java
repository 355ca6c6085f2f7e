package dev.rectifier.conformance;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.NormOps;
import dev.rectifier.engine.NormOps.Affine;
import dev.rectifier.engine.NormOps.Direction;
import dev.rectifier.engine.NormOps.Moments;
import dev.rectifier.engine.NormOps.Normed;
import dev.rectifier.engine.NormOps.Signal;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** Evaluation of no examples at all: nothing comes out, and gradients are sums of nothing. */
class NormOfNothingTest extends OnEveryEngine {
    private static final int CHANNELS = 5;

    @ParameterizedTest
    @MethodSource("engines")
    void gradientsOfNoExamplesAreZero(EngineSource.Present present) {
        for (DType type : List.of(DType.F32, DType.F64)) {
            for (Shape shape : List.of(Shape.of(3, 0, CHANNELS), Shape.of(3, 0, CHANNELS, 7, 6))) {
                requireZeros(present, type, shape);
            }
        }
    }

    private static void requireZeros(EngineSource.Present present, DType type, Shape shape) {
        try (Arena arena = present.engine().openArena("nothing")) {
            NormOps norm = present.engine().norm();
            View x = arena.zeros(type, shape).view();
            View y = arena.zeros(type, shape).view();
            Moments moments = new Moments(ones(arena, DType.F64), ones(arena, DType.F64));
            Affine affine = new Affine(ones(arena, type), ones(arena, type));
            Normed of = new Normed(x, moments, affine, 0);
            norm.normalise(y, of);
            norm.normaliseTangent(y, new Direction(x, affine), of);
            Affine gradient = new Affine(ones(arena, type), ones(arena, type));
            norm.normaliseBackward(y, gradient, x, of);
            requireZero(gradient);
            Affine again = new Affine(ones(arena, type), ones(arena, type));
            norm.normaliseBackwardTangent(y, again, new Signal(x, x), new Direction(x, affine), of);
            requireZero(again);
        }
    }

    private static View ones(Arena arena, DType type) {
        double[] values = new double[3 * CHANNELS];
        Arrays.fill(values, 1);
        return arena.upload(HostTensor.rounded(type, Shape.of(3, CHANNELS), values))
                .view();
    }

    private static void requireZero(Affine gradient) {
        assertThat(gradient.scale().download().toDoubles()).containsOnly(0.0);
        assertThat(gradient.shift().download().toDoubles()).containsOnly(0.0);
    }
}
