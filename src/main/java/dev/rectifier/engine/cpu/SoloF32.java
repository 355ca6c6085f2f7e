package dev.rectifier.engine.cpu;

import dev.rectifier.engine.Feed;
import dev.rectifier.engine.ResidentTask;
import dev.rectifier.engine.Stretch;
import dev.rectifier.engine.UpdateRule;
import java.util.Arrays;
import java.util.Optional;

/**
 * One replica at a time: for networks whose products fill vectors by themselves. Everything the single operations would do
 * in turn for all replicas is done for one, so its numbers stay in the caches of one core and threads never wait for each
 * other. Of a stretch that is not finite at its end, every step is done again and watched, as {@link PackF32} says.
 */
final class SoloF32 implements CrewF32 {
    private final ResidentTask task;
    private final UpdateRule rule;
    private final PassesF32 passes;
    private final MoveF32 move;
    private final Optional<Words> mask;
    private final float[] bad;
    private double sum;
    private double badSum;

    SoloF32(ResidentTask task, int examples) {
        this.task = task;
        rule = task.rule();
        mask = task.state().parameters().mask().map(Words::of);
        passes = ColumnPassesF32.suit(task, examples)
                ? new ColumnPassesF32(task, examples)
                : new RowPassesF32(task, examples);
        int count = passes.weights().length;
        MoveF32.Slots state = slots(passes.weights());
        MoveF32.Slots made = mask.isPresent() ? slots(new float[count]) : state;
        move = new MoveF32(passes.gradient(), state, made, count);
        bad = new float[mask.isPresent() ? count : 0];
    }

    private MoveF32.Slots slots(float[] w) {
        float[] m = new float[rule.stateSlots() > 0 ? w.length : 0];
        float[] v = new float[rule.stateSlots() > 1 ? w.length : 0];
        return new MoveF32.Slots(w, m, v);
    }

    @Override
    public void load(PackLanes lanes) {
        int replica = lanes.replica(0);
        move.old().load(task.state().parameters(), replica);
        passes.forget();
        passes.load(replica);
        Arrays.fill(bad, 0);
        badSum = 0;
    }

    @Override
    public void train(Feed from, Stretch stretch, PackLanes lanes) {
        for (int s = 0; s < stretch.steps(); s++) {
            forward(from, stretch, s, lanes.replica(0));
            passes.backward(false);
            LanesF32.poison(bad, passes.gradient(), bad.length);
            move(stretch, s, lanes);
            project(lanes);
        }
    }

    private void forward(Feed from, Stretch stretch, int s, int replica) {
        passes.forward(from, replica, stretch.first() + s);
        sum = LossTermsF32.of(task.loss(), passes.batch(), stretch.lossScale()).sum(passes.outputSignal(), 0, 0);
        badSum = Math.fma(0, stretch.lossScale() * sum, badSum);
    }

    @Override
    public boolean[] suspects(PackLanes lanes) {
        return new boolean[] {badSum != 0 || !finiteState() || !FiniteF32.all(bad, 0, bad.length)};
    }

    @Override
    public void look(Feed from, Stretch stretch, int s, PackLanes lanes) {
        forward(from, stretch, s, lanes.replica(0));
        passes.backward(true);
    }

    @Override
    public boolean finiteLoss(double scale) {
        return Double.isFinite(scale * sum);
    }

    @Override
    public boolean finiteGradient() {
        return FiniteF32.all(passes.gradient(), 0, move.count());
    }

    @Override
    public void move(Stretch stretch, int s, PackLanes lanes) {
        int replica = lanes.replica(0);
        BlocksF64 hyper = BlocksF64.of(task.state().hyper());
        move.form(rule, new StepScalars(hyper.array(), hyper.at(replica), stretch.factors()[s], stretch.first() + s));
        mask.ifPresent(words -> {
            move.restore(rule, words, words.at(replica));
            move.commit();
        });
        passes.forget();
    }

    @Override
    public boolean finiteState() {
        MoveF32.Slots state = move.old();
        return FiniteF32.all(state.w(), 0, state.w().length)
                && FiniteF32.all(state.m(), 0, state.m().length)
                && FiniteF32.all(state.v(), 0, state.v().length);
    }

    @Override
    public void project(PackLanes lanes) {
        float[] w = passes.weights();
        LayerRows shape = passes.layers();
        float[] none = {0};
        for (int layer : task.unitNormLayers()) {
            int in = shape.in()[layer];
            for (int k = 0; k < shape.out()[layer]; k++) {
                int row = shape.weight()[layer] + k * in;
                UpdateF32.normalize(w, row, in, shape.bias() ? w : none, shape.bias() ? shape.biases()[layer] + k : 0);
            }
        }
        passes.forget();
    }

    @Override
    public void storeState(int lane, int replica) {
        move.old().store(task.state().parameters(), replica);
    }

    @Override
    public void storeLoss(int lane, int replica, double scale) {
        BlocksF64 losses = BlocksF64.of(task.state().loss());
        BlocksF32 slopes = BlocksF32.of(task.state().parameters().gradient());
        losses.array()[losses.at(replica)] = scale * sum;
        System.arraycopy(passes.gradient(), 0, slopes.array(), slopes.at(replica), move.count());
    }
}
