package dev.rectifier.engine.cuda;

import dev.rectifier.engine.Arena;
import dev.rectifier.engine.Engine;
import dev.rectifier.engine.Health;
import dev.rectifier.engine.Hyper;
import dev.rectifier.engine.LossKind;
import dev.rectifier.engine.Parameters;
import dev.rectifier.engine.PointwiseOps;
import dev.rectifier.engine.UpdateRule;
import dev.rectifier.engine.View;
import dev.rectifier.tensor.DType;
import dev.rectifier.tensor.HostTensor;
import dev.rectifier.tensor.Shape;
import java.util.Optional;

/** Two replicas of a network D -> W -> 1 trained by SGD on Gaussian inputs, every kernel of a training step once a step. */
final class SmallRun implements AutoCloseable {
    private static final int R = 2;
    private static final int N = 3;
    private static final int D = 4;
    private static final int W = 5;
    private static final int P = W * D + W;

    private final Engine engine;
    private final Arena arena;
    private final View weights;
    private final View gradient;
    private final View state;
    private final View x;
    private final View z;
    private final View mask;
    private final View output;
    private final View target;
    private final View loss;
    private final View signal;
    private final View hyper;
    private final View streams;
    private final Health health;

    SmallRun(Engine engine) {
        this.engine = engine;
        this.arena = engine.openArena("small run");
        try {
            this.weights = floats(P);
            this.gradient = floats(P);
            this.state = floats(0);
            this.x = floats(N, D);
            this.z = floats(N, W);
            this.mask = arena.allocate(DType.I32, Shape.of(R, PointwiseOps.maskWords(N * W)))
                    .view();
            this.output = floats(N, 1);
            this.target = floats(N, 1);
            this.loss = arena.allocate(DType.F64, Shape.of(R)).view();
            this.signal = floats(N, W);
            this.hyper = arena.upload(HostTensor.of(Shape.of(R, Hyper.count()), hyperValues()))
                    .view();
            this.streams = arena.upload(HostTensor.of(Shape.of(R, 2), new long[] {7, 0, 7, 1}))
                    .view();
            this.health = new Health(
                    arena.zeros(DType.I32, Shape.of(R)).view(),
                    arena.zeros(DType.I64, Shape.of(R)).view());
            engine.random().normal(weights, streams, -1, 0, 0.5);
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private View floats(long... block) {
        return arena.allocate(DType.F32, Shape.of(block).prepend(R)).view();
    }

    private static double[] hyperValues() {
        double[] values = new double[R * Hyper.count()];
        for (int r = 0; r < R; r++) {
            values[r * Hyper.count() + Hyper.LEARNING_RATE.column()] = 0.01;
        }
        return values;
    }

    void step(long step) {
        View first = weights.slice(0, Shape.of(W, D));
        View second = weights.slice(W * D, Shape.of(1, W));
        engine.random().normal(x, streams, step, 0, 1);
        engine.pointwise().fill(target, 1);
        engine.dense().forward(z, x, first);
        engine.pointwise().relu(z, mask, z);
        engine.dense().forward(output, z, second);
        engine.losses().evaluate(LossKind.SQUARED, loss, output, output, target, 0.5 / N);
        engine.dense().weightGradient(gradient.slice(W * D, Shape.of(1, W)), output, z);
        engine.dense().inputGradient(signal, output, second);
        engine.pointwise().reluBackward(signal, signal, mask);
        engine.dense().weightGradient(gradient.slice(0, Shape.of(W, D)), signal, x);
        engine.update().guard(health, loss, gradient, step);
        Parameters parameters = new Parameters(weights, gradient, state, Optional.empty());
        engine.update().step(UpdateRule.SGD, parameters, hyper, health, 1, step);
    }

    HostTensor weights() {
        return weights.buffer().download();
    }

    double meanLoss() {
        HostTensor values = loss.buffer().download();
        return (values.get(0) + values.get(1)) / 2;
    }

    @Override
    public void close() {
        arena.close();
    }
}
