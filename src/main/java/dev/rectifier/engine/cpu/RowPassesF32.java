package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Feed;
import dev.rectifier.engine.ResidentTask;

/** An example's numbers lie side by side, as in the engine's buffers: for products that OpenBLAS takes, and small batches. */
final class RowPassesF32 implements PassesF32 {
    private final SoloFeedF32 feed;
    private final SoloNetF32 net;
    private final SoloGradientF32 gradient;
    private final LossTermsF32.Batch batch;

    RowPassesF32(ResidentTask task, int examples) {
        feed = new SoloFeedF32(task, examples);
        net = new SoloNetF32(
                task.student(),
                examples,
                new float[Math.toIntExact(task.student().parameters())],
                feed.x());
        gradient = new SoloGradientF32(examples, net);
        batch = new LossTermsF32.Batch(
                net.output().array(),
                feed.values(),
                feed.labels(),
                examples,
                task.student().outputs());
    }

    @Override
    public void load(int replica) {
        feed.load(replica);
    }

    @Override
    public void forward(Feed from, int replica, long step) {
        feed.fill(from, replica, step);
        net.forward();
        net.output().array();
        feed.values();
    }

    @Override
    public LossTermsF32.Batch batch() {
        return batch;
    }

    @Override
    public float[] outputSignal() {
        return gradient.outputSignal().overwritten();
    }

    @Override
    public void backward(boolean watched) {
        gradient.backward(watched);
    }

    @Override
    public float[] gradient() {
        return gradient.gradient();
    }

    @Override
    public float[] weights() {
        return net.weights();
    }

    @Override
    public LayerRows layers() {
        return net.layers();
    }

    @Override
    public void forget() {
        net.forget();
    }
}
