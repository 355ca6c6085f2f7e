package dev.rectifier.gradients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rectifier.conformance.EngineSource;
import dev.rectifier.conformance.OnEveryEngine;
import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.Closeness;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Arrays;
import java.util.Optional;
import java.util.SplittableRandom;
import org.bytedeco.javacpp.PointerScope;
import org.bytedeco.pytorch.Adam;
import org.bytedeco.pytorch.AdamOptions;
import org.bytedeco.pytorch.AdamW;
import org.bytedeco.pytorch.AdamWOptions;
import org.bytedeco.pytorch.Optimizer;
import org.bytedeco.pytorch.SGD;
import org.bytedeco.pytorch.SGDOptions;
import org.bytedeco.pytorch.Tensor;
import org.bytedeco.pytorch.TensorVector;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Three steps of every optimiser with given gradients, on every engine, against libtorch's, in fp64. */
class TorchOptimiserTest extends OnEveryEngine {
    private static final int SIZE = 37;
    private static final int STEPS = 3;
    private static final double RATE = 0.1;
    private static final double MOMENTUM = 0.9;
    private static final double BETA2 = 0.999;
    private static final double DECAY = 0.05;

    @BeforeAll
    static void open() {
        Torch.assumePresent();
    }

    /** The optimisers, with the columns of our matrix beside the learning rate. */
    enum Method {
        SGD(UpdateRule.SGD, 0, 0, 0, 0),
        SGD_WITH_L2(UpdateRule.SGD, 0, 0, 0, DECAY),
        DAMPENED(UpdateRule.MOMENTUM, MOMENTUM, 0.25, 0, DECAY),
        NESTEROV(UpdateRule.NESTEROV, MOMENTUM, 0, 0, DECAY),
        ADAM(UpdateRule.ADAM, MOMENTUM, 0, 0, DECAY),
        ADAM_W(UpdateRule.ADAM, MOMENTUM, 0, DECAY, 0);

        private final UpdateRule rule;
        private final double momentum;
        private final double dampening;
        private final double decay;
        private final double l2;

        Method(UpdateRule rule, double momentum, double dampening, double decay, double l2) {
            this.rule = rule;
            this.momentum = momentum;
            this.dampening = dampening;
            this.decay = decay;
            this.l2 = l2;
        }

        HostTensor hyper() {
            HostTensor row = HostTensor.zeros(DType.F64, Shape.of(1, Hyper.count()));
            row.set(Hyper.LEARNING_RATE.column(), RATE);
            row.set(Hyper.MOMENTUM.column(), momentum);
            row.set(Hyper.DAMPENING.column(), dampening);
            row.set(Hyper.BETA2.column(), BETA2);
            row.set(Hyper.EPSILON.column(), 1e-8);
            row.set(Hyper.WEIGHT_DECAY.column(), decay);
            row.set(Hyper.L2.column(), l2);
            return row;
        }

        Optimizer torch(TensorVector parameters) {
            return switch (this) {
                case SGD, SGD_WITH_L2, DAMPENED, NESTEROV -> new SGD(parameters, gradientDescent());
                case ADAM -> {
                    AdamOptions options = new AdamOptions(RATE);
                    options.weight_decay().put(l2);
                    yield new Adam(parameters, options);
                }
                case ADAM_W -> {
                    AdamWOptions options = new AdamWOptions(RATE);
                    options.weight_decay().put(decay);
                    yield new AdamW(parameters, options);
                }
            };
        }

        private SGDOptions gradientDescent() {
            SGDOptions options = new SGDOptions(RATE);
            options.momentum().put(momentum);
            options.dampening().put(dampening);
            options.weight_decay().put(l2);
            options.nesterov().put(this == NESTEROV);
            return options;
        }
    }

    private static double[] draw(long seed) {
        return new SplittableRandom(seed).doubles(SIZE, -1, 1).toArray();
    }

    @SuppressWarnings("try") // the scope frees libtorch's temporaries by being closed
    private static double[] weightsByTorch(Method method) {
        try (PointerScope scope = new PointerScope()) {
            Tensor weights = Torch.tensor(draw(0), Shape.of(SIZE)).set_requires_grad(true);
            Optimizer optimizer = method.torch(new TensorVector(weights));
            for (int step = 0; step < STEPS; step++) {
                weights.mutable_grad().put(Torch.tensor(draw(1 + step), Shape.of(SIZE)));
                optimizer.step();
            }
            return Torch.values(weights.detach());
        }
    }

    private static HostTensor weightsByUs(Engine engine, Method method) {
        try (Arena arena = engine.openArena("optimiser")) {
            Shape flat = Shape.of(1, SIZE);
            View weights = arena.upload(HostTensor.of(flat, draw(0))).view();
            View gradient = arena.zeros(DType.F64, flat).view();
            View state = arena.zeros(DType.F64, Shape.of(1, method.rule.stateSlots() * (long) SIZE))
                    .view();
            View hyper = arena.upload(method.hyper()).view();
            Health health = new Health(
                    arena.zeros(DType.I32, Shape.of(1)).view(),
                    arena.zeros(DType.I64, Shape.of(1)).view());
            Parameters parameters = new Parameters(weights, gradient, state, Optional.empty());
            for (int step = 0; step < STEPS; step++) {
                gradient.buffer().upload(HostTensor.of(flat, draw(1 + step)));
                engine.update().step(method.rule, parameters, hyper, health, 1, step);
            }
            return weights.download();
        }
    }

    /**
     * Both sides round a weight of at most 1 + STEPS RATE 3 < 2 three times per step (decay, move, sum), and the move, at
     * most 3 RATE for these gradients, some 16 times.
     */
    @ParameterizedTest
    @EnumSource(Method.class)
    void stepsAreThoseOfTorch(Method method) {
        double[] expected = weightsByTorch(method);
        double[] bounds = new double[SIZE];
        Arrays.fill(bounds, 2 * STEPS * (3 * 2 + 16 * 3 * RATE) * DType.F64.unitRoundoff());
        assertThat(expected).isNotEqualTo(draw(0));
        for (EngineSource.Present present : SOURCE.engines()) {
            Closeness closeness = Closeness.of(weightsByUs(present.engine(), method), expected, bounds);
            assertThat(closeness.within())
                    .as("%s, %s: %s", present.name(), method, closeness)
                    .isTrue();
        }
    }
}
