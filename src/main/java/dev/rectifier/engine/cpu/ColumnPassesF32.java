package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Feed;
import dev.rectifier.engine.ResidentTask;

/**
 * A unit's numbers lie side by side, one row per unit over all examples, so that the loops over a batch fill vectors in
 * networks of any width. The arithmetic is that of {@link RowPassesF32}.
 */
final class ColumnPassesF32 implements PassesF32 {
    /** Fewer examples do not fill a vector. */
    static final int FEWEST = 16;

    private final ColumnFeedF32 feed;
    private final ColumnNetF32 net;
    private final ColumnGradientF32 gradient;
    private final LossTermsF32.Batch batch;
    private final float[] signal;
    private final int outputs;

    ColumnPassesF32(ResidentTask task, int examples) {
        outputs = task.student().outputs();
        feed = new ColumnFeedF32(task, examples);
        net = new ColumnNetF32(
                task.student(),
                examples,
                new float[Math.toIntExact(task.student().parameters())],
                feed.x());
        gradient = new ColumnGradientF32(examples, net);
        signal = outputs == 1 ? gradient.outputSignal()[0] : new float[examples * outputs];
        float[] answers = outputs == 1 ? net.output()[0] : new float[examples * outputs];
        batch = new LossTermsF32.Batch(answers, feed.values(), feed.labels(), examples, outputs);
    }

    /** Whether none of the products is one for OpenBLAS and a batch fills vectors. */
    static boolean suit(ResidentTask task, int examples) {
        return examples >= FEWEST && !CpuResident.toLibrary(task, examples);
    }

    @Override
    public void load(int replica) {
        feed.load(replica);
    }

    @Override
    public void forward(Feed from, int replica, long step) {
        feed.fill(from, replica, step);
        net.forward();
        if (outputs > 1) {
            UnitRowsF32.toRows(batch.outputs(), net.output());
        }
    }

    @Override
    public LossTermsF32.Batch batch() {
        return batch;
    }

    @Override
    public float[] outputSignal() {
        return signal;
    }

    @Override
    public void backward(boolean watched) {
        if (outputs > 1) {
            UnitRowsF32.fromRows(gradient.outputSignal(), signal);
        }
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
        // nothing is derived from weights
    }
}
